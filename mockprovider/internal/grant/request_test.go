package grant

import (
	"context"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestPKCECannotBeStripped(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{"S256", "plain"} {
		c := verifier
		if method == "S256" {
			c = challenge(verifier)
		}
		code := r.code("openid", "code_challenge", c, "code_challenge_method", method)
		_, err := r.redeem(code, "code_verifier", strings.Repeat("x", 43))
		wantError(t, err, "invalid_grant")
		_, err = r.redeem(code)
		wantError(t, err, "invalid_grant")
		if _, err := r.redeem(code, "code_verifier", verifier); err != nil {
			t.Fatalf("%s: the right verifier: %s", method, reason(err))
		}
	}
	_, err := r.redeem(r.code("openid"), "code_verifier", verifier)
	wantError(t, err, "invalid_grant") // RFC 9700 section 4.8.2: a verifier without a challenge
}

func TestPublicClientsNeedPKCE(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"spa": {AuthMethod: "none"}}})
	params := form("client_id", "spa", "response_type", "code", "scope", "openid", "redirect_uri", callback)
	_, err := r.authorize(params)
	wantError(t, err, "invalid_request")
	params.Set("code_challenge", challenge(verifier))
	params.Set("code_challenge_method", "S256")
	resp, err := r.authorize(params)
	if err != nil {
		t.Fatal(reason(err))
	}
	if _, err := r.redeem(resp.Get("code"), "client_id", "spa", "code_verifier", verifier); err != nil {
		t.Fatal(reason(err))
	}
}

func TestAFailedRequestBurnsNoCode(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"other": {Secret: "other-secret"}}})
	code := r.code("openid")
	for name, tc := range map[string]struct {
		kv   []string
		want string
	}{
		"wrong secret":       {[]string{"client_id", "app", "client_secret", "wrong"}, "invalid_client"},
		"unknown client":     {[]string{"client_id", "nobody", "client_secret", "x"}, "invalid_client"},
		"no secret":          {[]string{"client_id", "app"}, "invalid_client"},
		"another client":     {[]string{"client_id", "other", "client_secret", "other-secret"}, "invalid_grant"},
		"wrong redirect_uri": {[]string{"redirect_uri", callback + "/x"}, "invalid_grant"},
		"no redirect_uri":    {[]string{"redirect_uri", ""}, "invalid_grant"},
	} {
		_, err := r.redeem(code, tc.kv...)
		if got := errorCode(err); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if _, err := r.redeem(code); err != nil {
		t.Fatalf("the code was burnt: %s", reason(err))
	}
}

func TestGrantTypes(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"reader": {Secret: "reader-secret", GrantTypes: []protocol.Grant{"authorization_code"}}}})
	_, err := r.token(form("grant_type", "flux_capacitor"))
	wantError(t, err, "unsupported_grant_type")
	_, err = r.token(form("grant_type", "password", "username", "alice", "password", "x"))
	wantError(t, err, "unsupported_grant_type") // off by default
	_, err = r.token(form("grant_type", "client_credentials", "client_id", "reader", "client_secret", "reader-secret"))
	wantError(t, err, "unauthorized_client")
	_, err = r.token(form("grant_type", "refresh_token", "refresh_token", "x", "client_id", "reader", "client_secret", "reader-secret"))
	wantError(t, err, "unauthorized_client")
	out, err := r.token(form("grant_type", "client_credentials", "scope", "a b"))
	if err != nil || out["scope"] != "a b" || out["refresh_token"] != nil || out["id_token"] != nil {
		t.Fatalf("%v %v", out, err)
	}
}

func TestThePasswordGrantChecksThePassword(t *testing.T) {
	r := newRig(t, setup.Setup{
		Provider: persona.Persona{GrantTypes: []protocol.Grant{"password", "refresh_token"}},
		Clients:  map[string]*store.Client{"app": {GrantTypes: []protocol.Grant{"password", "refresh_token"}}},
		Users:    map[string]*store.User{"alice": {Password: "wonderland"}},
	})
	for _, tc := range [][2]string{{"alice", "wrong"}, {"bob", "any"}, {"nobody", "x"}} {
		_, err := r.token(form("grant_type", "password", "username", tc[0], "password", tc[1]))
		wantError(t, err, "invalid_grant")
	}
	out, err := r.token(form("grant_type", "password", "username", "alice", "password", "wonderland", "scope", "email offline_access"))
	if err != nil || out["refresh_token"] == nil {
		t.Fatalf("%v %v", out, err)
	}
	if got := r.Introspect(context.Background(), out["access_token"].(string)); got["sub"] != "alice" || got["username"] != "alice" {
		t.Fatalf("%v", got)
	}
}

