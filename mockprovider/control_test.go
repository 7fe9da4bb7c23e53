package mockprovider

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// remote drives a host over its control API.
type remote struct {
	t *testing.T
	*http.Client
	base string
}

func newRemote(t *testing.T) (*Host, *remote) {
	t.Helper()
	seed := uint64(7)
	h, err := NewHost(Options{Seed: &seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h, &remote{t, h.HTTPClient(), h.BaseURL()}
}

func (r *remote) do(method, path, body string, header ...string) (int, map[string]any) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // pages and empty answers are not JSON
	return resp.StatusCode, out
}

func TestControlVerbs(t *testing.T) {
	h, r := newRemote(t)
	want := func(status int, method, path, body string) map[string]any {
		t.Helper()
		got, out := r.do(method, path, body)
		if got != status {
			t.Fatalf("%s %s: %d %v", method, path, got, out)
		}
		return out
	}
	made := want(201, "POST", "/_/api/issuers", `{"name":"realms/acme","clock":"2030-01-01T00:00:00Z","users":{"zoe":{"email":"zoe@example.com"}},"faults":[{"id":"f","at":"jwks_uri","connection":"reset"}]}`)
	if made["issuer"] != r.base+"/t/realms/acme" {
		t.Fatalf("%v", made)
	}
	want(409, "POST", "/_/api/issuers", `{"name":"realms/acme"}`)
	at := "/t/realms/acme/_/api"
	if got := want(200, "POST", at+"/clock/advance", `{"by":"1h30m"}`); got["now"] != "2030-01-01T01:30:00Z" || got["frozen"] != true {
		t.Errorf("clock: %v", got)
	}
	want(200, "POST", at+"/clock/set", `{"to":"2031-01-01T00:00:00Z"}`)
	want(200, "POST", at+"/clock/resume", ``)
	want(200, "POST", at+"/clock/freeze", ``)
	if got := want(200, "PATCH", at+"/provider", `{"access_token":{"lifetime":"5m"}}`); got["access_token"].(map[string]any)["lifetime"] != "5m0s" {
		t.Errorf("provider: %v", got)
	}
	want(204, "PUT", at+"/users/dave", `{"name":"Dave"}`)
	want(204, "POST", at+"/users/dave/disable", ``)
	want(204, "POST", at+"/users/dave/enable", ``)
	want(404, "POST", at+"/users/nobody/disable", ``)
	if got := fmt.Sprint(want(200, "GET", at+"/users", ``)); !strings.Contains(got, "zoe@example.com") || !strings.Contains(got, "Dave") {
		t.Errorf("users: %v", got)
	}
	want(204, "DELETE", at+"/users/dave", ``)
	want(204, "PUT", at+"/clients/web", `{"client_secret":"a-secret-of-some-length-or-other","redirect_uris":["https://app.test/cb"]}`)
	if got := fmt.Sprint(want(200, "GET", at+"/clients", ``)); strings.Contains(got, "a-secret") && !strings.Contains(got, "…") {
		t.Errorf("clients show secrets: %v", got)
	}
	want(204, "DELETE", at+"/clients/web", ``)
	if got := want(201, "POST", at+"/faults", `{"at":"token_endpoint","error":"temporarily_unavailable"}`); got["id"] == "" {
		t.Errorf("fault: %v", got)
	}
	if got := want(200, "GET", at+"/faults", ``); len(got["faults"].([]any)) != 2 {
		t.Errorf("faults: %v", got)
	}
	want(204, "DELETE", at+"/faults/f", ``)
	want(204, "DELETE", at+"/faults", ``)
	tokens := want(201, "POST", at+"/tokens", `{"user":"alice","scope":"openid offline_access"}`)
	p, _ := h.Issuer("realms/acme")
	if !p.Accepts(tokens["access_token"].(string)) || tokens["id_token"] == nil {
		t.Errorf("tokens: %v", tokens)
	}
	if got := want(200, "POST", at+"/keys/rotate", `{"plan":"immediately"}`); len(got["kids"].([]any)) != 1 {
		t.Errorf("rotate: %v", got)
	}
	if got := want(200, "POST", at+"/grants/revoke", `{"user":"alice"}`); got["revoked"] != 1.0 || p.Accepts(tokens["access_token"].(string)) {
		t.Errorf("revoke: %v", got)
	}
	want(400, "POST", at+"/tokens", `{"user":"mallory"}`)
	want(204, "POST", at+"/reset", ``)
	if got := want(200, "GET", at+"/faults", ``); len(got["faults"].([]any)) != 1 {
		t.Errorf("reset brings the first fault back: %v", got)
	}
	want(204, "DELETE", "/_/api/issuers/realms/acme", ``)
	want(404, "GET", at+"/clock", ``)
	want(404, "DELETE", "/_/api/issuers/", ``)

	if got := want(200, "GET", "/_/api/users/alice", ``); got["email"] != "alice@example.com" {
		t.Errorf("user: %v", got)
	}
	if got := want(200, "GET", "/_/api/clients/app", ``); got["client_secret"] == "app-secret" {
		t.Errorf("client: %v", got)
	}
	if got := want(200, "GET", "/_/api/clients/app?secrets=show", ``); got["client_secret"] != "app-secret" {
		t.Errorf("client: %v", got)
	}
	want(404, "GET", "/_/api/users/nobody", ``)
	want(404, "GET", "/_/api/clients/nobody", ``)
	r.do("GET", "/jwks", ``)
	for _, query := range []string{"", "?endpoint=jwks_uri&status=200&secrets=show", "?since=0&method=GET"} {
		if got := want(200, "GET", "/_/api/journal"+query, ``); len(got["entries"].([]any)) != 1 {
			t.Errorf("journal%s: %v", query, got)
		}
	}
	if got := want(200, "POST", "/_/api/journal/query", `{"endpoint":"jwks_uri","status":{"$gte":400}}`); len(got["entries"].([]any)) != 0 {
		t.Errorf("query: %v", got)
	}
	want(200, "POST", "/_/api/journal/wait", `{"endpoint":"jwks_uri"}`)
}

func TestControlErrorsNameTheField(t *testing.T) {
	_, r := newRemote(t)
	status, out := r.do("POST", "/_/api/faults", `{"at":"token_endpoint","eror":"x"}`)
	errs, _ := out["errors"].([]any)
	if status != 400 || out["status"] != 400.0 || len(errs) == 0 {
		t.Fatalf("%d %v", status, out)
	}
	if text := fmt.Sprint(errs); !strings.Contains(text, "eror") || !strings.Contains(text, `"error"`) {
		t.Errorf("no remedy: %v", text)
	}
}

func TestControlKeepsOtherSitesOut(t *testing.T) {
	h, r := newRemote(t)
	for name, header := range map[string][]string{
		"another origin": {"Origin", "https://evil.test"},
		"a sandbox":      {"Origin", "null"},
		"cross-site":     {"Sec-Fetch-Site", "cross-site"},
		"a form":         {"Content-Type", "application/x-www-form-urlencoded"},
		"plain text":     {"Content-Type", "text/plain"},
	} {
		if status, out := r.do("POST", "/_/api/clock/advance", `{"by":"1h"}`, header...); status != 403 {
			t.Errorf("%s: %d %v", name, status, out)
		}
	}
	for _, c := range []struct {
		want   int
		header []string
	}{
		{403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image"}},
		{403, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "iframe"}},
		{403, []string{"Origin", "https://evil.test"}},
		{200, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document"}}, // a link to it
		{200, []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty"}},
	} {
		if status, out := r.do("GET", "/_/api/clients", "", c.header...); status != c.want {
			t.Errorf("GET %v: %d %v", c.header, status, out)
		}
	}
	req, _ := http.NewRequest("GET", r.base+"/_/api/clients", nil)
	req.Host = "evil.test" // its name points to this machine now
	resp, err := h.HTTPClient().Do(req)
	if err != nil || resp.StatusCode != 403 {
		t.Fatalf("DNS rebinding: %v %v", resp, err)
	}
	_ = resp.Body.Close()
}

func TestWaitAndFollow(t *testing.T) {
	_, r := newRemote(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", r.base+"/_/api/journal/events", nil)
	stream, err := r.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		if status, out := r.do("POST", "/_/api/journal/wait", `{"endpoint":"jwks_uri","count":2,"timeout":"20s"}`); status != 200 || len(out["entries"].([]any)) != 2 {
			t.Errorf("wait: %d %v", status, out)
		}
	})
	r.do("GET", "/jwks", "")
	r.do("GET", "/jwks", "")
	wg.Wait()
	lines := bufio.NewScanner(stream.Body)
	var ids []string
	for len(ids) < 2 && lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			ids = append(ids, id)
		}
	}
	if strings.Join(ids, " ") != "1 2" {
		t.Errorf("events: %v", ids)
	}
	if status, _ := r.do("POST", "/_/api/journal/wait", `{"endpoint":"userinfo_endpoint","timeout":"1ms"}`); status != 408 {
		t.Errorf("a wait in vain: %d", status)
	}
}

