package grant

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
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
			_, claims, err := r.OpenJWT(tokens["id_token"].(string))
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
			_, refreshed, err := r.OpenJWT(again["id_token"].(string))
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

func TestRevocation(t *testing.T) {
	r := newRig(t, setup.Setup{Clients: map[string]*store.Client{"other": {}}})
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
		"any-client": func(r *rig) error {
			_, err := r.authorize(form("client_id", "nobody", "response_type", "code", "redirect_uri", "https://anywhere.test/cb"))
			return err
		},
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
		"JSON text": {fault.Tamper{Claims: map[string]any{"name": map[string]any{"$json": `"\ud83d"`}}}, func(_, _ map[string]any, p []string, ok bool) bool {
			payload, _ := base64.RawURLEncoding.DecodeString(p[1])
			return ok && strings.Contains(string(payload), `"name":"\ud83d"`)
		}},
		"JWK as secret": {fault.Tamper{Signature: "hs256_public_jwk"}, func(h, _ map[string]any, _ []string, ok bool) bool { return !ok && h["alg"] == "HS256" }},
		"confusion":     {fault.Tamper{Signature: "hs256_public_key"}, func(h, _ map[string]any, _ []string, ok bool) bool { return !ok && h["alg"] == "HS256" }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if _, err := r.Faults.Add(fault.Fault{ID: "f", On: "id_token", Tamper: &tc.tamper}); err != nil {
				t.Fatal(err)
			}
			token := r.login("openid")["id_token"].(string)
			parts := strings.Split(token, ".")
			header, _ := jwt.Part(parts[0])
			claims, _ := jwt.Part(parts[1])
			_, _, err := r.OpenJWT(token)
			if !tc.check(header, claims, parts, err == nil) {
				t.Errorf("%v %v %v", header, claims, err)
			}
			if f := r.last().Faults; len(f) != 1 || f[0].ID != "f" {
				t.Errorf("journal: %v", f)
			}
			if _, _, err := r.OpenJWT(r.login("openid")["id_token"].(string)); err != nil {
				t.Errorf("the second token is tampered too: %v", err)
			}
		})
	}
}

func TestClaimsByScopeAndByParameter(t *testing.T) {
	r := newRig(t)
	r.persona.ClaimsIn = "userinfo"
	g := &record.Grant{ClientID: "app", Subject: "alice", Authorization: &record.Authorization{UserLogin: "alice", ClaimsParameter: json.RawMessage(`{"id_token":{"email":{"essential":true}},"userinfo":{"name":null}}`)}}
	claims := func(artifact protocol.Artifact, scopes ...string) map[string]any {
		return r.ClaimsOf(context.Background(), artifact, r.ContentOf(context.Background(), g, r.Levels(g, r.ClientOfGrant(g), scopes), nil))
	}
	if c := claims(protocol.IDToken, "openid", "profile"); c["email"] != "alice@example.com" || c["name"] != nil {
		t.Errorf("id_token: %v", c)
	}
	if c := claims(protocol.Userinfo, "email"); c["name"] != "Alice Example" || c["email_verified"] != true {
		t.Errorf("userinfo: %v", c)
	}
}

func TestDeviceGrant(t *testing.T) {
	r := newRig(t)
	d := record.Device{Code: "dc", UserCode: "uc", ClientID: "app", Scopes: []string{"openid"}, Expires: r.now().Add(15 * time.Minute), Interval: 5 * time.Second}
	r.Store.KeepDevice(d, d.Expires.Add(time.Hour), r.now())
	poll := func() (map[string]any, error) {
		return r.token(form("grant_type", string(protocol.DeviceCodeGrant), "device_code", "dc"))
	}
	_, err := poll()
	wantError(t, err, "authorization_pending")
	_, err = poll()
	wantError(t, err, "slow_down")
	r.Clock.Advance(10 * time.Second)
	r.Store.AnswerDevice("uc", &record.Grant{ClientID: "app", Subject: "alice", Scopes: []string{"openid"}, Authorization: &record.Authorization{UserLogin: "alice", AuthTime: r.now()}}, r.now())
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
	if _, claims, err := r.OpenJWT(m.IDToken); err != nil || claims["acr"] != "gold" || claims["aud"] != "app" {
		t.Fatalf("%v %v", claims, err)
	}
	if _, err := r.refresh(m.RefreshToken); err != nil {
		t.Fatal(reason(err))
	}
	if _, err := r.Mint(context.Background(), MintRequest{User: "mallory"}); err == nil {
		t.Error("a user who is not there")
	}
}
