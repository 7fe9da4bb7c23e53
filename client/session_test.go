package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestRefresh: rotation, scopes, a lost answer, the end.
func TestRefresh(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)

	p.Tokens = map[string]any{"expires_in": 5, "refresh_token": ""}
	tokens, err := c.Refresh(t.Context(), s, client.RefreshOptions{})
	if err != nil || tokens.RefreshToken != "refresh-1" || s.AccessToken() != "access-2" {
		t.Fatalf("%+v %v", tokens, err)
	}
	if got := s.Expiry.Sub(p.Now()); got != 5*time.Second {
		t.Errorf("the new lifetime is not used: %v", got)
	}

	p.Tokens = map[string]any{"scope": "openid"}
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{Scope: "openid"}); err != nil {
		t.Fatal(err)
	}
	if f := p.Form(); f.Get("scope") != "openid" || f.Get("refresh_token") != "refresh-1" {
		t.Errorf("%v", f)
	}
	if !slices.Equal(s.Granted, []string{"openid"}) || !slices.Equal(s.Missing, []string{"profile", "email"}) {
		t.Errorf("granted %v, missing %v", s.Granted, s.Missing)
	}

	// Not every error is the end: the refresh token is kept.
	p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"temporarily_unavailable"}`)
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); clienttest.Rejected(err) != "token_response" || s.Ended() != nil {
		t.Errorf("%v, ended %v", err, s.Ended())
	}
	delete(p.On, "/token")
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); err != nil {
		t.Error(err)
	}

	// A token that is not the session's may fail without ending it.
	p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{RefreshToken: "stolen"}); err == nil || s.Ended() != nil {
		t.Errorf("%v, ended %v", err, s.Ended())
	}
	_, err = c.Refresh(t.Context(), s, client.RefreshOptions{})
	var e *client.OAuthError
	if !errors.As(err, &e) || e.Code != "invalid_grant" || e.Status != 400 || s.Ended() == nil {
		t.Errorf("%v, ended %v", err, s.Ended())
	}
	n := p.Count("POST /token")
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); clienttest.Rejected(err) != "session" || !errors.As(err, &e) || p.Count("POST /token") != n {
		t.Errorf("after the end: %v", err)
	}
}

// TestRefreshCrowd: ten at once are one request; who comes late with a token
// that is replaced by now gets the new one; who wants one of his own gets it.
func TestRefreshCrowd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := clienttest.NewProvider(t)
		if n := p.Crowd(t, p.Client(t, nil), client.RefreshOptions{Direct: true}); n != 10 {
			t.Errorf("direct: %d requests", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := clienttest.NewProvider(t)
		if n := p.Crowd(t, p.Client(t, nil), client.RefreshOptions{Scope: "openid"}); n != 10 {
			t.Errorf("narrower: %d requests", n)
		}
	})
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	for range 3 {
		got, err := c.Refresh(t.Context(), s, client.RefreshOptions{Stale: "access-1"})
		if err != nil || got.AccessToken != "access-2" {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if n := p.Count("POST /token"); n != 2 {
		t.Errorf("%d token requests", n)
	}
}

// TestCall: expiry, a token that is refused early, and no loop (RFC 6750 section 3.1).
func TestCall(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	good := "access-1"
	p.On["/api"] = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+good {
			w.Header().Set("WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="expired, \"really\""`)
			clienttest.Answer(w, 401, map[string]any{"error": "invalid_token"})
			return
		}
		clienttest.Answer(w, 200, map[string]any{"ok": true})
	}
	api := client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true}
	if r, err := c.Call(t.Context(), s, api); err != nil || r.Status != 200 || r.Refreshed != nil {
		t.Fatalf("%+v %v", r, err)
	}
	good = "access-2" // revoked before its time: refreshed and repeated, once
	if r, err := c.Call(t.Context(), s, api); err != nil || r.Status != 200 || r.Refreshed == nil || r.Refreshed.AccessToken != "access-2" {
		t.Fatalf("%+v %v", r, err)
	}
	good = "never"
	before := p.Count("POST /token")
	r, err := c.Call(t.Context(), s, api)
	if err != nil || r.Status != 401 || r.Challenge.Error != "invalid_token" || r.Challenge.ErrorDescription != `expired, "really"` {
		t.Fatalf("%+v %v", r, err)
	}
	if n := p.Count("POST /token") - before; n != 1 {
		t.Errorf("%d refreshes", n)
	}
	if !c.Expired(s) {
		t.Error("a refused token is good")
	}
	p.Tokens = map[string]any{"expires_in": 0}
	if r, err = c.Call(t.Context(), s, api); err != nil || r.Status != 401 {
		t.Fatalf("%+v %v", r, err)
	}
	if n := p.Count("POST /token") - before; n != 2 {
		t.Errorf("%d refreshes with lifetime 0", n)
	}
	// Ten calls with an expired token are one refresh.
	p.Tokens, good = nil, "access-5"
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if r, err := c.Call(t.Context(), s, api); err != nil || r.Status != 200 {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
	all.Wait()
	if n := p.Count("POST /token") - before; n != 3 {
		t.Errorf("%d refreshes of ten calls", n)
	}
	if _, err := c.Call(t.Context(), s, client.CallOptions{URL: clienttest.Issuer + "/api", InBody: true, Body: []byte("a=b")}); err != nil {
		t.Fatal(err)
	}
	if f := p.Form(); f.Get("access_token") == "" || f.Get("a") != "b" || p.Request().Header.Get("Authorization") != "" {
		t.Errorf("%v", f)
	}
}

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
		"token_endpoint":         func() error { _, err := c.ClientCredentials(t.Context(), nil); return err },
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
	if r, err := c.ClientCredentials(t.Context(), []string{"a", "b"}); err != nil || r.AccessToken != "access-1" || p.Form().Get("scope") != "a b" {
		t.Errorf("%+v %v", r, err)
	}
	p.Claims = map[string]any{"nonce": nil}
	if s, err := c.Password(t.Context(), "alice", "pw", []string{"openid"}); err != nil || s.Subject() != clienttest.UserA {
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
	u, err := c.LogoutURL(t.Context(), s, client.LogoutOptions{PostLogoutRedirectURI: "https://app.example/signed-out", State: "abc", Extra: url.Values{"client_id": {}}})
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

// TestDevice: what ends the wait (RFC 8628 section 3.5).
func TestDevice(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"access_denied": "token_response", "expired_token": "token_response", "invalid_request": "token_response", "authorization_pending": "device_expiry",
	} {
		p := clienttest.NewProvider(t)
		c := p.Client(t, nil)
		d, err := c.DeviceAuthorize(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"`+code+`"}`)
		if _, err := c.DeviceToken(t.Context(), d); clienttest.Rejected(err) != want {
			t.Errorf("%s: %v", code, err)
		}
		if n := p.Count("POST /token"); want == "token_response" && n != 1 || n > 120 {
			t.Errorf("%s: %d polls", code, n)
		}
	}
	p := clienttest.NewProvider(t)
	p.On["/device"] = clienttest.Always(200, "application/json", `{"device_code":"d"}`)
	if _, err := p.Client(t, nil).DeviceAuthorize(t.Context(), nil); clienttest.Rejected(err) != "device_authorization" {
		t.Error(err)
	}
}
