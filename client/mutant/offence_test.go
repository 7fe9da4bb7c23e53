package mutant_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// offence is one thing that a provider does wrong: which check of the strict client
// notices, and which mutant does not.
type offence struct {
	mutant  string
	name    string
	check   string // of the Rejection of a strict client
	config  func(*client.Config)
	arrange func(*clienttest.Provider)
	options client.AuthorizeOptions
	change  func(url.Values)                                                                   // to the authorization response
	after   func(context.Context, *clienttest.Provider, *client.Client, *client.Session) error // in place of the sign-in's own outcome
}

func published(set map[string]any) func(*clienttest.Provider) {
	return func(p *clienttest.Provider) { p.Publish(set) }
}

func refreshed(ctx context.Context, _ *clienttest.Provider, c *client.Client, s *client.Session) error {
	_, err := c.Refresh(ctx, s, client.RefreshOptions{})
	return err
}

func userInfo(ctx context.Context, _ *clienttest.Provider, c *client.Client, s *client.Session) error {
	_, err := c.UserInfo(ctx, s)
	return err
}

func offences() []offence {
	maxAge := 60
	form := client.AuthorizeOptions{ResponseType: "code id_token token"}
	foreign := func(t testing.TB, _ clienttest.Key, h, c map[string]any) string {
		return clienttest.Sign(t, clienttest.NewKey(t, "evil"), h, c)
	}
	return []offence{
		{mutant: "discovery-issuer-unchecked", check: "discovery_issuer", arrange: func(p *clienttest.Provider) { p.Metadata["issuer"] = clienttest.Issuer + "/" }},
		{mutant: "plain-endpoints-accepted", check: "endpoint", arrange: func(p *clienttest.Provider) { p.Metadata["token_endpoint"] = "http://op.example/token" }},

		{mutant: "duplicate-params-accepted", check: "duplicates", change: func(r url.Values) { r.Add("state", "evil") }},
		{mutant: "duplicate-params-accepted", name: "code", check: "duplicates", change: func(r url.Values) { r.Add("code", "evil") }},
		{mutant: "state-unchecked", check: "state", change: func(r url.Values) { r.Set("state", "wrong") }},
		{mutant: "state-unchecked", name: "empty", check: "state", change: func(r url.Values) { r.Set("state", "") }},
		{mutant: "state-missing-accepted", check: "state", change: func(r url.Values) { r.Del("state") }},
		{mutant: "iss-unchecked", check: "iss", change: func(r url.Values) { r.Set("iss", "https://evil.example") }},
		{mutant: "iss-unchecked", name: "normalised", check: "iss", change: func(r url.Values) { r.Set("iss", clienttest.Issuer+"/") }},
		{mutant: "iss-missing-accepted", check: "iss", change: func(r url.Values) { r.Del("iss") }},
		{mutant: "error-ignored", check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied") }},
		{mutant: "denial-as-success", check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied"); r.Del("code") }},

		{mutant: "error-member-ignored", check: "token_response", arrange: clienttest.WithTokens(map[string]any{"error": "bad_verification_code"})},
		{mutant: "error-status-ignored", check: "status", arrange: func(p *clienttest.Provider) {
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) { p.Token(&teapot{w}, r) }
		}},
		{mutant: "html-accepted", check: "content_type", arrange: func(p *clienttest.Provider) {
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) { p.Token(&mislabelled{w}, r) }
		}},
		{mutant: "member-types-unchecked", check: "refresh_token", arrange: clienttest.WithTokens(map[string]any{"refresh_token": 12345})},
		{mutant: "expires-in-unchecked", check: "expires_in", arrange: clienttest.WithTokens(map[string]any{"expires_in": []int{1}})},
		{mutant: "access-token-unchecked", check: "access_token", arrange: func(p *clienttest.Provider) {
			p.Tokens = map[string]any{"access_token": ""}
			p.Claims = map[string]any{"at_hash": nil}
		}},
		{mutant: "token-type-unchecked", check: "token_type", arrange: clienttest.WithTokens(map[string]any{"token_type": "mac"})},
		{mutant: "token-type-unchecked", name: "missing", check: "token_type", arrange: clienttest.WithTokens(map[string]any{"token_type": nil})},
		{mutant: "id-token-missing-accepted", check: "id_token", arrange: clienttest.WithTokens(map[string]any{"id_token": nil})},
		{mutant: "duplicate-members-accepted", check: "duplicates", arrange: func(p *clienttest.Provider) {
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
				clienttest.Always(200, "application/json", `{"access_token":"a","access_token":"b","token_type":"Bearer","id_token":"`+p.IDToken(nil, "b")+`"}`)(w, r)
			}
		}},
		{mutant: "body-unbounded", check: "body_size", config: func(c *client.Config) { c.MaxBody = 4096 }, arrange: clienttest.WithTokens(map[string]any{"padding": strings.Repeat("x", 5000)})},

		{mutant: "typ-unchecked", check: "typ", arrange: clienttest.WithHeader(map[string]any{"typ": "at+jwt"})},
		{mutant: "typ-unchecked", name: "logout token", check: "typ", arrange: clienttest.WithHeader(map[string]any{"typ": "logout+jwt"})},
		{mutant: "typ-unchecked", name: "logout event", check: "typ", arrange: clienttest.WithClaims(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}})},
		{mutant: "crit-ignored", check: "crit", arrange: clienttest.WithHeader(map[string]any{"crit": []string{"x"}, "x": 1})},
		{mutant: "any-alg", check: "alg", config: func(c *client.Config) { c.AllowedAlgs = []string{"RS256"} }},
		{mutant: "any-alg", name: "registered", check: "alg", config: func(c *client.Config) { c.IDTokenSignedResponseAlg = "PS256" }},
		{mutant: "alg-none-accepted", check: "alg", arrange: clienttest.WithSignature(func(t testing.TB, _ clienttest.Key, h, c map[string]any) string { return clienttest.Unsigned(t, h, c) })},
		{mutant: "alg-from-header", check: "alg", arrange: clienttest.WithSignature(clienttest.Confused)},
		{mutant: "id-token-unverified", check: "signature", arrange: clienttest.WithSignature(clienttest.Corrupted)},
		{mutant: "id-token-unverified", name: "foreign key", check: "signature", arrange: clienttest.WithSignature(foreign)},
		{mutant: "embedded-jwk-trusted", check: "signature", arrange: clienttest.WithSignature(func(t testing.TB, _ clienttest.Key, h, c map[string]any) string {
			evil := clienttest.NewKey(t, "k1")
			h["jwk"] = evil.JWK(t, nil)
			return clienttest.Sign(t, evil, h, c)
		})},
		{mutant: "kid-ignored", check: "kid", arrange: clienttest.WithHeader(map[string]any{"kid": "../../dev/null"})},
		{mutant: "kid-missing-accepted", check: "kid", arrange: func(p *clienttest.Provider) {
			p.Keys = append(p.Keys, clienttest.NewKey(p.T, "k2").JWK(p.T, nil))
			p.Header = map[string]any{"kid": nil}
		}},
		{mutant: "use-unchecked", check: "key", arrange: published(map[string]any{"use": "enc"})},
		{mutant: "key-ops-unchecked", check: "key", arrange: published(map[string]any{"key_ops": []string{"encrypt"}})},
		{mutant: "key-alg-unchecked", check: "key", arrange: published(map[string]any{"alg": "ES384"})},
		{mutant: "weak-key-accepted", check: "key", arrange: func(p *clienttest.Provider) { p.Signer = clienttest.NewRSAKey(p.T, "weak", 1024); p.Publish(nil) }},

		{mutant: "iss-claim-unchecked", check: "iss", arrange: clienttest.WithClaims(map[string]any{"iss": "https://evil.example"})},
		{mutant: "iss-claim-unchecked", name: "slash", check: "iss", arrange: clienttest.WithClaims(map[string]any{"iss": clienttest.Issuer + "/"})},
		{mutant: "iss-claim-unchecked", name: "missing", check: "iss", arrange: clienttest.WithClaims(map[string]any{"iss": nil})},
		{mutant: "aud-unchecked", check: "aud", arrange: clienttest.WithClaims(map[string]any{"aud": "other"})},
		{mutant: "aud-unchecked", name: "missing", check: "aud", arrange: clienttest.WithClaims(map[string]any{"aud": nil})},
		{mutant: "aud-unchecked", name: "empty", check: "aud", arrange: clienttest.WithClaims(map[string]any{"aud": []string{}})},
		{mutant: "aud-unchecked", name: "number", check: "aud", arrange: clienttest.WithClaims(map[string]any{"aud": 1})},
		{mutant: "aud-unchecked", name: "a stranger too", check: "aud", arrange: clienttest.WithClaims(map[string]any{"aud": []string{"app", "stranger"}, "azp": "app"})},
		{mutant: "azp-unchecked", check: "azp", arrange: clienttest.WithClaims(map[string]any{"azp": "other"})},
		{mutant: "azp-unchecked", name: "missing", check: "azp", config: func(c *client.Config) { c.TrustedAudiences = []string{"api"} }, arrange: clienttest.WithClaims(map[string]any{"aud": []string{"app", "api"}})},
		{mutant: "sub-unchecked", check: "sub", arrange: clienttest.WithClaims(map[string]any{"sub": nil})},
		{mutant: "sub-unchecked", name: "empty", check: "sub", arrange: clienttest.WithClaims(map[string]any{"sub": " "})},
		{mutant: "sub-unchecked", name: "number", check: "sub", arrange: clienttest.WithClaims(map[string]any{"sub": 42})},
		{mutant: "sub-unchecked", name: "too long", check: "sub", arrange: clienttest.WithClaims(map[string]any{"sub": strings.Repeat("x", 256)})},
		{mutant: "sub-unchecked", name: "NUL", check: "sub", arrange: clienttest.WithClaims(map[string]any{"sub": "alice\x00"})},
		{mutant: "exp-unchecked", check: "exp", arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"exp": p.Now().Unix() - 31} }},
		{mutant: "exp-unchecked", name: "missing", check: "exp", arrange: clienttest.WithClaims(map[string]any{"exp": nil})},
		{mutant: "exp-unchecked", name: "text", check: "exp", arrange: clienttest.WithClaims(map[string]any{"exp": "1893459600"})},
		{mutant: "exp-unchecked", name: "too large", check: "exp", arrange: clienttest.WithClaims(map[string]any{"exp": 1e300})},
		{mutant: "iat-unchecked", check: "iat", arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"iat": p.Now().Unix() + 600} }},
		{mutant: "iat-unchecked", name: "a week old", check: "iat", arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"iat": p.Now().Unix() - 7*86400} }},
		{mutant: "iat-unchecked", name: "missing", check: "iat", arrange: clienttest.WithClaims(map[string]any{"iat": nil})},
		{mutant: "nbf-unchecked", check: "nbf", arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"nbf": p.Now().Unix() + 600} }},
		{mutant: "nbf-unchecked", name: "text", check: "nbf", arrange: clienttest.WithClaims(map[string]any{"nbf": "now"})},
		{mutant: "nonce-unchecked", check: "nonce", arrange: clienttest.WithClaims(map[string]any{"nonce": "wrong"})},
		{mutant: "nonce-unchecked", name: "missing", check: "nonce", arrange: clienttest.WithClaims(map[string]any{"nonce": nil})},
		{mutant: "acr-unchecked", check: "acr", options: client.AuthorizeOptions{Claims: []byte(`{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`)}, arrange: clienttest.WithClaims(map[string]any{"acr": "tin"})},
		{mutant: "auth-time-unchecked", check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: func(p *clienttest.Provider) { p.Claims = map[string]any{"auth_time": p.Now().Unix() - 91} }},
		{mutant: "auth-time-unchecked", name: "missing", check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: clienttest.WithClaims(map[string]any{"auth_time": nil})},
		{mutant: "at-hash-unchecked", check: "at_hash", arrange: clienttest.WithClaims(map[string]any{"at_hash": clienttest.Half("other")})},
		{mutant: "at-hash-unchecked", name: "missing in front", check: "at_hash", options: form, arrange: clienttest.WithClaims(map[string]any{"at_hash": nil})},
		{mutant: "c-hash-unchecked", check: "c_hash", options: form, arrange: clienttest.WithClaims(map[string]any{"c_hash": clienttest.Half("other")})},
		{mutant: "c-hash-unchecked", name: "missing", check: "c_hash", options: form, arrange: clienttest.WithClaims(map[string]any{"c_hash": nil})},
		{mutant: "hybrid-unmatched", check: "hybrid", options: form, change: nil, arrange: func(p *clienttest.Provider) {
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
				p.Claims = map[string]any{"sub": "mallory", "at_hash": nil}
				p.Token(w, r)
			}
		}},

		{mutant: "refresh-id-token-unchecked", check: "signature", after: func(ctx context.Context, p *clienttest.Provider, c *client.Client, s *client.Session) error {
			clienttest.WithSignature(clienttest.Corrupted)(p)
			return refreshed(ctx, p, c, s)
		}},
		{mutant: "refresh-continuity-unchecked", check: "renewal", after: func(ctx context.Context, p *clienttest.Provider, c *client.Client, s *client.Session) error {
			p.Claims = map[string]any{"sub": "mallory"}
			return refreshed(ctx, p, c, s)
		}},
		{mutant: "refresh-continuity-unchecked", name: "auth_time", check: "renewal", after: func(ctx context.Context, p *clienttest.Provider, c *client.Client, s *client.Session) error {
			p.Claims = map[string]any{"auth_time": p.Now().Unix() + 1}
			return refreshed(ctx, p, c, s)
		}},
		{mutant: "nonce-unchecked", name: "of a refresh", check: "nonce", after: func(ctx context.Context, p *clienttest.Provider, c *client.Client, s *client.Session) error {
			p.Claims = map[string]any{"nonce": "other"}
			return refreshed(ctx, p, c, s)
		}},
		{mutant: "refresh-token-dropped", check: "accepted", after: func(ctx context.Context, p *clienttest.Provider, c *client.Client, s *client.Session) error {
			p.Tokens = map[string]any{"refresh_token": nil}
			if err := refreshed(ctx, p, c, s); err != nil {
				return err
			}
			return refreshed(ctx, p, c, s)
		}},
		{mutant: "userinfo-sub-unchecked", check: "userinfo_sub", arrange: func(p *clienttest.Provider) {
			p.On["/userinfo"] = clienttest.Always(200, "application/json", `{"sub":"mallory"}`)
		}, after: userInfo},
		{mutant: "userinfo-sub-unchecked", name: "missing", check: "userinfo_sub", arrange: func(p *clienttest.Provider) { p.On["/userinfo"] = clienttest.Always(200, "application/json", `{}`) }, after: userInfo},
		{mutant: "userinfo-unsigned-accepted", check: "signature", arrange: func(p *clienttest.Provider) {
			p.SignUserInfo(nil, func(h, c map[string]any) string { return clienttest.Corrupted(p.T, p.Signer, h, c) })
		}, after: userInfo},
		{mutant: "userinfo-unsigned-accepted", name: "none", check: "userinfo_alg", arrange: func(p *clienttest.Provider) {
			p.SignUserInfo(nil, func(h, c map[string]any) string { return clienttest.Unsigned(p.T, h, c) })
		}, after: userInfo},
		{mutant: "userinfo-plain-accepted", check: "userinfo", config: func(c *client.Config) { c.UserInfoSignedResponseAlg = "ES256" }, after: userInfo},
		{mutant: "userinfo-aud-unchecked", check: "userinfo_aud", arrange: func(p *clienttest.Provider) {
			p.SignUserInfo(map[string]any{"aud": "other"}, func(h, c map[string]any) string { return clienttest.Sign(p.T, p.Signer, h, c) })
		}, after: userInfo},
		{mutant: "logout-state-unchecked", check: "logout_state", after: func(_ context.Context, _ *clienttest.Provider, c *client.Client, _ *client.Session) error {
			return c.LoggedOut("expected-state", url.Values{"state": {"other"}})
		}},
		{mutant: "jwks-never-refetched", check: "accepted", after: func(_ context.Context, p *clienttest.Provider, c *client.Client, _ *client.Session) error {
			p.Signer = clienttest.NewKey(p.T, "k2")
			p.Publish(nil)
			_, err := p.SignIn(c, client.AuthorizeOptions{}, nil)
			return err
		}},
		{mutant: "retry-none", check: "accepted", config: func(c *client.Config) { c.MaxRetries = 2 }, arrange: func(p *clienttest.Provider) {
			lost := 2
			p.Fail = func(r *http.Request) error {
				if r.URL.Path == "/token" && lost > 0 {
					lost--
					return errors.New("connection reset by peer")
				}
				return nil
			}
		}},
		{mutant: "pkce-verifier-wrong", check: "accepted"},
	}
}