func TestTheConsoleNeedsItsToken(t *testing.T) {
	h, r := newRemote(t)
	p, _ := h.Issuer("")
	before := p.Clock().Now()
	for token, want := range map[string]int{"": 403, "guess": 403, p.csrf: 303} {
		req, _ := http.NewRequest("POST", r.base+"/_/", strings.NewReader("do=advance+24h&csrf="+token))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := (&http.Client{Transport: h.HTTPClient().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("token %q: %v %v", token, resp.Status, err)
		}
		_ = resp.Body.Close()
	}
	if moved := p.Clock().Now().Sub(before); moved < 24*time.Hour || moved > 25*time.Hour {
		t.Errorf("moved %v", moved)
	}
}

// TestConsoleHidesPasswordsOfURLs: a client may register any redirect URI.
func TestConsoleHidesPasswordsOfURLs(t *testing.T) {
	h, r := newRemote(t)
	p, _ := h.Issuer("")
	p.SetClient(store.Client{ID: "web", RedirectURIs: []string{"http://me:tr0ub4dor@127.0.0.1/cb", "http://127.0.0.1/cb?api_key=tr0ub4dor"}})
	resp, err := h.HTTPClient().Get(r.base + "/_/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || strings.Contains(string(page), "tr0ub4dor") || !strings.Contains(string(page), "@127.0.0.1/cb") {
		t.Errorf("%v %s", err, page)
	}
}

// TestIssuersNeverSeeOneAnother drives a hundred at once.
func TestIssuersNeverSeeOneAnother(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			r := &remote{t, h.HTTPClient(), fmt.Sprintf("%s/t/n%d", h.BaseURL(), n)}
			r.do("POST", "/_/api/clock/freeze", "")
			r.do("POST", "/_/api/clock/set", fmt.Sprintf(`{"to":"20%02d-01-01T00:00:00Z"}`, n))
			r.do("PUT", fmt.Sprintf("/_/api/users/u%d", n), `{}`)
			p, ok := h.Issuer(fmt.Sprintf("n%d", n))
			if !ok {
				t.Errorf("n%d is not there", n)
				return
			}
			if got := p.Clock().Now().Year(); got != 2000+n {
				t.Errorf("n%d: %d", n, got)
			}
			if len(p.Users()) != 4 || len(p.Faults()) != 0 {
				t.Errorf("n%d: %d users", n, len(p.Users()))
			}
		})
	}
	wg.Wait()
}

