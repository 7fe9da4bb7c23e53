package mockprovider

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestIssParameterOfEachHost: authorization responses have iss under several names only
// where the settings ask for it, and then it is the issuer as the request names it; the
// metadata say so.
func TestIssParameterOfEachHost(t *testing.T) {
	for name, tc := range map[string]struct {
		said any
		want bool
	}{"true": {true, true}, "false": {false, false}, "unset": {nil, false}} {
		o := Options{IssuerFromHost: true, AllowedHosts: []string{"authdrill"}}
		if tc.said != nil {
			o.Defaults.Provider.Metadata = map[string]any{"authorization_response_iss_parameter_supported": tc.said}
		}
		a := namedHost(t, o)
		for _, base := range []string{"http://127.0.0.1:9400", "http://authdrill:8080", "https://localhost/t/acme"} {
			if got := a.metadata(base)["authorization_response_iss_parameter_supported"]; got != tc.want {
				t.Errorf("%s: %s: %v", name, base, got)
			}
			for _, more := range []url.Values{nil, {"prompt": {"none"}, "scope": {"openid"}, "max_age": {"x"}}} {
				want := ""
				if tc.want {
					want = base
				}
				if got := a.code(base, more); got.Get("iss") != want {
					t.Errorf("%s: %s: %v", name, base, got)
				}
			}
		}
	}
	base, err := persona.Named("keycloak")
	if err != nil {
		t.Fatal(err)
	}
	a := namedHost(t, Options{IssuerFromHost: true, Defaults: setup.Setup{Provider: base}})
	if got := a.metadata("http://localhost:1/realms/master")["authorization_response_iss_parameter_supported"]; got != false {
		t.Errorf("keycloak: %v", got)
	}
}

// TestIDTokenHintOfAnotherName: an ID token is a hint under each name of its issuer, also
// one that a proxy adds a path to.
func TestIDTokenHintOfAnotherName(t *testing.T) {
	o := Options{IssuerFromProxy: true, TrustedProxies: address.Local(), AllowedHosts: []string{"id.example.test"}}
	a := namedHost(t, o)
	a.from = "127.0.0.1:4711"
	const direct = "http://127.0.0.1:9400"
	names := map[string][]string{"direct": nil}
	for _, prefix := range []string{"", "/auth", "/deep/er"} {
		names["behind "+prefix] = []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https", "X-Forwarded-Prefix", prefix}
	}
	for _, below := range []string{"", "/t/acme"} {
		hints := map[string]string{}
		for name, fields := range names {
			q := url.Values{"response_type": {"code id_token"}, "client_id": {setup.ClientID}, "redirect_uri": {sparedCallback}, "scope": {"openid"}, "nonce": {"n"}, "state": {"s"}}
			to, _ := url.Parse(a.ask("GET", direct+below+"/authorize?"+q.Encode(), nil, fields...).Header().Get("Location"))
			front, _ := url.ParseQuery(to.Fragment)
			if hints[name] = front.Get("id_token"); hints[name] == "" {
				t.Fatal(to)
			}
		}
		for from, hint := range hints {
			for name, fields := range names {
				out := a.ask("GET", direct+below+"/end_session?post_logout_redirect_uri="+url.QueryEscape(sparedCallback)+"&id_token_hint="+hint, nil, fields...)
				if out.Header().Get("Location") != sparedCallback {
					t.Errorf("%s: a hint from %q at %q: %d %s", below, from, name, out.Code, out.Body)
				}
				q := url.Values{"response_type": {"code"}, "client_id": {setup.ClientID}, "redirect_uri": {sparedCallback}, "scope": {"openid"}, "state": {"s"}, "id_token_hint": {hint}}
				to, _ := url.Parse(a.ask("GET", direct+below+"/authorize?"+q.Encode(), nil, fields...).Header().Get("Location"))
				if to.Query().Get("code") == "" {
					t.Errorf("%s: a hint from %q at %q: %s", below, from, name, to)
				}
				other := map[string]string{"": "/t/acme", "/t/acme": ""}[below]
				if out := a.ask("GET", direct+other+"/end_session?id_token_hint="+hint, nil, fields...); out.Code == 200 || out.Code == 302 {
					t.Errorf("a hint of %q at another issuer, %q: %d", below, other, out.Code)
				}
			}
		}
	}
}

// TestTokensOfAnotherName: what a Go test makes without a request may be of each name.
func TestTokensOfAnotherName(t *testing.T) {
	a := namedHost(t, Options{IssuerFromHost: true, AllowedHosts: []string{"authdrill"}, Claims: func(f ClaimFacts) map[string]any {
		return map[string]any{"added": string(f.Artifact)}
	}})
	h := a.Handler.(*Host)
	for _, name := range []string{"", "acme"} {
		below := map[string]string{"": "", "acme": "/t/acme"}[name]
		if name != "" {
			if _, err := h.Create(name, setup.Setup{}); err != nil {
				t.Fatal(err)
			}
		}
		p, _ := h.Issuer(name)
		for issuer, want := range map[string]string{
			"": "http://127.0.0.1:9400" + below, "http://authdrill:8080" + below: "http://authdrill:8080" + below, "https://localhost" + below: "https://localhost" + below,
			"http://evil.test" + below: "", "http://authdrill:8080/t/other": "",
		} {
			logout, err := p.LogoutToken("alice", setup.ClientID, issuer, nil)
			m, err2 := p.Mint(MintRequest{User: "alice", Issuer: issuer})
			if want == "" {
				if err == nil || err2 == nil {
					t.Errorf("%s was accepted: %v, %v", issuer, err, err2)
				}
				continue
			}
			if err != nil || err2 != nil {
				t.Fatalf("%s: %v, %v", issuer, err, err2)
			}
			for _, token := range []string{logout, m.IDToken, m.AccessToken} {
				if got := issuerOf(t, token); got != want {
					t.Errorf("%q: %s", issuer, got)
				}
			}
			body, _ := base64.RawURLEncoding.DecodeString(strings.Split(m.IDToken, ".")[1])
			if !strings.Contains(string(body), `"added":"id_token"`) {
				t.Errorf("%s", body)
			}
		}
	}
}
