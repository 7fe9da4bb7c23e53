package mockprovider

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestEveryIssuerHasItsConsole opens /_/ of issuers with names of one segment
// and of several, there already and made on demand.
func TestEveryIssuerHasItsConsole(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.Create("realms/acme", setup.Setup{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/_/", "/t/realms/acme/_/", "/t/new/_/", "/t/common/v2.0/_/"} {
		b := newBrowser(t, h.HTTPClient())
		resp, page := b.read(b.Get(h.BaseURL() + path))
		if resp.StatusCode != http.StatusOK || !strings.Contains(page, h.BaseURL()+strings.TrimSuffix(path, "/_/")) {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	if names := strings.Join(h.Names(), ","); names != ",common/v2.0,new,realms/acme" {
		t.Errorf("names: %q", names)
	}
}

// TestConsoleKeepsTheClockInReach: the console's form has the bounds of the API,
// and says so on the page.
func TestConsoleKeepsTheClockInReach(t *testing.T) {
	h, err := NewHost(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	p, _ := h.Issuer("")
	before := p.Clock().Now()
	b := newBrowser(t, h.HTTPClient())
	for _, by := range []string{"advance 2500000h", "advance -600000h", "advance soon"} {
		resp, page := b.read(b.PostForm(h.BaseURL()+"/_/", url.Values{"do": {by}, "csrf": {p.csrf}}))
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(page, `role="alert"`) || !strings.Contains(page, "<h1>Console</h1>") {
			t.Errorf("%s: %s", by, resp.Status)
		}
	}
	if moved := p.Clock().Now().Sub(before); moved < 0 || moved > time.Minute {
		t.Errorf("the clock moved by %v", moved)
	}
}