// run signs a user in, and returns what came of it.
func (o offence) run(t *testing.T, mutants ...string) error {
	t.Helper()
	p := clienttest.NewProvider(t)
	if o.arrange != nil {
		o.arrange(p)
	}
	c := p.Client(t, o.config, mutants...)
	s, err := p.SignIn(c, o.options, o.change)
	if o.after == nil || err != nil {
		return err
	}
	return o.after(t.Context(), p, c, s)
}

// TestMutantMissesOffence: of each offence the strict client says which check it
// failed, and the mutant does not notice; or, where the strict client copes, the
// mutant does not.
func TestMutantMissesOffence(t *testing.T) {
	t.Parallel()
	for _, o := range offences() {
		t.Run(strings.TrimSuffix(o.mutant+" "+o.name, " "), func(t *testing.T) {
			t.Parallel()
			if got := clienttest.Rejected(o.run(t)); got != o.check {
				t.Errorf("strict client: %s, want %s", got, o.check)
			}
			if got := clienttest.Rejected(o.run(t, o.mutant)); (got == "accepted") == (o.check == "accepted") {
				t.Errorf("mutant: %s", got)
			}
		})
	}
}

// teapot gives every answer another status, mislabelled another type.
type (
	teapot      struct{ http.ResponseWriter }
	mislabelled struct{ http.ResponseWriter }
)

func (w *teapot) WriteHeader(int) { w.ResponseWriter.WriteHeader(http.StatusInternalServerError) }

func (w *mislabelled) WriteHeader(status int) {
	w.Header().Set("Content-Type", "text/html")
	w.ResponseWriter.WriteHeader(status)
}
