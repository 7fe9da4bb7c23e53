package grant

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const verifier = "a-code-verifier-of-at-least-forty-three-characters"

func provider(p persona.Persona) setup.Setup { return setup.Setup{Provider: p} }

func TestTimeIsTheIssuers(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			r := newRig(t, provider(persona.Persona{AccessToken: persona.AccessToken{Format: format}}))
			r.Clock.Set(time.Date(2031, 5, 6, 7, 8, 9, 123456789, time.UTC))
			tokens := r.login("openid offline_access")
			if tokens["expires_in"] != int64(3600) {
				t.Fatalf("expires_in = %v (%T)", tokens["expires_in"], tokens["expires_in"])
			}
			_, claims, err := r.open(tokens["id_token"].(string))
			if err != nil {
				t.Fatal(err)
			}
			at := float64(r.now().Unix())
			if claims["iat"] != at || claims["exp"] != at+3600 || claims["auth_time"] != at {
				t.Fatalf("claims %v at %v", claims, at)
			}
			access := tokens["access_token"].(string)
			r.Clock.Advance(time.Hour - time.Second)
			if _, err := r.AccessToken(context.Background(), access); err != nil || !r.live(access) {
				t.Fatalf("dead at 59:59: %v", err)
			}
			r.Clock.Advance(time.Second)
			if _, err := r.AccessToken(context.Background(), access); err == nil || r.live(access) {
				t.Fatal("alive at 60:00")
			}
			again, err := r.refresh(tokens["refresh_token"].(string))
			if err != nil {
				t.Fatal(reason(err))
			}
			_, refreshed, err := r.open(again["id_token"].(string))
			if err != nil || refreshed["iat"] != at+3600 || refreshed["auth_time"] != at || refreshed["nonce"] != nil {
				t.Fatalf("refreshed: %v %v", refreshed, err)
			}
			r.Clock.Advance(30 * 24 * time.Hour)
			_, err = r.refresh(again["refresh_token"].(string))
			wantError(t, err, "invalid_grant")
			r.Clock.Advance(-20 * 365 * 24 * time.Hour)
			if back := r.login("openid"); back["expires_in"] != int64(3600) {
				t.Fatalf("ten years back: %v", back)
			}
		})
	}
}

func TestAnExpiredCodeIsInvalidGrant(t *testing.T) {
	r := newRig(t)
	code := r.code("openid")
	r.Clock.Advance(60 * time.Second)
	_, err := r.redeem(code)
	wantError(t, err, "invalid_grant")
	if d := r.last().Decisions; !strings.Contains(d[len(d)-1].Detail, "expired") {
		t.Errorf("the trace does not say why: %+v", d)
	}
}

func TestOfAThousandRedemptionsOneSucceeds(t *testing.T) {
	r := newRig(t)
	code := r.code("openid offline_access")
	var won atomic.Int64
	var tokens atomic.Value
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			out, err := r.redeem(code)
			if err == nil {
				won.Add(1)
				tokens.Store(out)
			} else if errorCode(err) != "invalid_grant" {
				t.Errorf("a loser got %s", reason(err))
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d redemptions succeeded", won.Load())
	}
	if out := tokens.Load().(map[string]any); r.live(out["access_token"]) || r.live(out["refresh_token"]) {
		t.Error("the replays did not revoke the tokens (RFC 6749 section 4.1.2)")
	}
}

func TestAReplayedCodeRevokesItsTokens(t *testing.T) {
	r := newRig(t)
	code := r.code("openid offline_access")
	tokens, err := r.redeem(code)
	if err != nil || !r.live(tokens["access_token"]) {
		t.Fatal(err)
	}
	_, err = r.redeem(code)
	wantError(t, err, "invalid_grant")
	if r.live(tokens["access_token"]) || r.live(tokens["refresh_token"]) {
		t.Error("still live")
	}
	if r.last().Event("authorization_code.replayed") == nil {
		t.Error("no event")
	}
}

func TestOfParallelRefreshesOneSucceeds(t *testing.T) {
	r := newRig(t)
	for range 20 {
		token := r.login("openid offline_access")["refresh_token"].(string)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := r.refresh(token); err == nil {
					won.Add(1)
				} else if errorCode(err) != "invalid_grant" {
					t.Errorf("a loser got %s", reason(err))
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d refreshes succeeded", won.Load())
		}
	}
}

