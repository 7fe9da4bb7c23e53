package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
)

// drill is one offence: what is wrong, which check must notice, and which bug
// must not.
type drill struct {
	bug     string
	name    string
	check   string // of the Rejection of a strict client
	config  func(*client.Config)
	arrange func(*provider)
	options client.AuthorizeOptions
	change  func(url.Values)                                                        // to the authorization response
	after   func(context.Context, *provider, *client.Client, *client.Session) error // in place of the sign-in's own outcome
}

func claims(set map[string]any) func(*provider) { return func(p *provider) { p.claims = set } }
func header(set map[string]any) func(*provider) { return func(p *provider) { p.header = set } }
func tokens(set map[string]any) func(*provider) { return func(p *provider) { p.tokens = set } }
func resign(f func(testing.TB, key, map[string]any, map[string]any) string) func(*provider) {
	return func(p *provider) {
		p.resign = func(h, c map[string]any) string { return f(p.t, p.signer, h, c) }
	}
}

func published(set map[string]any) func(*provider) { return func(p *provider) { p.publish(set) } }

func refreshed(ctx context.Context, _ *provider, c *client.Client, s *client.Session) error {
	_, err := c.Refresh(ctx, s, client.RefreshOptions{})
	return err
}

func userInfo(ctx context.Context, _ *provider, c *client.Client, s *client.Session) error {
	_, err := c.UserInfo(ctx, s)
	return err
}

// signedUserInfo answers userinfo with a JWT.
func signedUserInfo(p *provider, set map[string]any, make func(header, claims map[string]any) string) {
	p.on["/userinfo"] = func(w http.ResponseWriter, _ *http.Request) {
		c := map[string]any{"iss": issuer, "aud": "app", "sub": userA}
		overlay(c, set)
		w.Header().Set("Content-Type", "application/jwt")
		fmt.Fprint(w, make(map[string]any{"alg": "ES256", "kid": p.signer.id}, c))
	}
}

