package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestUserInfo: signed ones are verified, wrong answers are errors and no claims.
func TestUserInfo(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, func(cfg *client.Config) { cfg.UserInfoSignedResponseAlg = "ES256" })
	s := p.SignedIn(t, c)
	p.SignUserInfo(nil, func(h, cl map[string]any) string { return clienttest.Sign(t, p.Signer, h, cl) })
	if u, err := c.UserInfo(t.Context(), s); err != nil || u["sub"] != clienttest.UserA || s.Snapshot().UserInfo == nil {
		t.Fatalf("%v %v", u, err)
	}
	c = p.Client(t, nil)
	for body, want := range map[[2]string]string{
		{"text/html", "<html>"}: "content_type", {"application/json", "[]"}: "userinfo", {"application/json", "null"}: "userinfo",
		{"application/json", `{"sub":42}`}: "userinfo_sub", {"application/jwt", "x"}: "userinfo",
	} {
		p.On["/userinfo"] = clienttest.Always(200, body[0], body[1])
		if _, err := c.UserInfo(t.Context(), s); clienttest.Rejected(err) != want {
			t.Errorf("%q: %v, want %s", body, err, want)
		}
	}
	p.On["/userinfo"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="openid"`)
		w.WriteHeader(403)
	}
	var e *client.OAuthError
	if _, err := c.UserInfo(t.Context(), s); !errors.As(err, &e) || e.Code != "insufficient_scope" || e.Status != 403 {
		t.Error(err)
	}
}

// TestKeys: rotation, caching and recovery (OIDC Core 10.1.1, RFC 9111).
func TestKeys(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	step := func(what, want string, fetches int) {
		t.Helper()
		before := p.Count("GET /jwks")
		_, err := p.SignIn(c, client.AuthorizeOptions{}, nil)
		if got := clienttest.Rejected(err); got != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
		if n := p.Count("GET /jwks") - before; n != fetches {
			t.Errorf("%s: %d fetches, want %d", what, n, fetches)
		}
	}
	step("first", "accepted", 1)
	step("cached", "accepted", 0)
	p.Signer = clienttest.NewKey(t, "k2")
	p.Publish(nil)
	step("rotated", "accepted", 1)
	p.Signer = clienttest.NewKey(t, "k2")
	p.Publish(nil)
	step("the same kid, another key, within a minute", "signature", 0)
	p.Advance(time.Minute)
	step("and after it", "accepted", 1)
	p.Advance(time.Hour)
	step("after an hour", "accepted", 1)
	p.On["/jwks"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", `public, max-age="7200"`)
		clienttest.Answer(w, 200, map[string]any{"keys": p.Keys})
	}
	p.Advance(time.Hour)
	step("after another", "accepted", 1)
	p.Advance(time.Hour)
	step("within max-age", "accepted", 0)
	p.On["/jwks"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		clienttest.Answer(w, 200, map[string]any{"keys": p.Keys})
	}
	p.Advance(time.Hour)
	step("no-store", "accepted", 1)
	step("no-store within a minute", "accepted", 0)
	for _, bad := range []http.HandlerFunc{
		clienttest.Always(404, "text/html", "no"), clienttest.Always(200, "application/json", `{"keys":7}`), clienttest.Always(200, "application/json", `[]`),
	} {
		p.On["/jwks"] = bad
		p.Advance(25 * time.Hour)
		step("broken", "jwks", 1)
	}
	p.On["/jwks"] = clienttest.Always(200, "application/json", `{"keys":[]}`)
	step("empty", "jwks", 1)
	delete(p.On, "/jwks")
	p.Advance(time.Hour)
	step("recovered", "accepted", 1)
}

// TestUnknownKids: a storm of kids that are made up costs a few fetches a minute.
func TestUnknownKids(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	for i := range 50 {
		p.Header = map[string]any{"kid": string(rune('a' + i))}
		if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "kid" {
			t.Fatal(err)
		}
	}
	if n := p.Count("GET /jwks"); n != 6 {
		t.Errorf("%d fetches", n)
	}
}

// TestMetadata: cached, read again, and never mistaken (OIDC Discovery 4.3).
func TestMetadata(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	const path = "/.well-known/openid-configuration"
	p.On[path] = clienttest.Always(500, "text/html", "down")
	if _, err := c.Discover(t.Context()); clienttest.Rejected(err) != "discovery" {
		t.Fatal(err)
	}
	delete(p.On, path)
	for range 3 {
		if m, err := c.Discover(t.Context()); err != nil || m.TokenEndpoint != clienttest.Issuer+"/token" || m.Raw["issuer"] != clienttest.Issuer {
			t.Fatal(m, err)
		}
	}
	if n := p.Count("GET " + path); n != 2 {
		t.Errorf("%d fetches", n)
	}
	p.Advance(2 * time.Hour)
	p.On[path] = clienttest.Always(503, "text/html", "down")
	if _, err := c.Discover(t.Context()); err != nil {
		t.Errorf("the old metadata does not serve on: %v", err)
	}
	p.On[path] = clienttest.Always(200, "application/json", `{"issuer":"https://evil.example"}`)
	if _, err := c.Discover(t.Context()); clienttest.Rejected(err) != "discovery_issuer" {
		t.Error(err)
	}
	p.On[path] = clienttest.Always(200, "application/json", `{"issuer":"https://op.example","token_endpoint":7}`)
	if _, err := c.Discover(t.Context()); clienttest.Rejected(err) != "discovery" {
		t.Error(err)
	}
	p.On[path] = clienttest.Always(200, "application/json", `{"issuer":"https://op.example"}`)
	for name, call := range map[string]func() error{
		"authorization_endpoint": func() error { _, err := c.Authorize(t.Context(), client.AuthorizeOptions{}); return err },
		"token_endpoint": func() error {
			_, err := c.Grant(t.Context(), url.Values{"grant_type": {"client_credentials"}})
			return err
		},
	} {
		if err := call(); clienttest.Rejected(err) != "endpoint" {
			t.Errorf("without %s: %v", name, err)
		}
	}
	paths := p.Client(t, func(cfg *client.Config) {
		cfg.Issuer, cfg.WellKnown = clienttest.Issuer+"/t/x/", "oauth-authorization-server"
	})
	_, _ = paths.Discover(t.Context())
	if got := p.Request().URL.Path; got != "/.well-known/oauth-authorization-server/t/x" {
		t.Errorf("RFC 8414 section 3.1: %s", got)
	}
}

// TestOtherGrants: client credentials, password, introspection, revocation.
func TestOtherGrants(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	if s, err := c.Grant(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"a b"}}); err != nil || s.Tokens.AccessToken != "access-1" || p.Form().Get("scope") != "a b" {
		t.Errorf("%+v %v", s, err)
	}
	p.Claims = map[string]any{"nonce": nil}
	if s, err := c.Grant(t.Context(), url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"pw"}, "scope": {"openid"}}); err != nil || s.Subject != clienttest.UserA {
		t.Errorf("%+v %v", s, err)
	}
	if m, err := c.Introspect(t.Context(), "access-1", "access_token"); err != nil || m["active"] != true {
		t.Errorf("%v %v", m, err)
	}
	p.On["/introspect"] = clienttest.Always(200, "application/json", `{"active":"true"}`)
	if _, err := c.Introspect(t.Context(), "access-1", ""); clienttest.Rejected(err) != "introspection" {
		t.Error(err)
	}
	if err := c.Revoke(t.Context(), "refresh-1", ""); err != nil {
		t.Error(err)
	}
	p.On["/revoke"] = clienttest.Always(503, "text/html", "down")
	if err := c.Revoke(t.Context(), "refresh-1", ""); clienttest.Rejected(err) != "revocation" {
		t.Error(err)
	}
}

// TestLogout: what the provider is told, and what its answer is worth.
func TestLogout(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	u, err := c.LogoutURL(t.Context(), s, url.Values{"post_logout_redirect_uri": {"https://app.example/signed-out"}, "state": {"abc"}, "client_id": {}})
	if err != nil {
		t.Fatal(err)
	}
	q := clienttest.MustURL(u).Query()
	if q.Get("id_token_hint") != s.IDToken.Raw || q.Get("state") != "abc" || q.Has("client_id") {
		t.Errorf("%v", q)
	}
	if err := c.LoggedOut("abc", url.Values{"state": {"abc"}}); err != nil {
		t.Error(err)
	}
	if err := c.LoggedOut("abc", url.Values{}); clienttest.Rejected(err) != "logout_state" {
		t.Error(err)
	}
}