func TestRefreshRotation(t *testing.T) {
	off := false
	for name, tc := range map[string]struct {
		p    persona.RefreshToken
		play func(t *testing.T, r *rig, first string)
	}{
		"reuse revokes the family": {persona.RefreshToken{}, func(t *testing.T, r *rig, first string) {
			second, err := r.refresh(first)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.refresh(first)
			wantError(t, err, "invalid_grant")
			if r.last().Event("refresh_token.reuse_detected") == nil {
				t.Error("no event")
			}
			_, err = r.refresh(second["refresh_token"].(string))
			wantError(t, err, "invalid_grant")
			if r.live(second["access_token"]) {
				t.Error("the access token lives")
			}
		}},
		"reuse is only rejected": {persona.RefreshToken{OnReuse: "reject"}, func(t *testing.T, r *rig, first string) {
			second, _ := r.refresh(first)
			_, err := r.refresh(first)
			wantError(t, err, "invalid_grant")
			if _, err := r.refresh(second["refresh_token"].(string)); err != nil {
				t.Error("the honest client was cut off")
			}
		}},
		"grace window": {persona.RefreshToken{GraceWindow: clock.Duration(10 * time.Second)}, func(t *testing.T, r *rig, first string) {
			if _, err := r.refresh(first); err != nil {
				t.Fatal(err)
			}
			r.Clock.Advance(10 * time.Second)
			if _, err := r.refresh(first); err != nil {
				t.Errorf("within the window: %v", err)
			}
			r.Clock.Advance(time.Second)
			_, err := r.refresh(first)
			wantError(t, err, "invalid_grant")
		}},
		"no rotation": {persona.RefreshToken{Rotation: &off}, func(t *testing.T, r *rig, first string) {
			for range 3 {
				out, err := r.refresh(first)
				if err != nil || out["refresh_token"] != first {
					t.Fatalf("%v %v", out, err)
				}
			}
		}},
		"idle lifetime": {persona.RefreshToken{IdleLifetime: clock.Duration(time.Hour)}, func(t *testing.T, r *rig, token string) {
			for range 3 {
				r.Clock.Advance(time.Hour - 1)
				out, err := r.refresh(token)
				if err != nil {
					t.Fatal(err)
				}
				token = out["refresh_token"].(string)
			}
			r.Clock.Advance(time.Hour)
			_, err := r.refresh(token)
			wantError(t, err, "invalid_grant")
		}},
		"absolute lifetime": {persona.RefreshToken{Lifetime: clock.Duration(3 * time.Hour)}, func(t *testing.T, r *rig, token string) {
			for range 2 {
				r.Clock.Advance(time.Hour)
				out, err := r.refresh(token)
				if err != nil {
					t.Fatal(err)
				}
				token = out["refresh_token"].(string)
			}
			r.Clock.Advance(time.Hour)
			_, err := r.refresh(token)
			wantError(t, err, "invalid_grant")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, provider(persona.Persona{RefreshToken: tc.p}))
			tc.play(t, r, r.login("openid offline_access")["refresh_token"].(string))
		})
	}
}

func TestWhenARefreshTokenIsIssued(t *testing.T) {
	for issue, want := range map[string][2]bool{"offline_access": {false, true}, "always": {true, true}, "never": {false, false}} {
		r := newRig(t, provider(persona.Persona{RefreshToken: persona.RefreshToken{Issue: issue}}))
		for i, scope := range []string{"openid", "openid offline_access"} {
			if _, got := r.login(scope)["refresh_token"]; got != want[i] {
				t.Errorf("%s with %s: %v", issue, scope, got)
			}
		}
	}
}