func TestHybridAndImplicit(t *testing.T) {
	var all []protocol.ResponseType
	for _, name := range protocol.Values[protocol.ResponseType]("") {
		all = append(all, protocol.ResponseType(name))
	}
	for _, alg := range []protocol.Algorithm{protocol.ES256, protocol.EdDSA} {
		r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"app": {ResponseTypes: all, IDTokenAlg: alg}}})
		for _, rt := range protocol.Strings(all) {
			resp, err := r.authorize(form("client_id", "app", "response_type", rt, "scope", "openid", "redirect_uri", callback, "state", "s", "nonce", "n", "prompt", "none"))
			if err != nil {
				t.Errorf("%s: %s", rt, reason(err))
				continue
			}
			for _, want := range strings.Fields(strings.ReplaceAll(rt, " token", " access_token")) {
				if want != "none" && want != "token" && !resp.Has(want) {
					t.Errorf("%s: no %s in %v", rt, want, resp)
				}
			}
			if !resp.Has("id_token") {
				continue
			}
			header, claims, err := r.OpenJWT(resp.Get("id_token"))
			if err != nil || header["alg"] != string(alg) || claims["nonce"] != "n" {
				t.Errorf("%s: %v %v %v", rt, header, claims, err)
			}
			half := map[string]int{"ES256": 22, "EdDSA": 43}[string(alg)] // base64 of half a SHA-256 or SHA-512
			if h, _ := claims["c_hash"].(string); resp.Has("code") && len(h) != half {
				t.Errorf("%s: c_hash %q", rt, h)
			}
			if h, _ := claims["at_hash"].(string); resp.Has("access_token") && len(h) != half {
				t.Errorf("%s: at_hash %q", rt, h)
			}
		}
	}
}

func TestTheStateMayBeShortOrAbsent(t *testing.T) {
	r := newRig(t)
	for _, state := range []string{"", "x"} {
		if resp, err := r.authorize(form("client_id", "app", "response_type", "code", "redirect_uri", callback, "state", state)); err != nil || resp.Get("state") != state {
			t.Errorf("state %q: %v %v", state, resp, err)
		}
	}
}

func TestRedirectURIs(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{
		"web":    {RedirectURIs: []string{"https://app.test/cb?a=1", "http://app:8080/cb", "http://127.0.0.1/cb", "http://localhost:3000/cb", "com.example.app:/cb"}},
		"native": {},
	}})
	for _, tc := range []struct {
		client, uri string
		want        bool
	}{
		{"web", "https://app.test/cb?a=1", true},
		{"web", "https://app.test/cb", false},
		{"web", "https://app.test/cb?a=1&b=2", false},
		{"web", "https://app.test/cb?a=1#f", false},
		{"web", "https://app.test.evil.test/cb?a=1", false},
		{"web", "http://app:8080/cb", true}, // a test network's name
		{"web", "http://app:8081/cb", false},
		{"web", "http://127.0.0.1:4711/cb", true}, // RFC 8252 section 7.3
		{"web", "http://localhost:4711/cb", true},
		{"web", "http://127.0.0.1:4711/other", false},
		{"web", "http://[::1]:4711/cb", false}, // another address than the registered one
		{"web", "http://127.0.0.1@evil.test/cb", false},
		{"web", "com.example.app:/cb", true},
		{"native", "http://127.0.0.1:1/any", true},
		{"native", "http://app.localhost/any", true},
		{"native", "https://elsewhere.test/", false},
		{"native", "javascript:alert(1)", false},
		{"native", "http://x@127.0.0.1/", false},
		{"native", "", false},
	} {
		c, _ := r.Store.Client(tc.client)
		if got := r.RedirectAllowed(context.Background(), c, tc.uri); got != tc.want {
			t.Errorf("%s at %q: %v", tc.client, tc.uri, got)
		}
	}
}