// BenchmarkTenThousandIssuers makes issuers, each with its own clock, users and
// ES256 key, and reports the memory they keep.
func BenchmarkTenThousandIssuers(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		h, err := NewHost(Options{})
		if err != nil {
			b.Fatal(err)
		}
		for n := range 10_000 {
			p, err := h.Create(fmt.Sprintf("n%d", n), setup.Setup{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.keys.Active("ES256"); err != nil {
				b.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		_ = h.Close()
	}
}

// TestIdentifiersAreAnyText registers clients and users whose names a path must
// escape.
func TestIdentifiersAreAnyText(t *testing.T) {
	h, r := newRemote(t)
	p, err := h.Create("realms/acme", setup.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"https://rp.test/client?v=1", "a/b", "a b", "ü", "100%", "a%2Fb", "/_/"} {
		at, name := "/t/realms/acme/_/api/", "/"+url.PathEscape(id)
		if status, out := r.do("PUT", at+"clients"+name, `{}`); status != 204 {
			t.Errorf("client %q: %d %v", id, status, out)
		}
		if status, out := r.do("PUT", at+"users"+name, `{}`); status != 204 {
			t.Errorf("user %q: %d %v", id, status, out)
		}
		if err := p.Overlay(setup.Setup{Clients: map[string]*store.Client{id: nil}, Users: map[string]*store.User{id: nil}}); err != nil {
			t.Errorf("%q was registered under another name: %v", id, err)
		}
	}
	if status, out := r.do("DELETE", "/_/api/issuers/realms%2Facme", ""); status != 204 {
		t.Errorf("delete: %d %v", status, out)
	}
}

// TestControlIgnoresNothing asks for what would be answered with something else.
func TestControlIgnoresNothing(t *testing.T) {
	_, r := newRemote(t)
	for _, c := range []struct {
		status             int
		method, path, body string
		want               string
	}{
		{400, "GET", "/_/api/journal?endpont=token_endpoint", ``, `"endpoint"`},
		{400, "GET", "/_/api/journal?secrets=shwo", ``, "secrets=show"},
		{400, "GET", "/_/api/journal?since=x", ``, "since"},
		{400, "GET", "/_/api/clock?frozen=1", ``, `"frozen"`},
		{400, "PUT", "/_/api/users/alice", `{"login":"bob"}`, "login"},
		{400, "PUT", "/_/api/clients/app", `{"client_id":"web"}`, "client_id"},
		{400, "POST", "/_/api/issuers", `{"name":"n","users":{"":null}}`, "users"},
		{405, "PUT", "/_/api/clock", `{}`, "takes GET"},
		{405, "DELETE", "/_/api/users", ``, "takes GET"},
		{404, "GET", "/_/api/nothing", ``, "openapi.yaml"},
		{404, "GET", "/t/nobody/_/api/clock", ``, "/_/api/issuers"},
	} {
		status, out := r.do(c.method, c.path, c.body)
		if detail, _ := out["detail"].(string); status != c.status || !strings.Contains(detail, c.want) {
			t.Errorf("%s %s %s: %d %q", c.method, c.path, c.body, status, detail)
		}
	}
}
