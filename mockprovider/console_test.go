package mockprovider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestEveryIssuerHasItsConsole opens /_/ of issuers with names of one segment
// and of several, there already and made on demand.
func TestEveryIssuerHasItsConsole(t *testing.T) {
	h, err := NewHost(HostOptions{OnDemand: true})
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
