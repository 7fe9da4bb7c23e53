package mockprovider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestWhatCannotBeIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		option Option
		want   string
	}{
		"no URL":         {func(o *Options) { o.BaseURL = "not a url" }, "issuer:"},
		"empty issuer":   {func(o *Options) { o.BaseURL = "" }, "issuer:"},
		"another scheme": {func(o *Options) { o.BaseURL = "ftp://op.test" }, "issuer:"},
		"no host":        {func(o *Options) { o.BaseURL = "http://" }, "issuer:"},
		"a query":        {func(o *Options) { o.BaseURL = "http://op.test/?tenant=1" }, "issuer:"},
		"a fragment":     {func(o *Options) { o.BaseURL = "http://op.test#top" }, "issuer:"},
		"a login":        {WithUser(store.User{}), "users:"},
		"a nil user":     {WithSetup(setup.Setup{Users: map[string]*store.User{"": nil}}), "users:"},
		"a client_id":    {WithClient(store.Client{Secret: "x"}), "clients:"},
		"a fault":        {WithFault(fault.Fault{At: "token_endpoint"}), "faults[0]:"},
		"a clock":        {WithSetup(setup.Setup{Clock: "tomorrow"}), "clock:"},
	} {
		if p, err := New(c.option); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
	for _, base := range []string{"http://op.test/", "http://op.test/auth/", "http://op.test//auth", "http://op.test/a/../b", "http://op.test:0", "http://::1:9400", "op.test", "ftp://op.test", "http://op.test/?x", "http://u:p@op.test"} {
		if _, err := NewHost(Options{BaseURL: base}); err == nil {
			t.Errorf("base URL %q was accepted", base)
		}
	}
}

func TestHostNamesThatAreAnswered(t *testing.T) {
	h, err := NewHost(Options{BaseURL: "http://OP.example.test:9400", AllowedHosts: []string{"Docker.Internal", "lan.test:9400"}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for host, want := range map[string]bool{
		"op.example.test:9400": true, "OP.EXAMPLE.TEST": true, "docker.internal:1": true, "lan.test": true,
		"localhost:9400": true, "app.localhost": true, "127.0.0.1": true, "127.1.2.3:80": true, "[::1]:9400": true,
		"": false, "evil.test": false, "localhost.evil.test": false, "notlocalhost": false, "10.0.0.1": false, "[::2]:1": false,
	} {
		if got := h.names.isOwnHost(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// TestABaseURLWithAPath reaches every issuer below it, its console and API too.
func TestABaseURLWithAPath(t *testing.T) {
	h, err := NewHost(Options{BaseURL: "http://op.test/auth", OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.Create("acme", setup.Setup{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/auth/jwks", "/auth/t/acme/jwks", "/auth/t/new/jwks", "/auth/_/", "/auth/_/api/clock", "/auth/t/acme/_/", "/auth/t/acme/_/api/clock",
		"/.well-known/oauth-authorization-server/auth", "/.well-known/oauth-authorization-server/auth/t/acme",
		"/.well-known/openid-configuration/auth/t/acme", "/auth/t/acme/.well-known/openid-configuration",
	} {
		if status := get(t, h.HTTPClient(), "http://op.test"+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/jwks", "/t/acme/jwks"} {
		if status := get(t, h.HTTPClient(), "http://op.test"+path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}