func TestARefreshNarrowsAndNeverWidens(t *testing.T) {
	r := newRig(t)
	tokens := r.login("openid email offline_access")
	_, err := r.refresh(tokens["refresh_token"].(string), "scope", "openid photos.read")
	wantError(t, err, "invalid_scope")
	narrow, err := r.refresh(tokens["refresh_token"].(string), "scope", "openid")
	if err != nil || narrow["scope"] != "openid" {
		t.Fatalf("%v %v", narrow, err)
	}
	whole, err := r.refresh(narrow["refresh_token"].(string))
	if err != nil || whole["scope"] != "openid email offline_access" {
		t.Fatalf("the refresh token forgot its scope: %v %v", whole, err)
	}
}

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
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"reader": {GrantTypes: []string{"authorization_code"}}}})
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
		Provider: persona.Persona{GrantTypes: []string{"password", "refresh_token"}},
		Clients:  map[string]*store.Client{"app": {GrantTypes: []string{"password", "refresh_token"}}},
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
	all := []string{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token", "none"}
	for _, alg := range []string{"ES256", "EdDSA"} {
		r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"app": {ResponseTypes: all, IDTokenAlg: alg}}})
		for _, rt := range all {
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
			header, claims, err := r.open(resp.Get("id_token"))
			if err != nil || header["alg"] != alg || claims["nonce"] != "n" {
				t.Errorf("%s: %v %v %v", rt, header, claims, err)
			}
			half := map[string]int{"ES256": 22, "EdDSA": 43}[alg] // base64 of half a SHA-256 or SHA-512
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

func TestRevocation(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"other": nil}})
	h := &revocationHandler{engine: r.Engine}
	app, _ := (&fositeStore{engine: r.Engine}).GetClient(context.Background(), "app")
	other, _ := (&fositeStore{engine: r.Engine}).GetClient(context.Background(), "other")
	tokens := r.login("openid offline_access")
	if err := h.RevokeToken(context.Background(), tokens["access_token"].(string), "", other); errorCode(err) != "unauthorized_client" {
		t.Errorf("another client: %v", err)
	}
	if err := h.RevokeToken(context.Background(), "unknown", "", app); err != nil {
		t.Errorf("unknown token: %v", err)
	}
	if err := h.RevokeToken(context.Background(), tokens["access_token"].(string), "refresh_token", app); err != nil || r.live(tokens["access_token"]) {
		t.Errorf("access token: %v", err)
	}
	if !r.live(tokens["refresh_token"]) {
		t.Error("revoking the access token ended the grant")
	}
	fresh, err := r.refresh(tokens["refresh_token"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.RevokeToken(context.Background(), fresh["refresh_token"].(string), "", app); err != nil || r.live(fresh["access_token"]) {
		t.Errorf("the refresh token's grant lives: %v", err)
	}
}

func TestADisabledUserIsCutOff(t *testing.T) {
	r := newRig(t)
	tokens := r.login("openid offline_access")
	alice, _ := r.Store.User("alice")
	gone := *alice
	gone.Disabled = true
	r.Store.SetUser(&gone)
	if _, err := r.AccessToken(context.Background(), tokens["access_token"].(string)); errorCode(err) != "invalid_token" {
		t.Errorf("access token: %v", err)
	}
	_, err := r.refresh(tokens["refresh_token"].(string))
	wantError(t, err, "invalid_grant")
}

func TestLaxnessHasANameAndShowsInTheJournal(t *testing.T) {
	others := map[string]*store.Client{"other": {Secret: "other-secret"}}
	asOther := []string{"client_id", "other", "client_secret", "other-secret"}
	for rule, play := range map[string]func(r *rig) error{
		"any-client-secret": func(r *rig) error {
			_, err := r.redeem(r.code("openid"), "client_id", "app", "client_secret", "x")
			return err
		},
		"code-reusable":      func(r *rig) error { c := r.code("openid"); _, _ = r.redeem(c); _, err := r.redeem(c); return err },
		"code-of-any-client": func(r *rig) error { _, err := r.redeem(r.code("openid"), asOther...); return err },
		"pkce-unchecked": func(r *rig) error {
			_, err := r.redeem(r.code("openid", "code_challenge", challenge(verifier), "code_challenge_method", "S256"))
			return err
		},
		"refresh-token-of-any-client": func(r *rig) error {
			_, err := r.refresh(r.login("openid offline_access")["refresh_token"].(string), asOther...)
			return err
		},
		"refresh-widens-scope": func(r *rig) error {
			_, err := r.refresh(r.login("openid offline_access")["refresh_token"].(string), "scope", "openid admin")
			return err
		},
		"any-redirect-uri": func(r *rig) error {
			_, err := r.authorize(form("client_id", "app", "response_type", "code", "redirect_uri", "https://evil.test/cb"))
			return err
		},
	} {
		if err := play(newRig(t, setup.Setup{Clients: others})); err == nil {
			t.Errorf("%s: a strict provider accepts it", rule)
		}
		r := newRig(t, setup.Setup{Clients: others, Provider: persona.Persona{Lax: []string{rule}}})
		if err := play(r); err != nil {
			t.Errorf("%s: %s", rule, reason(err))
		}
		if lax := r.last().Lax; len(lax) == 0 || lax[0] != rule {
			t.Errorf("%s: the journal says %v", rule, lax)
		}
	}
}

func TestTamperedTokens(t *testing.T) {
	for name, tc := range map[string]struct {
		tamper fault.Tamper
		check  func(header, claims map[string]any, parts []string, verifies bool) bool
	}{
		"claim set":     {fault.Tamper{Claims: map[string]any{"aud": "x"}}, func(_, c map[string]any, _ []string, ok bool) bool { return ok && c["aud"] == "x" }},
		"claim removed": {fault.Tamper{Claims: map[string]any{"sub": "$absent"}}, func(_, c map[string]any, _ []string, ok bool) bool { _, has := c["sub"]; return ok && !has }},
		"wrong type":    {fault.Tamper{Claims: map[string]any{"exp": "soon"}}, func(_, c map[string]any, _ []string, ok bool) bool { return ok && c["exp"] == "soon" }},
		"header":        {fault.Tamper{Header: map[string]any{"typ": "at+jwt"}}, func(h, _ map[string]any, _ []string, ok bool) bool { return ok && h["typ"] == "at+jwt" }},
		"corrupt":       {fault.Tamper{Signature: "corrupt"}, func(_, _ map[string]any, p []string, ok bool) bool { return !ok && p[2] != "" }},
		"stripped":      {fault.Tamper{Signature: "stripped"}, func(h, _ map[string]any, p []string, ok bool) bool { return !ok && p[2] == "" && h["alg"] == "ES256" }},
		"foreign key":   {fault.Tamper{Signature: "foreign_key"}, func(h, _ map[string]any, _ []string, ok bool) bool { return !ok && h["kid"] != "" }},
		"none":          {fault.Tamper{Signature: "none"}, func(h, _ map[string]any, p []string, ok bool) bool { return !ok && h["alg"] == "none" && p[2] == "" }},
		"confusion":     {fault.Tamper{Signature: "hs256_public_key"}, func(h, _ map[string]any, _ []string, ok bool) bool { return !ok && h["alg"] == "HS256" }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if _, err := r.Faults.Add(fault.Fault{ID: "f", On: "id_token", Tamper: &tc.tamper}); err != nil {
				t.Fatal(err)
			}
			token := r.login("openid")["id_token"].(string)
			parts := strings.Split(token, ".")
			header, _ := decodePart(parts[0])
			claims, _ := decodePart(parts[1])
			_, _, err := r.open(token)
			if !tc.check(header, claims, parts, err == nil) {
				t.Errorf("%v %v %v", header, claims, err)
			}
			if f := r.last().Faults; len(f) != 1 || f[0].ID != "f" {
				t.Errorf("journal: %v", f)
			}
			if _, _, err := r.open(r.login("openid")["id_token"].(string)); err != nil {
				t.Errorf("the second token is tampered too: %v", err)
			}
		})
	}
}

