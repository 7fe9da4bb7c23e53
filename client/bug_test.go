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
	bug     client.Bug
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
		{bug: client.DiscoveryIssuerUnchecked, check: "discovery_issuer", arrange: func(p *provider) { p.metadata["issuer"] = issuer + "/" }},
		{bug: client.PlainEndpoints, check: "endpoint", arrange: func(p *provider) { p.metadata["token_endpoint"] = "http://op.example/token" }},

		{bug: client.DuplicateParamsAccepted, check: "duplicates", change: func(r url.Values) { r.Add("state", "evil") }},
		{bug: client.DuplicateParamsAccepted, name: "code", check: "duplicates", change: func(r url.Values) { r.Add("code", "evil") }},
		{bug: client.StateUnchecked, check: "state", change: func(r url.Values) { r.Set("state", "wrong") }},
		{bug: client.StateUnchecked, name: "empty", check: "state", change: func(r url.Values) { r.Set("state", "") }},
		{bug: client.StateMissingAccepted, check: "state", change: func(r url.Values) { r.Del("state") }},
		{bug: client.IssUnchecked, check: "iss", change: func(r url.Values) { r.Set("iss", "https://evil.example") }},
		{bug: client.IssUnchecked, name: "normalised", check: "iss", change: func(r url.Values) { r.Set("iss", issuer+"/") }},
		{bug: client.IssMissingAccepted, check: "iss", change: func(r url.Values) { r.Del("iss") }},
		{bug: client.ErrorIgnored, check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied") }},
		{bug: client.DenialAsSuccess, check: "authorization_response", change: func(r url.Values) { r.Set("error", "access_denied"); r.Del("code") }},

		{bug: client.ErrorMemberIgnored, check: "token_response", arrange: tokens(map[string]any{"error": "bad_verification_code"})},
		{bug: client.ErrorStatusIgnored, check: "status", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) { p.token(&teapot{w}, r) }
		}},
		{bug: client.HTMLAccepted, check: "content_type", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) { p.token(&mislabelled{w}, r) }
		}},
		{bug: client.MemberTypesUnchecked, check: "refresh_token", arrange: tokens(map[string]any{"refresh_token": 12345})},
		{bug: client.ExpiresInUnchecked, check: "expires_in", arrange: tokens(map[string]any{"expires_in": []int{1}})},
		{bug: client.AccessTokenUnchecked, check: "access_token", arrange: func(p *provider) {
			p.tokens = map[string]any{"access_token": ""}
			p.claims = map[string]any{"at_hash": nil}
		}},
		{bug: client.TokenTypeUnchecked, check: "token_type", arrange: tokens(map[string]any{"token_type": "mac"})},
		{bug: client.TokenTypeUnchecked, name: "missing", check: "token_type", arrange: tokens(map[string]any{"token_type": nil})},
		{bug: client.IDTokenMissingAccepted, check: "id_token", arrange: tokens(map[string]any{"id_token": nil})},
		{bug: client.DuplicateMembers, check: "duplicates", arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				always(200, "application/json", `{"access_token":"a","access_token":"b","token_type":"Bearer","id_token":"`+p.idToken(nil, "b")+`"}`)(w, r)
			}
		}},
		{bug: client.BodyUnbounded, check: "body_size", config: func(c *client.Config) { c.MaxBody = 4096 }, arrange: tokens(map[string]any{"padding": strings.Repeat("x", 5000)})},

		{bug: client.TypUnchecked, check: "typ", arrange: header(map[string]any{"typ": "at+jwt"})},
		{bug: client.TypUnchecked, name: "logout token", check: "typ", arrange: header(map[string]any{"typ": "logout+jwt"})},
		{bug: client.TypUnchecked, name: "logout event", check: "typ", arrange: claims(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}})},
		{bug: client.CritIgnored, check: "crit", arrange: header(map[string]any{"crit": []string{"x"}, "x": 1})},
		{bug: client.AnyAlg, check: "alg", config: func(c *client.Config) { c.AllowedAlgs = []string{"RS256"} }},
		{bug: client.AnyAlg, name: "registered", check: "alg", config: func(c *client.Config) { c.IDTokenSignedResponseAlg = "PS256" }},
		{bug: client.AlgNoneAccepted, check: "alg", arrange: resign(func(t testing.TB, _ key, h, c map[string]any) string { return unsigned(t, h, c) })},
		{bug: client.AlgFromHeader, check: "alg", arrange: resign(confused)},
		{bug: client.IDTokenUnverified, check: "signature", arrange: resign(corrupted)},
		{bug: client.IDTokenUnverified, name: "foreign key", check: "signature", arrange: resign(foreign)},
		{bug: client.EmbeddedKeyTrusted, check: "signature", arrange: resign(func(t testing.TB, _ key, h, c map[string]any) string {
			evil := newKey(t, "k1")
			h["jwk"] = evil.jwk(t, nil)
			return sign(t, evil, h, c)
		})},
		{bug: client.KidIgnored, check: "kid", arrange: header(map[string]any{"kid": "../../dev/null"})},
		{bug: client.KidMissingAccepted, check: "kid", arrange: func(p *provider) {
			p.keys = append(p.keys, newKey(p.t, "k2").jwk(p.t, nil))
			p.header = map[string]any{"kid": nil}
		}},
		{bug: client.UseUnchecked, check: "key", arrange: published(map[string]any{"use": "enc"})},
		{bug: client.KeyOpsUnchecked, check: "key", arrange: published(map[string]any{"key_ops": []string{"encrypt"}})},
		{bug: client.KeyAlgUnchecked, check: "key", arrange: published(map[string]any{"alg": "ES384"})},
		{bug: client.WeakKeyAccepted, check: "key", arrange: func(p *provider) { p.signer = newRSAKey(p.t, "weak", 1024); p.publish(nil) }},

		{bug: client.IssClaimUnchecked, check: "iss", arrange: claims(map[string]any{"iss": "https://evil.example"})},
		{bug: client.IssClaimUnchecked, name: "slash", check: "iss", arrange: claims(map[string]any{"iss": issuer + "/"})},
		{bug: client.IssClaimUnchecked, name: "missing", check: "iss", arrange: claims(map[string]any{"iss": nil})},
		{bug: client.AudUnchecked, check: "aud", arrange: claims(map[string]any{"aud": "other"})},
		{bug: client.AudUnchecked, name: "missing", check: "aud", arrange: claims(map[string]any{"aud": nil})},
		{bug: client.AudUnchecked, name: "empty", check: "aud", arrange: claims(map[string]any{"aud": []string{}})},
		{bug: client.AudUnchecked, name: "number", check: "aud", arrange: claims(map[string]any{"aud": 1})},
		{bug: client.AudUnchecked, name: "a stranger too", check: "aud", arrange: claims(map[string]any{"aud": []string{"app", "stranger"}, "azp": "app"})},
		{bug: client.AzpUnchecked, check: "azp", arrange: claims(map[string]any{"azp": "other"})},
		{bug: client.AzpUnchecked, name: "missing", check: "azp", config: func(c *client.Config) { c.TrustedAudiences = []string{"api"} }, arrange: claims(map[string]any{"aud": []string{"app", "api"}})},
		{bug: client.SubUnchecked, check: "sub", arrange: claims(map[string]any{"sub": nil})},
		{bug: client.SubUnchecked, name: "empty", check: "sub", arrange: claims(map[string]any{"sub": " "})},
		{bug: client.SubUnchecked, name: "number", check: "sub", arrange: claims(map[string]any{"sub": 42})},
		{bug: client.SubUnchecked, name: "too long", check: "sub", arrange: claims(map[string]any{"sub": strings.Repeat("x", 256)})},
		{bug: client.SubUnchecked, name: "NUL", check: "sub", arrange: claims(map[string]any{"sub": "alice\x00"})},
		{bug: client.ExpUnchecked, check: "exp", arrange: func(p *provider) { p.claims = map[string]any{"exp": p.now.Unix() - 31} }},
		{bug: client.ExpUnchecked, name: "missing", check: "exp", arrange: claims(map[string]any{"exp": nil})},
		{bug: client.ExpUnchecked, name: "text", check: "exp", arrange: claims(map[string]any{"exp": "1893459600"})},
		{bug: client.ExpUnchecked, name: "too large", check: "exp", arrange: claims(map[string]any{"exp": 1e300})},
		{bug: client.IatUnchecked, check: "iat", arrange: func(p *provider) { p.claims = map[string]any{"iat": p.now.Unix() + 600} }},
		{bug: client.IatUnchecked, name: "a week old", check: "iat", arrange: func(p *provider) { p.claims = map[string]any{"iat": p.now.Unix() - 7*86400} }},
		{bug: client.IatUnchecked, name: "missing", check: "iat", arrange: claims(map[string]any{"iat": nil})},
		{bug: client.NbfUnchecked, check: "nbf", arrange: func(p *provider) { p.claims = map[string]any{"nbf": p.now.Unix() + 600} }},
		{bug: client.NbfUnchecked, name: "text", check: "nbf", arrange: claims(map[string]any{"nbf": "now"})},
		{bug: client.NonceUnchecked, check: "nonce", arrange: claims(map[string]any{"nonce": "wrong"})},
		{bug: client.NonceUnchecked, name: "missing", check: "nonce", arrange: claims(map[string]any{"nonce": nil})},
		{bug: client.AcrUnchecked, check: "acr", options: client.AuthorizeOptions{Claims: []byte(`{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`)}, arrange: claims(map[string]any{"acr": "tin"})},
		{bug: client.AuthTimeUnchecked, check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: func(p *provider) { p.claims = map[string]any{"auth_time": p.now.Unix() - 91} }},
		{bug: client.AuthTimeUnchecked, name: "missing", check: "auth_time", options: client.AuthorizeOptions{MaxAge: &maxAge}, arrange: claims(map[string]any{"auth_time": nil})},
		{bug: client.AtHashUnchecked, check: "at_hash", arrange: claims(map[string]any{"at_hash": half("other")})},
		{bug: client.AtHashUnchecked, name: "missing in front", check: "at_hash", options: form, arrange: claims(map[string]any{"at_hash": nil})},
		{bug: client.CHashUnchecked, check: "c_hash", options: form, arrange: claims(map[string]any{"c_hash": half("other")})},
		{bug: client.CHashUnchecked, name: "missing", check: "c_hash", options: form, arrange: claims(map[string]any{"c_hash": nil})},
		{bug: client.HybridUnmatched, check: "hybrid", options: form, change: nil, arrange: func(p *provider) {
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				p.claims = map[string]any{"sub": "mallory", "at_hash": nil}
				p.token(w, r)
			}
		}},

		{bug: client.RefreshIDTokenUnchecked, check: "signature", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			resign(corrupted)(p)
			return refreshed(ctx, p, c, s)
		}},
		{bug: client.RefreshContinuityUnchecked, check: "renewal", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"sub": "mallory"}
			return refreshed(ctx, p, c, s)
		}},
		{bug: client.RefreshContinuityUnchecked, name: "auth_time", check: "renewal", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"auth_time": p.now.Unix() + 1}
			return refreshed(ctx, p, c, s)
		}},
		{bug: client.NonceUnchecked, name: "of a refresh", check: "nonce", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.claims = map[string]any{"nonce": "other"}
			return refreshed(ctx, p, c, s)
		}},
		{bug: client.RefreshTokenDropped, check: "accepted", after: func(ctx context.Context, p *provider, c *client.Client, s *client.Session) error {
			p.tokens = map[string]any{"refresh_token": nil}
			if err := refreshed(ctx, p, c, s); err != nil {
				return err
			}
			return refreshed(ctx, p, c, s)
		}},
		{bug: client.UserInfoSubUnchecked, check: "userinfo_sub", arrange: func(p *provider) {
			p.on["/userinfo"] = always(200, "application/json", `{"sub":"mallory"}`)
		}, after: userInfo},
		{bug: client.UserInfoSubUnchecked, name: "missing", check: "userinfo_sub", arrange: func(p *provider) { p.on["/userinfo"] = always(200, "application/json", `{}`) }, after: userInfo},
		{bug: client.UserInfoUnsignedAccepted, check: "signature", arrange: func(p *provider) {
			signedUserInfo(p, nil, func(h, c map[string]any) string { return corrupted(p.t, p.signer, h, c) })
		}, after: userInfo},
		{bug: client.UserInfoUnsignedAccepted, name: "none", check: "userinfo_alg", arrange: func(p *provider) {
			signedUserInfo(p, nil, func(h, c map[string]any) string { return unsigned(p.t, h, c) })
		}, after: userInfo},
		{bug: client.UserInfoPlainAccepted, check: "userinfo", config: func(c *client.Config) { c.UserInfoSignedResponseAlg = "ES256" }, after: userInfo},
		{bug: client.UserInfoAudUnchecked, check: "userinfo_aud", arrange: func(p *provider) {
			signedUserInfo(p, map[string]any{"aud": "other"}, func(h, c map[string]any) string { return sign(p.t, p.signer, h, c) })
		}, after: userInfo},
		{bug: client.LogoutStateUnchecked, check: "logout_state", after: func(_ context.Context, _ *provider, c *client.Client, _ *client.Session) error {
			return c.LoggedOut("expected-state", url.Values{"state": {"other"}})
		}},
		{bug: client.JWKSNeverRefetched, check: "accepted", after: func(_ context.Context, p *provider, c *client.Client, _ *client.Session) error {
			p.signer = newKey(p.t, "k2")
			p.publish(nil)
			_, err := p.signIn(c, client.AuthorizeOptions{}, nil)
			return err
		}},
		{bug: client.RetryNone, check: "accepted", config: func(c *client.Config) { c.Retry.Max = 2 }, arrange: func(p *provider) {
			lost := 2
			p.fail = func(r *http.Request) error {
				if r.URL.Path == "/token" && lost > 0 {
					lost--
					return errors.New("connection reset by peer")
				}
				return nil
			}
		}},
		{bug: client.PKCEVerifierWrong, check: "accepted"},
	}
}

// run runs a drill and returns what came of it.
func (d drill) run(t *testing.T, bugs ...client.Bug) error {
	t.Helper()
	p := newProvider(t)
	if d.arrange != nil {
		d.arrange(p)
	}
	c := p.client(t, func(cfg *client.Config) {
		if d.config != nil {
			d.config(cfg)
		}
		cfg.Bugs = bugs
	})
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
		t.Run(strings.TrimSuffix(string(d.bug)+" "+d.name, " "), func(t *testing.T) {
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
