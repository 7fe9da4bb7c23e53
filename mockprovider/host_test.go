package mockprovider

import (
	"slices"
	"testing"
)

// An issuer comes into being at its first use, and a slip in a path makes none.
func TestIssuersOnDemand(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	b := newBrowser(t, h.HTTPClient())
	metadata := "/.well-known/openid-configuration"
	for _, tc := range []struct {
		path   string
		status int
		names  []string // all that there are afterwards, but the default one
	}{
		{"/t/acme/tokne", 404, nil},
		{"/t/acme", 200, []string{"acme"}},
		{"/t/acme/", 200, []string{"acme"}},
		{"/t/acme/tokne", 404, []string{"acme"}},
		{"/t/realms" + metadata, 200, []string{"acme", "realms"}},
		{"/t/realms/one" + metadata, 200, []string{"acme", "realms", "realms/one"}},
		{metadata + "/t/realms/two", 200, []string{"acme", "realms", "realms/one", "realms/two"}},
		{"/t/realms/jwks", 200, []string{"acme", "realms", "realms/one", "realms/two"}},
	} {
		resp, body := b.read(b.Get(h.BaseURL() + tc.path))
		if resp.StatusCode != tc.status {
			t.Errorf("%s: %s %s", tc.path, resp.Status, body)
		}
		if names := slices.DeleteFunc(h.Names(), func(name string) bool { return name == "" }); !slices.Equal(names, tc.names) {
			t.Errorf("%s: there are %q, want %q", tc.path, names, tc.names)
		}
	}
}