func drills() []drill {
	maxAge := 60
	form := client.AuthorizeOptions{ResponseType: "code id_token token"}
	foreign := func(t testing.TB, _ key, h, c map[string]any) string { return sign(t, newKey(t, "evil"), h, c) }
	return []drill{
		{bug: "discovery-issuer-unchecked", check: "discovery_issuer", arrange: func(p *provider) { p.metadata["issuer"] = issuer + "/" }},
		{bug: "plain-endpoints-accepted", check: "endpoint", arrange: func(p *provider) { p.metadata["token_endpoint"] = "http://op.example/token" }},

		{bug: "duplicate-params-accepted", check: "duplicates", change: func(r url.Values) { r.Add("state", "evil") }},
		{bug: "duplicate-params-accepted", name: "code", check: "duplicates", change: func(r url.Values) { r.Add("code", "evil") }},
		{bug: "state-unchecked", check: "state", change: func(r url.Values) { r.Set("state", "wrong") }},
		{bug: "state-unchecked", name: "empty", check: "state", change: func(r url.Values) { r.Set("state", "") }},
		{bug: "state-missing-accepted", check: "state", change: func(r url.Values) { r.Del("state") }},
		{bug: "iss-unchecked", check: "iss", change: func(r url.Values) { r.Set("iss", "https://evil.example") }},
		{bug: "iss-unchecked", name: "normalised", check: "iss", change: func(r url.Values) { r.Set("iss", issuer+"/") }},
		{bug: "iss-missing-accepted", check: "iss", change: func(r url.Values) { r.Del("iss") }},
		{bug: "error-ignored", check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied") }},
		{bug: "denial-as-success", check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied"); r.Del("code") }},

		{bug: "error-member-ignored", check: "token_response", arrange: tokens(map[string]any{"error": "bad_verification_code"})},
		{bug: "error-status-ignored", check: "status", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) { p.token(&teapot{w}, r) }
		}},
		{bug: "html-accepted", check: "content_type", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) { p.token(&mislabelled{w}, r) }
		}},
		{bug: "member-types-unchecked", check: "refresh_token", arrange: tokens(map[string]any{"refresh_token": 12345})},
		{bug: "expires-in-unchecked", check: "expires_in", arrange: tokens(map[string]any{"expires_in": []int{1}})},
		{bug: "access-token-unchecked", check: "access_token", arrange: func(p *provider) {
			p.tokens = map[string]any{"access_token": ""}
			p.claims = map[string]any{"at_hash": nil}
		}},
		{bug: "token-type-unchecked", check: "token_type", arrange: tokens(map[string]any{"token_type": "mac"})},
		{bug: "token-type-unchecked", name: "missing", check: "token_type", arrange: tokens(map[string]any{"token_type": nil})},
		{bug: "id-token-missing-accepted", check: "id_token", arrange: tokens(map[string]any{"id_token": nil})},
		{bug: "duplicate-members-accepted", check: "duplicates", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				always(200, "application/json", `{"access_token":"a","access_token":"b","token_type":"Bearer","id_token":"`+p.idToken(nil, "b")+`"}`)(w, r)
			}
		}},
		{bug: "body-unbounded", check: "body_size", config: func(c *client.Config) { c.MaxBody = 4096 }, arrange: tokens(map[string]any{"padding": strings.Repeat("x", 5000)})},

		{bug: "typ-unchecked", check: "typ", arrange: header(map[string]any{"typ": "at+jwt"})},
		{bug: "typ-unchecked", name: "logout token", check: "typ", arrange: header(map[string]any{"typ": "logout+jwt"})},
		{bug: "typ-unchecked", name: "logout event", check: "typ", arrange: claims(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}})},
		{bug: "crit-ignored", check: "crit", arrange: header(map[string]any{"crit": []string{"x"}, "x": 1})},
		{bug: "any-alg", check: "alg", config: func(c *client.Config) { c.AllowedAlgs = []string{"RS256"} }},
		{bug: "any-alg", name: "registered", check: "alg", config: func(c *client.Config) { c.IDTokenSignedResponseAlg = "PS256" }},
		{bug: "alg-none-accepted", check: "alg", arrange: resign(func(t testing.TB, _ key, h, c map[string]any) string { return unsigned(t, h, c) })},
		{bug: "alg-from-header", check: "alg", arrange: resign(confused)},
		{bug: "id-token-unverified", check: "signature", arrange: resign(corrupted)},
		{bug: "id-token-unverified", name: "foreign key", check: "signature", arrange: resign(foreign)},
		{bug: "embedded-jwk-trusted", check: "signature", arrange: resign(func(t testing.TB, _ key, h, c map[string]any) string {
			evil := newKey(t, "k1")
			h["jwk"] = evil.jwk(t, nil)
			return sign(t, evil, h, c)
		})},
		{bug: "kid-ignored", check: "kid", arrange: header(map[string]any{"kid": "../../dev/null"})},
		{bug: "kid-missing-accepted", check: "kid", arrange: func(p *provider) {
			p.keys = append(p.keys, newKey(p.t, "k2").jwk(p.t, nil))
			p.header = map[string]any{"kid": nil}
		}},
		{bug: "use-unchecked", check: "key", arrange: published(map[string]any{"use": "enc"})},
		{bug: "key-ops-unchecked", check: "key", arrange: published(map[string]any{"key_ops": []string{"encrypt"}})},
		{bug: "key-alg-unchecked", check: "key", arrange: published(map[string]any{"alg": "ES384"})},
		{bug: "weak-key-accepted", check: "key", arrange: func(p *provider) { p.signer = newRSAKey(p.t, "weak", 1024); p.publish(nil) }},

		{bug: "iss-claim-unchecked", check: "iss", arrange: claims(map[string]any{"iss": "https://evil.example"})},
		{bug: "iss-claim-unchecked", name: "slash", check: "iss", arrange: claims(map[string]any{"iss": issuer + "/"})},
		{bug: "iss-claim-unchecked", name: "missing", check: "iss", arrange: claims(map[string]any{"iss": nil})},
		{bug: "aud-unchecked", check: "aud", arrange: claims(map[string]any{"aud": "other"})},
		{bug: "aud-unchecked", name: "missing", check: "aud", arrange: claims(map[string]any{"aud": nil})},
		{bug: "aud-unchecked", name: "empty", check: "aud", arrange: claims(map[string]any{"aud": []string{}})},
		{bug: "aud-unchecked", name: "number", check: "aud", arrange: claims(map[string]any{"aud": 1})},
		{bug: "aud-unchecked", name: "a stranger too", check: "aud", arrange: claims(map[string]any{"aud": []string{"app", "stranger"}, "azp": "app"})},
		{bug: "azp-unchecked", check: "azp", arrange: claims(map[string]any{"azp": "other"})},
		{bug: "azp-unchecked", name: "missing", check: "azp", config: func(c *client.Config) { c.TrustedAudiences = []string{"api"} }, arrange: claims(map[string]any{"aud": []string{"app", "api"}})},
		{bug: "sub-unchecked", check: "sub", arrange: claims(map[string]any{"sub": nil})},
		{bug: "sub-unchecked", name: "empty", check: "sub", arrange: claims(map[string]any{"sub": " "})},
		{bug: "sub-unchecked", name: "number", check: "sub", arrange: claims(map[string]any{"sub": 42})},
		{bug: "sub-unchecked", name: "too long", check: "sub", arrange: claims(map[string]any{"sub": strings.Repeat("x", 256)})},
		{bug: "sub-unchecked", name: "NUL", check: "sub", arrange: claims(map[string]any{"sub": "alice\x00"})},
		{bug: "exp-unchecked", check: "exp", arrange: func(p *provider) { p.claims = map[string]any{"exp": p.now.Unix() - 31} }},
		{bug: "exp-unchecked", name: "missing", check: "exp", arrange: claims(map[string]any{"exp": nil})},
		{bug: "exp-unchecked", name: "text", check: "exp", arrange: claims(map[string]any{"exp": "1893459600"})},
		{bug: "exp-unchecked", name: "too large", check: "exp", arrange: claims(map[string]any{"exp": 1e300})},
		{bug: "iat-unchecked", check: "iat", arrange: func(p *provider) { p.claims = map[string]any{"iat": p.now.Unix() + 600} }},
		{bug: "iat-unchecked", name: "a week old", check: "iat", arrange: func(p *provider) { p.claims = map[string]any{"iat": p.now.Unix() - 7*86400} }},
		{bug: "iat-unchecked", name: "missing", check: "iat", arrange: claims(map[string]any{"iat": nil})},
		{bug: "nbf-unchecked", check: "nbf", arrange: func(p *provider) { p.claims = map[string]any{"nbf": p.now.Unix() + 600} }},
		{bug: "nbf-unchecked", name: "text", check: "nbf", arrange: claims(map[string]any{"nbf": "now"})},
		{bug: "nonce-unchecked", check: "nonce", arrange: claims(map[string]any{"nonce": "wrong"})},
		{bug: "nonce-unchecked", name: "missing", check: "nonce", arrange: claims(map[string]any{"nonce": nil})},
		{bug: "acr-unchecked", check: "acr", options: client.AuthorizeOptions{Claims: []byte(`{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`)}, arrange: claims(map[string]any{"acr": "tin"})},
		{bug: "auth-time-unchecked", check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: func(p *provider) { p.claims = map[string]any{"auth_time": p.now.Unix() - 91} }},
		{bug: "auth-time-unchecked", name: "missing", check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: claims(map[string]any{"auth_time": nil})},
		{bug: "at-hash-unchecked", check: "at_hash", arrange: claims(map[string]any{"at_hash": half("other")})},
		{bug: "at-hash-unchecked", name: "missing in front", check: "at_hash", options: form, arrange: claims(map[string]any{"at_hash": nil})},
		{bug: "c-hash-unchecked", check: "c_hash", options: form, arrange: claims(map[string]any{"c_hash": half("other")})},
		{bug: "c-hash-unchecked", name: "missing", check: "c_hash", options: form, arrange: claims(map[string]any{"c_hash": nil})},
		{bug: "hybrid-unmatched", check: "hybrid", options: form, change: nil, arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				p.claims = map[string]any{"sub": "mallory", "at_hash": nil}
				p.token(w, r)
			}
		}},

		{bug: "refresh-id-token-unchecked", check: "signature", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			resign(corrupted)(p)
			return refreshed(ctx, p, c, s)
		}},
		{bug: "refresh-continuity-unchecked", check: "renewal", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"sub": "mallory"}
			return refreshed(ctx, p, c, s)
		}},
		{bug: "refresh-continuity-unchecked", name: "auth_time", check: "renewal", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"auth_time": p.now.Unix() + 1}
			return refreshed(ctx, p, c, s)
		}},
		{bug: "nonce-unchecked", name: "of a refresh", check: "nonce", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"nonce": "other"}
			return refreshed(ctx, p, c, s)
		}},
		{bug: "refresh-token-dropped", check: "accepted", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.tokens = map[string]any{"refresh_token": nil}
			if err := refreshed(ctx, p, c, s); err != nil {
				return err
			}
			return refreshed(ctx, p, c, s)
		}},
		{bug: "userinfo-sub-unchecked", check: "userinfo_sub", arrange: func(p *provider) {
			p.on["/userinfo"] = always(200, "application/json", `{"sub":"mallory"}`)
		}, after: userInfo},
		{bug: "userinfo-sub-unchecked", name: "missing", check: "userinfo_sub", arrange: func(p *provider) { p.on["/userinfo"] = always(200, "application/json", `{}`) }, after: userInfo},
		{bug: "userinfo-unsigned-accepted", check: "signature", arrange: func(p *provider) {
			signedUserInfo(p, nil, func(h, c map[string]any) string { return corrupted(p.t, p.signer, h, c) })
		}, after: userInfo},
		{bug: "userinfo-unsigned-accepted", name: "none", check: "userinfo_alg", arrange: func(p *provider) {
			signedUserInfo(p, nil, func(h, c map[string]any) string { return unsigned(p.t, h, c) })
		}, after: userInfo},
		{bug: "userinfo-plain-accepted", check: "userinfo", config: func(c *client.Config) { c.UserInfoSignedResponseAlg = "ES256" }, after: userInfo},
		{bug: "userinfo-aud-unchecked", check: "userinfo_aud", arrange: func(p *provider) {
			signedUserInfo(p, map[string]any{"aud": "other"}, func(h, c map[string]any) string { return sign(p.t, p.signer, h, c) })
		}, after: userInfo},
		{bug: "logout-state-unchecked", check: "logout_state", after: func(_ context.Context, _ *provider, c *client.Client, _ *client.Session) error {
			return c.LoggedOut("expected-state", url.Values{"state": {"other"}})
		}},
		{bug: "jwks-never-refetched", check: "accepted", after: func(_ context.Context, p *provider, c *client.Client, _ *client.Session) error {
			p.signer = newKey(p.t, "k2")
			p.publish(nil)
			_, err := p.signIn(c, client.AuthorizeOptions{}, nil)
			return err
		}},
		{bug: "retry-none", check: "accepted", config: func(c *client.Config) { c.Retry.Max = 2 }, arrange: func(p *provider) {
			lost := 2
			p.fail = func(r *http.Request) error {
				if r.URL.Path == "/token" && lost > 0 {
					lost--
					return errors.New("connection reset by peer")
				}
				return nil
			}
		}},
		{bug: "pkce-verifier-wrong", check: "accepted"},
	}
}

// run runs a drill and returns what came of it.
func (d drill) run(t *testing.T, bugs ...string) error {
	t.Helper()
	p := newProvider(t)
	if d.arrange != nil {
		d.arrange(p)
	}
	c := p.client(t, d.config, bugs...)
	s, err := p.signIn(c, d.options, d.change)
	if d.after == nil || err != nil {
		return err
	}
	return d.after(t.Context(), p, c, s)
}

// TestDrills: of each offence the strict client says which check it failed, and
// the client with the bug does not notice; or, where the strict client copes, the
// one with the bug does not.
func TestDrills(t *testing.T) {
	t.Parallel()
	for _, d := range drills() {
		t.Run(strings.TrimSuffix(d.bug+" "+d.name, " "), func(t *testing.T) {
			t.Parallel()
			if got := rejected(d.run(t)); got != d.check {
				t.Errorf("strict client: %s, want %s", got, d.check)
			}
			if got := rejected(d.run(t, d.bug)); (got == "accepted") == (d.check == "accepted") {
				t.Errorf("client with the bug: %s", got)
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