func TestClaimsByScopeAndByParameter(t *testing.T) {
	r := newRig(t)
	r.persona.ClaimsIn = "userinfo"
	g := &store.Grant{UserLogin: "alice", Authorization: &store.Authorization{ClaimsParameter: json.RawMessage(`{"id_token":{"email":{"essential":true}},"userinfo":{"name":null}}`)}}
	if got := r.UserClaims(g, []string{"openid", "profile"}, "id_token"); len(got) != 1 || got["email"] != "alice@example.test" {
		t.Errorf("id_token: %v", got)
	}
	if got := r.UserClaims(g, []string{"email"}, "userinfo"); got["name"] != "Alice Example" || got["email_verified"] != true {
		t.Errorf("userinfo: %v", got)
	}
}

func TestDeviceGrant(t *testing.T) {
	r := newRig(t)
	d := store.NewDevice(5 * time.Second)
	d.Code, d.ClientID, d.Scopes, d.Expires = "dc", "app", []string{"openid"}, r.now().Add(15*time.Minute)
	r.Store.Devices.Put("dc", d, d.Expires.Add(time.Hour))
	poll := func() (map[string]any, error) {
		return r.token(form("grant_type", store.DeviceGrant, "device_code", "dc"))
	}
	_, err := poll()
	wantError(t, err, "authorization_pending")
	_, err = poll()
	wantError(t, err, "slow_down")
	r.Clock.Advance(10 * time.Second)
	d.Allow(&store.Grant{ClientID: "app", UserLogin: "alice", Subject: "alice", Scopes: []string{"openid"}, Authorization: &store.Authorization{AuthTime: r.now()}})
	out, err := poll()
	if err != nil || out["id_token"] == nil || out["expires_in"] != int64(3600) {
		t.Fatalf("%v %v", out, err)
	}
	_, err = poll()
	wantError(t, err, "invalid_grant")
}

func TestMint(t *testing.T) {
	r := newRig(t)
	m, err := r.Mint(context.Background(), MintRequest{User: "alice", Scopes: []string{"openid", "offline_access"}, Claims: map[string]any{"acr": "gold"}})
	if err != nil || !r.live(m.AccessToken) || !r.live(m.RefreshToken) {
		t.Fatalf("%+v %v", m, err)
	}
	if _, claims, err := r.open(m.IDToken); err != nil || claims["acr"] != "gold" || claims["aud"] != "app" {
		t.Fatalf("%v %v", claims, err)
	}
	if _, err := r.refresh(m.RefreshToken); err != nil {
		t.Fatal(reason(err))
	}
	if _, err := r.Mint(context.Background(), MintRequest{User: "mallory"}); err == nil {
		t.Error("a user who is not there")
	}
}
