package mockprovider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// tb is a test that only remembers.
type tb struct {
	testing.TB
	mu      sync.Mutex
	failed  bool
	cleanup []func()
	said    strings.Builder
}

func (*tb) Helper()                        {}
func (t *tb) Cleanup(f func())             { t.cleanup = append(t.cleanup, f) }
func (t *tb) Failed() bool                 { return t.failed }
func (t *tb) Fatalf(f string, args ...any) { t.failed = true; t.Logf(f, args...) }
func (t *tb) Logf(f string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(&t.said, f+"\n", args...)
}

func (t *tb) end() string {
	for _, f := range t.cleanup {
		f()
	}
	return t.said.String()
}

func TestStartPrintsTheJournalOfAFailedTest(t *testing.T) {
	for failed, want := range map[bool]string{true: "/token → 401", false: ""} {
		fake := &tb{failed: failed}
		p := Start(fake)
		resp, err := http.PostForm(p.Issuer()+"/token", map[string][]string{"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {"a-wrong-secret"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		said := fake.end()
		if !strings.Contains(said, want) || want == "" && said != "" || strings.Contains(said, "a-wrong-secret") {
			t.Errorf("failed: %v: %q", failed, said)
		}
		if _, err := http.Get(p.Issuer()); err == nil {
			t.Error("it listens after the test")
		}
	}
}

func TestStartedProviderHasItsControlAPI(t *testing.T) {
	p := Start(t)
	for path, want := range map[string]int{"/_/": 200, "/_/api/clock": 200, "/_/api/issuers": 200, "/_/api/nothing": 404} {
		if got := get(t, http.DefaultClient, p.Issuer()+path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	resp, err := http.Post(p.Issuer()+"/_/api/issuers", "application/json", strings.NewReader(`{"name":"acme"}`))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != 400 || !strings.Contains(string(body), "Host") {
		t.Errorf("%s: %s", resp.Status, body)
	}
	one, err := New(func(o *Options) { o.BaseURL = "https://op.test/tenant" })
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	for _, path := range []string{"/_/", "/_/api/users/alice"} {
		if got := get(t, one.HTTPClient(), one.Issuer()+path); got != 200 {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// TestStartAnswersToItsOwnName refuses a page elsewhere that has let its name
// point to this machine (DNS rebinding).
func TestStartAnswersToItsOwnName(t *testing.T) {
	p := Start(t)
	for host, want := range map[string]int{"evil.test": 403, "localhost": 200, "127.0.0.1:1": 200} {
		req, err := http.NewRequest(http.MethodGet, p.Issuer()+"/jwks", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s", host, resp.Status)
		}
	}
}

func TestStartWithoutAChance(t *testing.T) {
	fake := &tb{}
	defer func() {
		_ = recover() // this Fatalf does not end the goroutine, as a real one does
		if !fake.failed || !strings.Contains(fake.said.String(), "clock:") {
			t.Errorf("%v %q", fake.failed, fake.said.String())
		}
	}()
	Start(fake, WithSetup(setup.Setup{Clock: "noon"}))
}

// TestAFollowerSeesWhatComesAfterReset follows over the control API.
func TestAFollowerSeesWhatComesAfterReset(t *testing.T) {
	p := Start(t)
	get(t, http.DefaultClient, p.Issuer()+"/jwks")
	seen := make(chan *journal.Entry)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = p.Journal().Follow(ctx, 0, journal.Query{}, func(e *journal.Entry) bool {
			select {
			case seen <- e:
				return true
			case <-ctx.Done():
				return false
			}
		})
	})
	if e := <-seen; e.Seq != 1 {
		t.Errorf("%d", e.Seq)
	}
	if err := p.Reset(); err != nil {
		t.Fatal(err)
	}
	get(t, http.DefaultClient, p.Issuer()+"/jwks")
	if e := <-seen; e.Seq != 1 || e.Endpoint != "jwks_uri" {
		t.Errorf("%d %s", e.Seq, e.Endpoint)
	}
	cancel()
	wg.Wait()
}
