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
	at := func(name persona.Name, p persona.Persona, c store.Client) setup.Setup {
		p.Name = name
		return setup.Setup{Provider: p, Clients: map[string]*store.Client{"web": &c}}
	}
	resource := func(name string) setup.Setup {
		return setup.Setup{Provider: persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{name: nil}}}
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
		"signed in without a page":     {setup.Setup{Provider: persona.Persona{SignInAs: "bob"}}, "provider.sign_in_as: no user is signed in without a page"},
		"as nobody":                    {setup.Setup{Provider: persona.Persona{SignIn: "auto", SignInAs: "bobb"}}, `provider.sign_in_as: unknown user "bobb"`},
		"as an address":                {setup.Setup{Provider: persona.Persona{SignIn: "auto", SignInAs: "bob@example.com"}}, ""},
		"an alg that is listed":        {listing("ES512", "PS384"), ""},
		"an alg that is not listed":    {listing("PS384"), "provider.id_token.signing_alg: metadata.id_token_signing_alg_values_supported of the provider does not have ES512: add it there, or use PS384"},
		"of a client":                  {setup.Setup{Provider: persona.Persona{Metadata: listing("PS384").Provider.Metadata}, Clients: map[string]*store.Client{"web": {IDTokenAlg: "ES256"}}}, "clients.web.id_token_signed_response_alg: metadata"},
		"only metadata":                {setup.Setup{Provider: persona.Persona{Metadata: listing("PS384").Provider.Metadata}}, ""},
		"a grace window":               {refreshed("spec", persona.RefreshToken{GraceWindow: clock.Duration(1e9)}), ""},
		"a window where reuse works":   {refreshed("keycloak", persona.RefreshToken{GraceWindow: clock.Duration(1e9)}), "provider.refresh_token.grace_window: on_reuse is accept"},
		"a window of Keycloak":         {refreshed("keycloak", persona.RefreshToken{OnReuse: "reject", GraceWindow: clock.Duration(1e9)}), ""},
		"an unknown on_reuse":          {refreshed("spec", persona.RefreshToken{OnReuse: "acept"}), "accept"},
		"keys of nothing":              {web(store.Client{Secret: "s3cret-enough", JWKS: keys}), "clients.web.jwks: the client's keys verify nothing: add token_endpoint_auth_method: private_key_jwt"},
		"keys behind a URL of nothing": {web(store.Client{JWKSURI: "https://app.example.com/jwks"}), "clients.web.jwks_uri: the client's keys verify nothing"},
		"keys of assertions":           {web(store.Client{AuthMethod: "private_key_jwt", JWKS: keys}), ""},
		"keys of bearer assertions":    {at("google", persona.Persona{}, store.Client{JWKS: keys}), ""},
		"keys of a secret":             {at("apple", persona.Persona{}, store.Client{JWKS: keys}), ""},
		"a grant that is not offered":  {web(store.Client{Secret: "s3cret-enough", GrantTypes: []protocol.Grant{"authorization_code", "password"}}), "clients.web.grant_types.1: the provider does not offer the grant type password: add it to provider.grant_types_supported"},
		"a grant of another persona":   {at("github", persona.Persona{}, store.Client{GrantTypes: []protocol.Grant{"refresh_token"}}), "clients.web.grant_types.0: persona github does not offer the grant type refresh_token"},
		"a grant that is offered":      {at("", persona.Persona{GrantTypes: []protocol.Grant{"password"}}, store.Client{GrantTypes: []protocol.Grant{"password"}}), ""},
		"a relative resource":          {resource("/rel"), `provider.protected_resources./rel: "/rel" is not an absolute URI: want one such as https://api.example.com`},
		"a resource without a host":    {resource("https:///orders"), "is not an absolute URI"},
		"a resource with a fragment":   {resource("https://api.example.com#orders"), "has a fragment"},
		"a resource with a space":      {resource("orders api"), "no request can name the resource"},
		"a resource":                   {resource("urn:example:orders"), ""},
		"a resource of a client":       {web(store.Client{Audience: []string{"/rel"}}), `clients.web.audience[0]: "/rel" is not an absolute URI`},
		"typ of an opaque token":       {at("", persona.Persona{AccessToken: persona.AccessToken{Format: "opaque", Typ: "JWT"}}, store.Client{}), "provider.access_token.typ: an opaque token has no header"},
		"alg of an opaque token":       {at("", persona.Persona{AccessToken: persona.AccessToken{Format: "opaque", SigningAlg: "ES256"}}, store.Client{}), "provider.access_token.signing_alg: an opaque token is not signed"},
		"typ of a client's":            {web(store.Client{AccessToken: persona.AccessToken{Format: "opaque", Typ: "JWT"}}), "clients.web.access_token.typ: an opaque token has no header"},
		"opaque tokens of a persona":   {at("microsoft", persona.Persona{AccessToken: persona.AccessToken{Format: "opaque"}}, store.Client{}), ""},
		"a secret of a public client":  {web(store.Client{AuthMethod: "none", Secret: "s3cret-enough"}), "clients.web.client_secret: token_endpoint_auth_method none uses no secret"},
		"grace without rotation":       {at("", persona.Persona{RefreshToken: persona.RefreshToken{Rotation: new(bool), GraceWindow: 1e9}}, store.Client{}), "provider.refresh_token.grace_window: rotation: false"},
		"ID tokens of github":          {at("github", persona.Persona{IDToken: persona.IDToken{Lifetime: 1e9}}, store.Client{}), "provider.id_token: persona github makes no id_token"},
		"of a client of github":        {at("github", persona.Persona{}, store.Client{IDTokenAlg: "ES256"}), "clients.web.id_token_signed_response_alg: persona github makes no id_token"},
		"of a scope at github":         {at("github", persona.Persona{Scopes: map[string]persona.ScopeTokens{"user": {IDToken: persona.IDToken{Typ: "x"}}}}, store.Client{}), "provider.scopes.user.id_token: persona github makes no id_token"},
		"of a user at github":          {setup.Setup{Provider: persona.Persona{Name: "github"}, Users: map[string]*store.User{"zoe": {IDToken: persona.IDToken{Typ: "x"}}}}, "users.zoe.id_token: persona github makes no id_token"},
		"userinfo of github":           {at("github", persona.Persona{Userinfo: persona.Userinfo{Claims: persona.Claims{"plan": "gold"}}}, store.Client{}), ""},
		"userinfo of apple":            {at("apple", persona.Persona{Userinfo: persona.Userinfo{Claims: persona.Claims{"plan": "gold"}}}, store.Client{}), "provider.userinfo: persona apple makes no userinfo"},
		"devices of slack":             {at("slack", persona.Persona{DeviceCode: persona.DeviceCode{Interval: 1e9}}, store.Client{}), "provider.device_code: persona slack does not offer the grant type"},
		"refresh tokens of github":     {at("github", persona.Persona{RefreshToken: persona.RefreshToken{Limit: 3}}, store.Client{}), "provider.refresh_token: persona github does not offer the grant type refresh_token"},
		"pushed requests of github":    {at("github", persona.Persona{}, store.Client{RequirePAR: true}), "clients.web.require_pushed_authorization_requests: persona github has no pushed_authorization_request_endpoint"},
		"a documented fault":           {on("github", fault.Fault{Documented: "google/refresh-token-revoked"}), "faults.0: documented: persona github has no grant refresh_token"},
		"of the persona itself":        {on("google", fault.Fault{Documented: "google/refresh-token-revoked"}), ""},
		"a chance of 0":                {on("", fault.Fault{At: protocol.TokenEndpoint, Probability: new(float64), Connection: "reset"}), "faults[0].probability: a fault with the chance 0 never strikes"},
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
		if _, err := mockprovider.NewHost(mockprovider.Options{AllowedHosts: []string{name}}); err == nil || !strings.Contains(err.Error(), "allow_host") {
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
	for name, c := range map[string]struct {
		over persona.Persona
		want string
	}{
		"a user without sign_in": {persona.Persona{SignIn: "interactive", SignInAs: "bob"}, "sign_in_as: no user is signed in without a page"},
		"a user that is missing": {persona.Persona{SignIn: "auto", SignInAs: "nobody"}, `sign_in_as: unknown user "nobody"`},
		"a user":                 {persona.Persona{SignIn: "auto", SignInAs: "bob@example.com"}, ""},
		"ID tokens":              {persona.Persona{IDToken: persona.IDToken{Lifetime: 1e9}}, "id_token: persona github makes no id_token"},
		"access tokens":          {persona.Persona{AccessToken: persona.AccessToken{Lifetime: 1e9}}, ""},
	} {
		if err := op.Set(c.over); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := op.SetUser(store.User{Login: "zoe", IDToken: persona.IDToken{Typ: "x"}}); err == nil || !strings.HasPrefix(err.Error(), "id_token: persona github") {
		t.Errorf("a user's ID tokens: %v", err)
	}
	if err := op.Overlay(redirect("https://*.example.com")); err == nil {
		t.Error("a pattern was laid over")
	}
	if err := op.SetClient(store.Client{ID: "web", RedirectURIs: []string{"https://*.example.com"}}); err == nil {
		t.Error("a pattern was registered")
	}
}
