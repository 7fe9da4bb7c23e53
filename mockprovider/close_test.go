package mockprovider

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// get reads an answer to its end, so that its connection is idle again.
func get(t *testing.T, c *http.Client, url string) int {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// TestNothingStaysAfterClose counts goroutines. It waits by yielding: what ends
// by itself does so when it gets the processor.
func TestNothingStaysAfterClose(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		p, err := New()
		if err != nil {
			t.Fatal(err)
		}
		get(t, p.HTTPClient(), p.Issuer()+"/jwks")
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		h, err := NewHost(Options{})
		if err != nil {
			t.Fatal(err)
		}
		one, err := h.Create("one", setup.Setup{})
		if err != nil {
			t.Fatal(err)
		}
		get(t, h.HTTPClient(), h.BaseURL()+"/jwks")
		get(t, one.HTTPClient(), one.Issuer()+"/jwks")
		get(t, one.HTTPClient(), one.Issuer()+"/_/api/clock")
		if !h.Delete("one") {
			t.Error("there was no issuer")
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	for n := 0; runtime.NumGoroutine() > before && n < 5_000_000; n++ {
		runtime.Gosched()
	}
	if after := runtime.NumGoroutine(); after > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", after, before, stacks[:runtime.Stack(stacks, true)])
	}
}

func TestAClosedProviderRefusesConnections(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHost(Options{})
	if err != nil {
		t.Fatal(err)
	}
	used, err := New()
	if err != nil {
		t.Fatal(err)
	}
	get(t, used.HTTPClient(), used.Issuer()+"/jwks")
	for name, c := range map[string]interface {
		Close() error
		HTTPClient() *http.Client
	}{"provider": p, "host": h, "provider that was used": used} {
		for range 2 {
			if err := c.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if resp, err := c.HTTPClient().Get("http://op.authdrill.test/jwks"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: %v %v", name, resp, err)
		}
	}
}

func TestCloseMayRaceWithUse(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if resp, err := p.HTTPClient().Get(p.Issuer() + "/jwks"); err == nil {
				_ = resp.Body.Close()
			}
		})
		wg.Go(func() { _ = p.Close() })
	}
	wg.Wait()
}

func TestAnHTTPSIssuerIsReachedWithoutAPort(t *testing.T) {
	p, err := New(func(o *Options) { o.BaseURL = "https://accounts.example.test/tenant" })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, path := range []string{"/.well-known/openid-configuration", "/jwks"} {
		if status := get(t, p.HTTPClient(), p.Issuer()+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
}
