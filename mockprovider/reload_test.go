package mockprovider

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// TestReloadKeepsWhatIsIssued: clients and users are those of the new defaults, tokens
// and what was registered stay, and a reset goes back to the new ones.
func TestReloadKeepsWhatIsIssued(t *testing.T) {
	const base = "http://127.0.0.1:9400"
	a := namedHost(t, Options{Defaults: setup.Setup{Users: map[string]*store.User{"zoe": {Email: "zoe@example.com"}}}})
	h := a.Handler.(*Host)
	tok := a.redeem(base, a.code(base, nil).Get("code"))
	if _, err := h.Create("acme", setup.Setup{Clients: map[string]*store.Client{"own": {Secret: "s"}}}); err != nil {
		t.Fatal(err)
	}
	next := setup.Setup{
		Provider: persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(7 * time.Minute)}},
		Clients:  map[string]*store.Client{"web": {Secret: "w"}}, Users: map[string]*store.User{"dora": {Email: "dora@example.com"}},
	}
	bad := next
	bad.Faults = []fault.Fault{{Documented: "nobody/nothing"}}
	if err := h.Reload(bad, nil); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("%v", err)
	}
	p, _ := h.Issuer("")
	if names := userNames(p); !strings.Contains(names, "zoe") {
		t.Errorf("a broken setup has changed the users: %s", names)
	}
	if err := h.Reload(next, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if names := userNames(p); names != "alice bob carol dora" {
			t.Errorf("users: %s", names)
		}
		if got := p.Persona().AccessToken.Lifetime.D(); got != 7*time.Minute {
			t.Errorf("lifetime: %s", got)
		}
		if status, _ := h.Issuer("acme"); len(status.Clients()) != 3 {
			t.Errorf("acme has %d clients", len(status.Clients()))
		}
		if got := a.ask("GET", base+"/userinfo", nil, "Authorization", "Bearer "+tok["access_token"].(string)); got.Code != 200 {
			t.Errorf("a token from before: %d", got.Code)
		}
		if got := a.ask("POST", base+"/t/fresh/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"web"}, "client_secret": {"w"}}); got.Code != 200 {
			t.Errorf("an issuer made later: %d %s", got.Code, got.Body)
		}
	}
	if err := p.Reset(); err != nil || userNames(p) != "alice bob carol dora" {
		t.Errorf("after a reset: %v %s", err, userNames(p))
	}
	if err := h.Reload(next, map[string]setup.Setup{"acme": {Users: map[string]*store.User{"eve": {}}}}); err != nil {
		t.Fatal(err)
	}
	if acme, _ := h.Issuer("acme"); len(acme.Clients()) != 2 || userNames(acme) != "alice bob carol dora eve" {
		t.Errorf("%d %s", len(acme.Clients()), userNames(acme))
	}
	if h.Reload(next, map[string]setup.Setup{"nobody": {}}) == nil {
		t.Error("an issuer that is not there")
	}
}

func userNames(p *Provider) string {
	var out []string
	for _, u := range p.Users() {
		out = append(out, u.Login)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
