package mockprovider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// refreshed is a provider of a persona with settings of refresh tokens.
func refreshed(name persona.Name, r persona.RefreshToken) setup.Setup {
	return setup.Setup{Provider: persona.Persona{Name: name, RefreshToken: r}}
}

// listing is a provider that signs ID tokens with ES512, and whose metadata list others.
func listing(algs ...any) setup.Setup {
	return setup.Setup{Provider: persona.Persona{IDToken: persona.IDToken{SigningAlg: "ES512"}, Metadata: map[string]any{"id_token_signing_alg_values_supported": algs}}}
}

// A setting that could never have an effect is refused, with the member and a remedy;
// what it resembles is taken.
func TestSettingsWithoutEffectAreRefused(t *testing.T) {
	web := func(c store.Client) setup.Setup { return setup.Setup{Clients: map[string]*store.Client{"web": &c}} }
	redirect := func(uri string) setup.Setup { return web(store.Client{RedirectURIs: []string{uri}}) }
	on := func(name persona.Name, f fault.Fault) setup.Setup {
		return setup.Setup{Provider: persona.Persona{Name: name}, Faults: []fault.Fault{f}}
	}
	corrupt := &fault.Tamper{Signature: "corrupt"}
	keys := json.RawMessage(`{"keys":[]}`)
	for name, c := range map[string]struct {
		s    setup.Setup
		want string // part of the error, empty for none
	}{
		"a redirect URI":           {redirect("http://127.0.0.1:3000/callback"), ""},
		"of an app":                {redirect("com.example.app:/callback"), ""},
		"relative":                 {redirect("/callback"), `clients.web.redirect_uris[0]: "/callback" is not an absolute URI`},
		"without a host":           {redirect("https:///callback"), "is not an absolute URI"},
		"fragment":                 {redirect("https://app.example.com/#callback"), "has a fragment"},
		"pattern":                  {redirect("https://*.example.com/callback"), "is a pattern"},
		"pattern of a port":        {redirect("http://localhost:*/callback"), "is a pattern"},
		"relative after sign-out":  {web(store.Client{PostLogoutRedirectURIs: []string{"/bye"}}), "post_logout_redirect_uris[0]"},
		"jwks twice":               {web(store.Client{JWKS: keys, JWKSURI: "https://app.example.com/jwks"}), "jwks_uri: jwks and jwks_uri exclude each other"},
		"jwks_uri without a host":  {web(store.Client{JWKSURI: "/jwks"}), `jwks_uri: "/jwks" is not a URL`},
		"alg without assertions":   {web(store.Client{AuthMethod: "client_secret_post", AuthSigningAlg: "RS256"}), "token_endpoint_auth_signing_alg: no assertion"},
		"alg of another method":    {web(store.Client{AuthMethod: "client_secret_jwt", AuthSigningAlg: "RS256"}), "RS256 is not an algorithm of client_secret_jwt"},
		"response without grant":   {web(store.Client{ResponseTypes: []protocol.ResponseType{"token"}, GrantTypes: []protocol.Grant{"authorization_code"}}), "response_types[0]: token needs the grant type implicit"},
		"identity without persona": {setup.Setup{Provider: persona.Persona{Identity: "real"}}, "provider.identity: real needs a persona"},
		"identity of a persona":    {setup.Setup{Provider: persona.Persona{Name: "google", Identity: "real"}}, ""},
		"lifetime":                 {setup.Setup{Provider: persona.Persona{AccessToken: persona.AccessToken{Lifetime: -1}}}, "provider.access_token.lifetime: \"-1ns\" has no effect"},
		"scope of nobody": {setup.Setup{Provider: persona.Persona{ScopesSupported: []string{"openid"}}, Clients: map[string]*store.Client{"web": {Scope: "openid admin"}}},
			`clients.web.scope: the provider does not have the scope "admin"`},
		"audience of nobody": {setup.Setup{Provider: persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{"https://a.example": nil}}, Clients: map[string]*store.Client{"web": {Audience: []string{"https://b.example"}}}},
			`clients.web.audience.0: the provider does not protect`},
		"signed in without a page":     {setup.Setup{Provider: persona.Persona{SignInAs: "bob"}}, "provider.sign_in_as: nobody is signed in without a page"},
		"as nobody":                    {setup.Setup{Provider: persona.Persona{SignIn: "auto", SignInAs: "bobb"}}, `provider.sign_in_as: there is no user "bobb"`},
		"as an address":                {setup.Setup{Provider: persona.Persona{SignIn: "auto", SignInAs: "bob@example.com"}}, ""},
		"an alg that is listed":        {listing("ES512", "PS384"), ""},
		"an alg that is not listed":    {listing("PS384"), "provider.id_token.signing_alg: metadata.id_token_signing_alg_values_supported of the provider does not have ES512: add it there, or use PS384"},
		"of a client":                  {setup.Setup{Provider: persona.Persona{Metadata: listing("PS384").Provider.Metadata}, Clients: map[string]*store.Client{"web": {IDTokenAlg: "ES256"}}}, "clients.web.id_token_signed_response_alg: metadata"},
		"only metadata":                {setup.Setup{Provider: persona.Persona{Metadata: listing("PS384").Provider.Metadata}}, ""},
		"a grace window":               {refreshed("spec", persona.RefreshToken{GraceWindow: clock.Duration(1e9)}), ""},
		"a window where reuse works":   {refreshed("keycloak", persona.RefreshToken{GraceWindow: clock.Duration(1e9)}), "provider.refresh_token.grace_window: on_reuse is accept"},
		"a window of Keycloak":         {refreshed("keycloak", persona.RefreshToken{OnReuse: "reject", GraceWindow: clock.Duration(1e9)}), ""},
		"an unknown on_reuse":          {refreshed("spec", persona.RefreshToken{OnReuse: "acept"}), "accept"},
		"a fault on ID tokens":         {on("google", fault.Fault{On: protocol.IDToken, Tamper: corrupt}), ""},
		"of a persona without them":    {on("github", fault.Fault{On: protocol.IDToken, Tamper: corrupt}), "faults.0: on: persona github makes no id_token"},
		"of an endpoint it lacks":      {on("github", fault.Fault{At: protocol.PushedAuthorizationRequestEndpoint, Connection: "reset"}), "has no pushed_authorization_request_endpoint"},
		"of a grant that is not there": {on("spec", fault.Fault{At: protocol.TokenEndpoint, Match: map[string]any{"grant_type": "password"}, Connection: "reset"}), "has no grant password"},
	} {
		op, err := mockprovider.New(mockprovider.WithSetup(c.s))
		if err == nil {
			_ = op.Close()
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}

	lax := redirect("https://*.example.com/callback")
	lax.Provider.Lax = []string{"any-redirect-uri"}
	if _, err := mockprovider.New(mockprovider.WithSetup(lax)); err != nil {
		t.Errorf("a pattern of a lax provider: %v", err)
	}
	for _, name := range []string{"*", "*.example.com", "https://app.example.com/"} {
		if _, err := mockprovider.NewHost(mockprovider.HostOptions{AllowedHosts: []string{name}}); err == nil || !strings.Contains(err.Error(), "allow_host") {
			t.Errorf("host %q: %v", name, err)
		}
	}
	op := mockprovider.Start(t, mockprovider.WithProvider(persona.Persona{Name: "github"}))
	if _, err := op.Fault(fault.Fault{On: protocol.IDToken, Tamper: corrupt}); err == nil {
		t.Error("a fault that never strikes was armed")
	}
	if err := op.Overlay(on("", fault.Fault{On: protocol.IDToken, Tamper: corrupt})); err == nil || !strings.Contains(err.Error(), "faults.0: on: persona github makes no id_token") {
		t.Errorf("a fault that never strikes was laid over: %v", err)
	}
	if err := op.Overlay(redirect("https://*.example.com")); err == nil {
		t.Error("a pattern was laid over")
	}
	if err := op.SetClient(store.Client{ID: "web", RedirectURIs: []string{"https://*.example.com"}}); err == nil {
		t.Error("a pattern was registered")
	}
}
