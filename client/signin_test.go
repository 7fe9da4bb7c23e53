package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
)

// TestSignIn: what is right is accepted, in every form that is right.
func TestSignIn(t *testing.T) {
	t.Parallel()
	maxAge := 60
	for name, d := range map[string]drill{
		"code":                {},
		"code id_token":       {options: client.AuthorizeOptions{ResponseType: "code id_token"}},
		"code token":          {options: client.AuthorizeOptions{ResponseType: "code token"}},
		"code id_token token": {options: client.AuthorizeOptions{ResponseType: "code id_token token"}},
		"id_token":            {options: client.AuthorizeOptions{ResponseType: "id_token"}},
		"id_token token":      {options: client.AuthorizeOptions{ResponseType: "id_token token"}},
		"token":               {options: client.AuthorizeOptions{ResponseType: "token"}},
		"none":                {options: client.AuthorizeOptions{ResponseType: "none"}},
		"pushed":              {options: client.AuthorizeOptions{PAR: true}},
		"max_age":             {options: client.AuthorizeOptions{MaxAge: &maxAge}},
		"PKCE plain":          {config: func(c *client.Config) { c.PKCEMethod = "plain" }},
		"no PKCE":             {config: func(c *client.Config) { c.Use = []client.Protection{client.UseNonce, client.UseState} }},
		"no nonce":            {config: func(c *client.Config) { c.Use = []client.Protection{client.UsePKCE} }, change: func(r url.Values) { r.Set("state", "any") }},
		"public client":       {config: func(c *client.Config) { c.ClientSecret = "" }},
		"secret in the body":  {config: func(c *client.Config) { c.AuthMethod = "client_secret_post" }},
		"endpoints by hand": {config: func(c *client.Config) {
			c.Metadata = &client.Metadata{Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token", JWKSURI: issuer + "/jwks"}
		}},
		"essential acr":      {options: client.AuthorizeOptions{Claims: []byte(`{"id_token":{"acr":{"essential":true,"value":"gold"}}}`)}, arrange: claims(map[string]any{"acr": "gold"})},
		"voluntary acr":      {options: client.AuthorizeOptions{ACRValues: "gold"}, arrange: claims(map[string]any{"acr": "tin"})},
		"aud as a list":      {arrange: claims(map[string]any{"aud": []string{"app"}})},
		"trusted audience":   {config: func(c *client.Config) { c.TrustedAudiences = []string{"api"} }, arrange: claims(map[string]any{"aud": []string{"app", "api"}, "azp": "app"})},
		"no at_hash":         {arrange: claims(map[string]any{"at_hash": nil})},
		"no typ":             {arrange: header(map[string]any{"typ": nil})},
		"no kid, one key":    {arrange: header(map[string]any{"kid": nil})},
		"a little expired":   {arrange: func(p *provider) { p.claims = map[string]any{"exp": p.now.Unix() - 29} }},
		"a little early":     {arrange: func(p *provider) { p.claims = map[string]any{"iat": p.now.Unix() + 29, "nbf": p.now.Unix() + 29} }},
		"a part of a second": {arrange: func(p *provider) { p.claims = map[string]any{"exp": float64(p.now.Unix()) + 60.5} }},
		"after 2038":         {arrange: claims(map[string]any{"exp": 4300000000})},
		"jku is ignored": {arrange: func(p *provider) {
			p.header = map[string]any{"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x5u", "jwk": newKey(p.t, "evil").jwk(p.t, nil)}
		}},
		"token_type case":    {arrange: tokens(map[string]any{"token_type": "bEARER"})},
		"expires_in a text":  {arrange: tokens(map[string]any{"expires_in": "3600"})},
		"expires_in a float": {arrange: tokens(map[string]any{"expires_in": 3599.7})},
		"no expires_in":      {arrange: tokens(map[string]any{"expires_in": nil})},
		"unknown members":    {arrange: tokens(map[string]any{"x": []any{map[string]any{"y": 1}}})},
		"unknown parameters": {change: func(r url.Values) { r.Set("session_state", "x"); r.Set("access_token", "not asked for") }},
		"a key of no known kind": {arrange: func(p *provider) {
			p.keys = append([]any{map[string]any{"kty": "QQ", "kid": "k1"}, map[string]any{"kty": "OKP", "crv": "X448", "kid": "k1", "x": "AA"}, 7, map[string]any{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, p.keys...)
		}},
		"two keys of one kid": {arrange: func(p *provider) {
			p.keys = append([]any{newRSAKey(p.t, "k1", 2048).jwk(p.t, nil)}, p.keys...)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := d.run(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAlgorithms: every algorithm that is allowed is verified.
func TestAlgorithms(t *testing.T) {
	t.Parallel()
	strong := newRSAKey(t, "k1", 2048)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for alg, k := range map[jose.SignatureAlgorithm]key{
		"RS256": strong, "PS256": {"k1", strong.private, jose.PS256}, "ES256": newKey(t, "k1"), "EdDSA": {"k1", edwards, jose.EdDSA},
	} {
		p := newProvider(t)
		p.signer = k
		p.publish(map[string]any{"alg": alg, "use": "sig", "key_ops": []string{"verify"}})
		if alg == "EdDSA" {
			p.claims = map[string]any{"at_hash": nil} // SHA-512, see TestHashes
		}
		for _, bugs := range [][]string{nil, {"any-alg"}} {
			s, err := p.signIn(p.client(t, nil, bugs...), client.AuthorizeOptions{}, nil)
			if err != nil || s.Subject() != userA {
				t.Errorf("%s: %v", alg, err)
			}
		}
		p.resign = func(h, c map[string]any) string { return corrupted(t, k, h, c) }
		if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != "signature" {
			t.Errorf("%s: a bad signature: %v", alg, err)
		}
		p.resign = nil
		p.header = map[string]any{"crit": []string{"x"}}
		if _, err := p.signIn(p.client(t, nil, "crit-ignored"), client.AuthorizeOptions{}, nil); err != nil {
			t.Errorf("%s: ignoring crit: %v", alg, err)
		}
	}
}

// TestChecks: the ID token says what was checked, and each check once.
func TestChecks(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s, err := p.signIn(p.client(t, nil, "iat-unchecked"), client.AuthorizeOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]client.Outcome{}
	for _, c := range s.IDToken.Checks {
		if _, twice := got[c.Name]; twice || c.Spec == "" || c.Detail == "" {
			t.Errorf("%+v", c)
		}
		got[c.Name] = c.Outcome
	}
	for name, want := range map[string]client.Outcome{
		"signature": client.Passed, "nonce": client.Passed, "at_hash": client.Passed, "iat": client.Skipped,
		"encryption": client.NotApplicable, "c_hash": client.NotApplicable, "renewal": client.NotApplicable,
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	p.claims = map[string]any{"exp": 1}
	_, err = p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil)
	var r *client.Rejection
	if !errors.As(err, &r) || r.IDToken == nil || r.IDToken.Checks[len(r.IDToken.Checks)-1].Outcome != client.Failed {
		t.Errorf("what a refused token passed is not told: %v", err)
	}
}

// TestRejectionWords: the line names the check, both values, shortened, and the
// clause.
func TestRejectionWords(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.claims = map[string]any{"nonce": "wrong"}
	_, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil)
	want := "client: nonce: want " + p.nonce[:4] + `…, got "wrong" (OIDC Core 3.1.3.7 (11))`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	_, err = p.signIn(p.client(t, nil), client.AuthorizeOptions{}, func(r url.Values) {
		r.Set("error", "access_denied")
		r.Set("error_description", "no\r\n\x1b[31m"+strings.Repeat("x", 70_000))
	})
	var e *client.OAuthError
	if !errors.As(err, &e) || e.Code != "access_denied" {
		t.Fatal(err)
	}
	if strings.ContainsAny(err.Error(), "\r\n\x1b") || len(err.Error()) > 400 {
		t.Errorf("not fit for a log: %d bytes", len(err.Error()))
	}
}

// TestTokenResponses: every way of not being a token response is told apart from
// one, and none is a panic (RFC 6749 section 5.1, 5.2).
func TestTokenResponses(t *testing.T) {
	t.Parallel()
	const json = "application/json"
	for body, want := range map[[3]string]string{
		{"400", json, `{"error":"invalid_grant","error_description":"gone"}`}: "token_response",
		{"401", json, `{"error":"invalid_client"}`}:                           "token_response",
		{"200", json, `{"error":"bad_verification_code"}`}:                    "token_response",
		{"500", json, `{"error":"server_error"}`}:                             "token_response",
		{"502", "text/html", `<html>`}:                                        "status",
		{"201", json, `{"access_token":"a","token_type":"Bearer"}`}:           "status",
		{"200", "text/html", `<html>`}:                                        "content_type",
		{"200", "application/x-www-form-urlencoded", `access_token=a`}:        "content_type",
		{"200", "", ``}:   "content_type",
		{"200", json, ``}: "token_response",
		{"200", json, `{"access_token":"a","token_ty`}:                                     "token_response",
		{"200", json, `[]`}:                                                                "token_response",
		{"200", json, `null`}:                                                              "token_response",
		{"200", json, `42`}:                                                                "token_response",
		{"200", json, `{} {}`}:                                                             "token_response",
		{"200", json, "\ufeff{}"}:                                                          "token_response",
		{"200", json, strings.Repeat("[", 100_000)}:                                        "token_response",
		{"200", json, `{"token_type":"Bearer"}`}:                                           "access_token",
		{"200", json, `{"access_token":null,"token_type":"Bearer"}`}:                       "access_token",
		{"200", json, `{"access_token":{},"token_type":"Bearer"}`}:                         "access_token",
		{"200", json, `{"access_token":"a","token_type":"DPoP"}`}:                          "token_type",
		{"200", json, `{"access_token":"a","token_type":"Bearer","expires_in":"soon"}`}:    "expires_in",
		{"200", json, `{"access_token":"a","token_type":"Bearer","expires_in":true}`}:      "expires_in",
		{"200", json, `{"access_token":"a","token_type":"Bearer","scope":["a"]}`}:          "scope",
		{"200", json, `{"access_token":"a","token_type":"Bearer","id_token":"hello"}`}:     "id_token",
		{"200", json, `{"access_token":"a","token_type":"Bearer","id_token":"a.b"}`}:       "id_token",
		{"200", json, `{"access_token":"a","token_type":"Bearer","id_token":"e30.e30.?"}`}: "id_token",
		{"200", json, `{"access_token":"a","token_type":"Bearer","id_token":"W10.e30."}`}:  "id_token",
		{"200", json, `{"access_token":"a","token_type":"Bearer","id_token":"e30.e30."}`}:  "alg",
		{"200", json, `{"access_token":"a","token_type":"Bearer"}`}:                        "id_token",
	} {
		p := newProvider(t)
		status := int(body[0][0]-'0')*100 + int(body[0][2]-'0')
		p.on["/token"] = always(status, body[1], body[2])
		if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != want {
			t.Errorf("%.80q: %v, want %s", body, err, want)
		}
	}
}

// TestLifetimes: no lifetime, however large, small or odd, is one in the past by
// mistake.
func TestLifetimes(t *testing.T) {
	t.Parallel()
	for in, want := range map[any]time.Duration{
		3600: time.Hour, "3600": time.Hour, 3599.9: 3599 * time.Second, 0: 0, -1: 0, nil: -1,
		9e18: 100 * 365 * 24 * time.Hour, "1e400": 100 * 365 * 24 * time.Hour,
	} {
		p := newProvider(t)
		p.tokens = map[string]any{"expires_in": in}
		c := p.client(t, nil)
		s := signedIn(t, p, c)
		if want < 0 {
			if !s.Expiry.IsZero() || c.Expired(s) {
				t.Errorf("%v: expiry %v", in, s.Expiry)
			}
			continue
		}
		if got := s.Expiry.Sub(p.Now()); got != want || c.Expired(s) != (want == 0) {
			t.Errorf("%v: %v, want %v", in, got, want)
		}
	}
}

// TestBasic: id and secret are form-encoded before they are joined (RFC 6749
// 2.3.1), and every failing request is sent once.
func TestBasic(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	signedIn(t, p, p.client(t, nil))
	for _, r := range p.requests {
		if r.URL.Path == "/token" {
			id, secret, _ := r.BasicAuth()
			if id != "app" || secret != url.QueryEscape("s3cret:+%") {
				t.Errorf("%q %q", id, secret)
			}
		}
	}
	p.on["/token"] = always(http.StatusUnauthorized, "application/json", `{"error":"invalid_client"}`)
	if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != "token_response" {
		t.Error(err)
	}
	if n := p.count("POST /token"); n != 2 {
		t.Errorf("%d token requests", n)
	}
}

// TestAssertions: of a kind of its own for every request, also a repeated one
// (RFC 7523 section 3).
func TestAssertions(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	k := newKey(t, "c1")
	lost := 1
	p.fail = func(r *http.Request) error {
		if r.URL.Path == "/token" && lost > 0 {
			lost--
			return errors.New("reset")
		}
		return nil
	}
	c := p.client(t, func(cfg *client.Config) {
		cfg.SigningKey = &jose.JSONWebKey{Key: k.private, KeyID: k.id}
		cfg.AuthMethod, cfg.ClientSecret, cfg.Retry.Max = "private_key_jwt", "", 1
	})
	signedIn(t, p, c)
	if len(p.forms) != 2 || p.forms[0].Get("client_assertion") == p.forms[1].Get("client_assertion") {
		t.Fatalf("%d requests, or the same assertion twice", len(p.forms))
	}
	raw := p.form().Get("client_assertion")
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.Verify(k.jwkKey()); err != nil || jws.Signatures[0].Protected.KeyID != "c1" {
		t.Errorf("assertion: %v", err)
	}
	got := decodeClaims(t, raw)
	if got["iss"] != "app" || got["sub"] != "app" || got["aud"] != issuer || got["exp"].(float64)-got["iat"].(float64) > 60 || got["jti"] == "" {
		t.Errorf("claims %v", got)
	}
}

// TestPushed: the browser carries the reference alone (RFC 9126 section 4).
func TestPushed(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.metadata["require_pushed_authorization_requests"] = true
	a, _, err := p.begin(p.client(t, nil), client.AuthorizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if q := mustURL(a.URL).Query(); len(q) != 2 || q.Get("request_uri") == "" || q.Get("client_id") != "app" {
		t.Errorf("%v", q)
	}
	if p.form().Get("state") != a.State || a.Pushed == nil {
		t.Error("the request was not pushed")
	}
	p.on["/par"] = always(400, "application/json", `{"error":"invalid_request"}`)
	if _, _, err := p.begin(p.client(t, nil), client.AuthorizeOptions{}); rejected(err) != "pushed_request" {
		t.Error(err)
	}
}

// TestExtra: what the caller says has the last word, and is what the response is
// held to.
func TestExtra(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	c := p.client(t, nil)
	a, err := c.Authorize(t.Context(), client.AuthorizeOptions{Extra: url.Values{"state": {"mine"}, "nonce": {}, "resource": {"r1", "r2"}}})
	if err != nil {
		t.Fatal(err)
	}
	if a.State != "mine" || a.Nonce != "" || a.Params.Has("nonce") || !slices.Equal(a.Params["resource"], []string{"r1", "r2"}) {
		t.Errorf("%+v", a)
	}
}
