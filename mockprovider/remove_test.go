package mockprovider

import (
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func namesOf(p *Provider) string {
	var names []string
	for _, u := range p.Users() {
		names = append(names, u.Login)
	}
	for _, c := range p.Clients() {
		names = append(names, c.ID)
	}
	return strings.Join(names, " ")
}

// TestWhatIsThereFromTheStartCanBeRemoved in a setup, by an option, over the control
// API and over a running issuer; a reset brings back what the issuer was made with.
func TestWhatIsThereFromTheStartCanBeRemoved(t *testing.T) {
	gone := setup.Setup{Users: map[string]*store.User{"alice": nil, "dora": {}}, Clients: map[string]*store.Client{"app": nil, "web": {Secret: "s"}}}
	p, err := New(WithSetup(gone), WithSetup(setup.Setup{Users: map[string]*store.User{"bob": nil}}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := namesOf(p); got != "carol dora web" || p.Client().ID != "web" {
		t.Errorf("%s, client %s", got, p.Client().ID)
	}
	if err := p.Overlay(setup.Setup{Users: map[string]*store.User{"carol": nil}, Clients: map[string]*store.Client{"web": nil}}); err != nil || namesOf(p) != "dora" {
		t.Errorf("%v %s", err, namesOf(p))
	}
	for _, s := range []setup.Setup{{Users: map[string]*store.User{"droa": nil}}, {Clients: map[string]*store.Client{"wbe": nil}}} {
		if err := p.Overlay(s); err == nil || !strings.Contains(err.Error(), "to remove") {
			t.Errorf("%v", err)
		}
		if _, err := New(WithSetup(s)); err == nil || !strings.Contains(err.Error(), "to remove") {
			t.Errorf("%v", err)
		}
		if _, err := NewHost(Options{Defaults: s}); err == nil || !strings.Contains(err.Error(), "to remove") {
			t.Errorf("%v", err)
		}
	}
	if err := p.Reset(); err != nil || namesOf(p) != "carol dora web" {
		t.Errorf("%v %s", err, namesOf(p))
	}
	if u := p.Users()[1]; u.Email != "dora@example.com" {
		t.Errorf("without a claim she has the usual ones: %+v", u)
	}
}

func TestIssuersOfAHostRemoveWhatItHas(t *testing.T) {
	h, err := NewHost(Options{Defaults: setup.Setup{Users: map[string]*store.User{"alice": nil, "dora": {Email: "d@corp.test"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	first, _ := h.Issuer("")
	resp, body := sent(t, h.HTTPClient(), "POST", h.BaseURL()+"/_/api/issuers", `{"name": "acme", "users": {"bob": null, "dora": null}, "clients": {"app": null, "b": {}}}`, "Content-Type", "application/json")
	if resp.StatusCode != 201 {
		t.Fatalf("%s %s", resp.Status, body)
	}
	acme, _ := h.Issuer("acme")
	if got, all := namesOf(acme), namesOf(first); got != "carol b" || all != "bob carol dora app" {
		t.Errorf("%s; the first has %s", got, all)
	}
	resp, body = sent(t, h.HTTPClient(), "POST", h.BaseURL()+"/_/api/issuers", `{"name": "other", "users": {"alice": null}}`, "Content-Type", "application/json")
	if resp.StatusCode != 400 || !strings.Contains(body, `no user \"alice\" to remove`) || slices.Contains(h.Names(), "other") {
		t.Errorf("%s %s", resp.Status, body)
	}
}
