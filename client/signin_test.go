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
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// signInCase is one way to sign in.
type signInCase struct {
	config  func(*client.Config)
	arrange func(*clienttest.Provider)
	options client.AuthorizeOptions
	change  func(url.Values) // to the authorization response
}

func (s signInCase) run(t *testing.T) error {
	p := clienttest.NewProvider(t)
	if s.arrange != nil {
		s.arrange(p)
	}
	_, err := p.SignIn(p.Client(t, s.config), s.options, s.change)
	return err
}

// TestSignIn: what is right is accepted, in every form that is right.
func TestSignIn(t *testing.T) {
	t.Parallel()
	maxAge := 60
	for name, d := range map[string]signInCase{
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
		"no PKCE":             {config: func(c *client.Config) { c.WithoutPKCE, c.WithoutIss = true, true }},
		"no nonce":            {config: func(c *client.Config) { c.WithoutNonce, c.WithoutState, c.WithoutIss = true, true, true }, change: func(r url.Values) { r.Set("state", "any") }},
		"public client":       {config: func(c *client.Config) { c.ClientSecret = "" }},
		"secret in the body":  {config: func(c *client.Config) { c.AuthMethod = "client_secret_post" }},
		"endpoints by hand": {config: func(c *client.Config) {
			c.Metadata = &client.Metadata{Issuer: clienttest.Issuer, AuthorizationEndpoint: clienttest.Issuer + "/authorize", TokenEndpoint: clienttest.Issuer + "/token", JWKSURI: clienttest.Issuer + "/jwks"}
		}},
		"essential acr":    {options: client.AuthorizeOptions{Claims: []byte(`{"id_token":{"acr":{"essential":true,"value":"gold"}}}`)}, arrange: clienttest.WithClaims(map[string]any{"acr": "gold"})},
		"voluntary acr":    {options: client.AuthorizeOptions{ACRValues: "gold"}, arrange: clienttest.WithClaims(map[string]any{"acr": "tin"})},
		"aud as a list":    {arrange: clienttest.WithClaims(map[string]any{"aud": []string{"app"}})},
		"trusted audience": {config: func(c *client.Config) { c.TrustedAudiences = []string{"api"} }, arrange: clienttest.WithClaims(map[string]any{"aud": []string{"app", "api"}, "azp": "app"})},
		"no at_hash":       {arrange: clienttest.WithClaims(map[string]any{"at_hash": nil})},
		"no typ":           {arrange: clienttest.WithHeader(map[string]any{"typ": nil})},
		"no kid, one key":  {arrange: clienttest.WithHeader(map[string]any{"kid": nil})},
		"a little expired": {arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"exp": p.Now().Unix() - 29} }},
		"a little early": {arrange: func(p *clienttest.Provider) {
			p.Claims = map[string]any{"iat": p.Now().Unix() + 29, "nbf": p.Now().Unix() + 29}
		}},
		"a part of a second": {arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"exp": float64(p.Now().Unix()) + 60.5} }},
		"after 2038":         {arrange: clienttest.WithClaims(map[string]any{"exp": 4300000000})},
		"jku is ignored": {arrange: func(p *clienttest.Provider) {
			p.Header = map[string]any{"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x5u", "jwk": clienttest.NewKey(p.T, "evil").JWK(p.T, nil)}
		}},
		"token_type case":    {arrange: clienttest.WithTokens(map[string]any{"token_type": "bEARER"})},
		"expires_in a text":  {arrange: clienttest.WithTokens(map[string]any{"expires_in": "3600"})},
		"expires_in a float": {arrange: clienttest.WithTokens(map[string]any{"expires_in": 3599.7})},
		"no expires_in":      {arrange: clienttest.WithTokens(map[string]any{"expires_in": nil})},
		"unknown members":    {arrange: clienttest.WithTokens(map[string]any{"x": []any{map[string]any{"y": 1}}})},
		"unknown parameters": {change: func(r url.Values) { r.Set("session_state", "x"); r.Set("access_token", "not asked for") }},
		"a key of no known kind": {arrange: func(p *clienttest.Provider) {
			p.Keys = append([]any{map[string]any{"kty": "QQ", "kid": "k1"}, map[string]any{"kty": "OKP", "crv": "X448", "kid": "k1", "x": "AA"}, 7, map[string]any{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, p.Keys...)
		}},
		"two keys of one kid": {arrange: func(p *clienttest.Provider) {
			p.Keys = append([]any{clienttest.NewRSAKey(p.T, "k1", 2048).JWK(p.T, nil)}, p.Keys...)
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
	strong := clienttest.NewRSAKey(t, "k1", 2048)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for alg, k := range map[jose.SignatureAlgorithm]clienttest.Key{
		"RS256": strong, "PS256": {ID: "k1", Private: strong.Private, Alg: jose.PS256}, "ES256": clienttest.NewKey(t, "k1"), "EdDSA": {ID: "k1", Private: edwards, Alg: jose.EdDSA},
	} {
		p := clienttest.NewProvider(t)
		p.Signer = k
		p.Publish(map[string]any{"alg": alg, "use": "sig", "key_ops": []string{"verify"}})
		if alg == "EdDSA" {
			p.Claims = map[string]any{"at_hash": nil} // SHA-512, see TestHashes
		}
		for _, bugs := range [][]string{nil, {"any-alg"}} {
			s, err := p.SignIn(p.Client(t, nil, bugs...), client.AuthorizeOptions{}, nil)
			if err != nil || s.Subject != clienttest.UserA {
				t.Errorf("%s: %v", alg, err)
			}
		}
		p.Resign = func(h, c map[string]any) string { return clienttest.Corrupted(t, k, h, c) }
		if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "signature" {
			t.Errorf("%s: a bad signature: %v", alg, err)
		}
		p.Resign = nil
		p.Header = map[string]any{"crit": []string{"x"}}
		if _, err := p.SignIn(p.Client(t, nil, "crit-ignored"), client.AuthorizeOptions{}, nil); err != nil {
			t.Errorf("%s: ignoring crit: %v", alg, err)
		}
	}
}

// TestChecks: the ID token says what was checked, and each check once.
func TestChecks(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	s, err := p.SignIn(p.Client(t, nil, "iat-unchecked"), client.AuthorizeOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range s.IDToken.Checks {
		if _, twice := got[c.Name]; twice || c.Spec == "" || c.Detail == "" {
			t.Errorf("%+v", c)
		}
		got[c.Name] = c.Outcome
	}
	for name, want := range map[string]string{
		"signature": client.Passed, "nonce": client.Passed, "at_hash": client.Passed, "iat": client.Skipped,
		"encryption": client.NotApplicable, "c_hash": client.NotApplicable, "renewal": client.NotApplicable,
	} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
	p.Claims = map[string]any{"exp": 1}
	_, err = p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil)
	var r *client.Rejection
	if !errors.As(err, &r) || r.IDToken == nil || r.IDToken.Checks[len(r.IDToken.Checks)-1].Outcome != client.Failed {
		t.Errorf("what a refused token passed is not told: %v", err)
	}
}

// TestRejectionWords: the line names the check, both values, shortened, and the
// clause.
func TestRejectionWords(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	p.Claims = map[string]any{"nonce": "wrong"}
	_, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil)
	want := "client: nonce: want " + p.Nonce[:4] + `…, got "wrong" (OIDC Core 3.1.3.7 (11))`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	_, err = p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, func(r url.Values) {
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
		p := clienttest.NewProvider(t)
		status := int(body[0][0]-'0')*100 + int(body[0][2]-'0')
		p.On["/token"] = clienttest.Always(status, body[1], body[2])
		if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != want {
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
		p := clienttest.NewProvider(t)
		p.Tokens = map[string]any{"expires_in": in}
		c := p.Client(t, nil)
		s := p.SignedIn(t, c)
		if want < 0 {
			if !s.Expiry.IsZero() || client.Expired(c, s) {
				t.Errorf("%v: expiry %v", in, s.Expiry)
			}
			continue
		}
		if got := s.Expiry.Sub(p.Now()); got != want || client.Expired(c, s) != (want == 0) {
			t.Errorf("%v: %v, want %v", in, got, want)
		}
	}
}

// TestBasic: id and secret are form-encoded before they are joined (RFC 6749
// 2.3.1), and every failing request is sent once.
func TestBasic(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	p.SignedIn(t, p.Client(t, nil))
	for _, r := range p.Requests {
		if r.URL.Path == "/token" {
			id, secret, _ := r.BasicAuth()
			if id != "app" || secret != url.QueryEscape("s3cret:+%") {
				t.Errorf("%q %q", id, secret)
			}
		}
	}
	p.On["/token"] = clienttest.Always(http.StatusUnauthorized, "application/json", `{"error":"invalid_client"}`)
	if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "token_response" {
		t.Error(err)
	}
	if n := p.Count("POST /token"); n != 2 {
		t.Errorf("%d token requests", n)
	}
}

// TestAssertions: of a kind of its own for every request, also a repeated one
// (RFC 7523 section 3).
func TestAssertions(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	k := clienttest.NewKey(t, "c1")
	lost := 1
	p.Fail = func(r *http.Request) error {
		if r.URL.Path == "/token" && lost > 0 {
			lost--
			return errors.New("reset")
		}
		return nil
	}
	c := p.Client(t, func(cfg *client.Config) {
		cfg.SigningKey = &jose.JSONWebKey{Key: k.Private, KeyID: k.ID}
		cfg.AuthMethod, cfg.ClientSecret, cfg.MaxRetries = "private_key_jwt", "", 1
	})
	p.SignedIn(t, c)
	if len(p.Forms) != 2 || p.Forms[0].Get("client_assertion") == p.Forms[1].Get("client_assertion") {
		t.Fatalf("%d requests, or the same assertion twice", len(p.Forms))
	}
	raw := p.Form().Get("client_assertion")
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.Verify(k.Public()); err != nil || jws.Signatures[0].Protected.KeyID != "c1" {
		t.Errorf("assertion: %v", err)
	}
	got := clienttest.DecodeClaims(t, raw)
	if got["iss"] != "app" || got["sub"] != "app" || got["aud"] != clienttest.Issuer || got["exp"].(float64)-got["iat"].(float64) > 60 || got["jti"] == "" {
		t.Errorf("claims %v", got)
	}
}

// TestPushed: the browser carries the reference alone (RFC 9126 section 4).
func TestPushed(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	p.Metadata["require_pushed_authorization_requests"] = true
	a, _, err := p.Begin(p.Client(t, nil), client.AuthorizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if q := clienttest.MustURL(a.URL).Query(); len(q) != 2 || q.Get("request_uri") == "" || q.Get("client_id") != "app" {
		t.Errorf("%v", q)
	}
	if p.Form().Get("state") != a.State || a.Pushed == nil {
		t.Error("the request was not pushed")
	}
	p.On["/par"] = clienttest.Always(400, "application/json", `{"error":"invalid_request"}`)
	if _, _, err := p.Begin(p.Client(t, nil), client.AuthorizeOptions{}); clienttest.Rejected(err) != "pushed_request" {
		t.Error(err)
	}
}

// TestExtra: what the caller says has the last word, and is what the response is
// held to.
func TestExtra(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	a, err := c.Authorize(t.Context(), client.AuthorizeOptions{Extra: url.Values{"state": {"mine"}, "nonce": {}, "resource": {"r1", "r2"}}})
	if err != nil {
		t.Fatal(err)
	}
	if a.State != "mine" || a.Nonce != "" || a.Params.Has("nonce") || !slices.Equal(a.Params["resource"], []string{"r1", "r2"}) {
		t.Errorf("%+v", a)
	}
}
