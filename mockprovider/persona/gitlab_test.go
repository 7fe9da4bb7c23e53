package persona_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestPersonaGitLab(t *testing.T) {
	const authorize, token = "/oauth/authorize", "/oauth/token"
	same := url.Values{"redirect_uri": {playerCallback}}
	signIn := func(p *player) map[string]any {
		return p.signIn(authorize, token, url.Values{"scope": {"openid read_user"}})
	}
	prove(t, "gitlab", map[string]func(t *testing.T, p *player){
		"the endpoints are /oauth/authorize, /oauth/token, /oauth/authorize_device, /oauth/revoke and /oauth/userinfo": func(t *testing.T, p *player) {
			tok := signIn(p)
			p.status(200)(p.get("/oauth/userinfo", bearer(tok)...))
			p.status(200)(p.post("/oauth/authorize_device", url.Values{"client_id": {p.id}}))
			p.status(200)(p.basic("/oauth/revoke", url.Values{"token": {text(tok["access_token"])}}))
			p.status(401)(p.get("/oauth/userinfo", bearer(tok)...))
		},
		"the profile is at /api/v4/user, and its id is a number": func(t *testing.T, p *player) {
			if me := object(t, p.status(200)(p.get("/api/v4/user", bearer(signIn(p))...))); me["id"] != float64(int(me["id"].(float64))) || me["username"] != "alice" || me["email"] != "alice@example.com" {
				t.Error(me)
			}
		},
		"tokens are 64 hexadecimal digits, token_type is bearer, expires_in 7200, and created_at is a time": func(t *testing.T, p *player) {
			tok := signIn(p)
			hex := regexp.MustCompile(`^[0-9a-f]{64}$`)
			if !hex.MatchString(text(tok["access_token"])) || !hex.MatchString(text(tok["refresh_token"])) || tok["token_type"] != "bearer" || tok["expires_in"] != 7200.0 || tok["created_at"] != float64(p.op.Clock().Now().Unix()) {
				t.Error(tok)
			}
		},
		"a refresh ends the access token and the refresh token before it": func(t *testing.T, p *player) {
			old := signIn(p)
			fresh := object(t, p.status(200)(p.refresh(token, old, same)))
			p.status(401)(p.get("/api/v4/user", bearer(old)...))
			p.status(200)(p.get("/api/v4/user", bearer(fresh)...))
			shows(t, p.status(400)(p.refresh(token, old, same)), `"error":"invalid_grant"`)
		},
		"a refresh that names another redirect_uri than the authorization request is refused": func(t *testing.T, p *player) {
			tok := signIn(p)
			shows(t, p.status(400)(p.refresh(token, tok, url.Values{"redirect_uri": {playerCallback + "/"}})), `"error":"invalid_grant"`)
			p.status(200)(p.refresh(token, tok, same))
		},
		"a refresh may leave the redirect_uri out, which the documentation has in its examples": func(t *testing.T, p *player) {
			p.status(200)(p.refresh(token, object(t, p.status(200)(p.refresh(token, signIn(p), nil))), same))
		},
		"PKCE is supported": func(t *testing.T, p *player) {
			p.status(200)(p.proven(token, p.authorize(authorize, challenge(nil)).Get("code")))
			p.status(400)(p.redeem(token, p.authorize(authorize, challenge(nil)).Get("code")))
		},
		"the password grant is still there": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Password: "a-password"})
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, GrantTypes: []protocol.Grant{"password", "refresh_token"}})
			form := url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"a-password"}, "scope": {"read_user"}}
			p.status(200)(p.basic(token, form))
			form.Set("password", "another")
			shows(t, p.status(400)(p.basic(token, form)), "The provided authorization grant is invalid, expired, revoked")
		},
		"a device code lives for 300 s, the interval is 5 s, the user code has eight characters without a hyphen, and verification_uri_complete is there": func(t *testing.T, p *player) {
			d := object(t, p.status(200)(p.post("/oauth/authorize_device", url.Values{"client_id": {p.id}, "scope": {"read_user"}})))
			if d["expires_in"] != 300.0 || d["interval"] != 5.0 || !regexp.MustCompile(`^[0-9A-Z]{8}$`).MatchString(text(d["user_code"])) {
				t.Error(d)
			}
			b := &agent.Agent{Transport: p.http.Transport}
			page, err := b.Visit(t.Context(), agent.Request{URL: text(d["verification_uri_complete"])})
			if err == nil {
				page, err = page.Enter(t.Context(), url.Values{"user_code": {strings.ToLower(text(d["user_code"]))}})
			}
			if err == nil {
				page, err = page.Login(t.Context(), "alice", "")
			}
			if err == nil {
				_, err = page.Consent(t.Context(), true, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			p.status(200)(p.post(token, url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(d["device_code"])}, "client_id": {p.id}}))
		},
		"every invalid_grant has the same text": func(t *testing.T, p *player) {
			const words = `"error_description":"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."`
			tok := signIn(p)
			late := p.authorize(authorize, nil).Get("code")
			p.op.Clock().Advance(11 * time.Minute)
			shows(t, p.status(400)(p.redeem(token, late)), words)
			shows(t, p.status(400)(p.redeem(token, "nonsense")), words)
			p.op.RevokeGrant("alice", p.id)
			shows(t, p.status(400)(p.refresh(token, tok, same)), words)
		},
		"the API may refuse with 403 and a plain text": func(t *testing.T, p *player) {
			tok := signIn(p)
			p.arms("gitlab/terms-of-service")
			shows(t, p.status(403)(p.get("/oauth/userinfo", bearer(tok)...)), "403 Forbidden - You (@alice) must accept the Terms of Service")
		},
	})
}

func TestPersonaGitHubApp(t *testing.T) {
	hubOf := atHub
	prove(t, "github-app", map[string]func(t *testing.T, p *player){
		"an access token begins with ghu_ and has expires_in 28800, a refresh token with ghr_ and has 15811200": hubOf(func(t *testing.T, h *hub) {
			tok := h.signIn("")
			if !strings.HasPrefix(text(tok["access_token"]), "ghu_") || !strings.HasPrefix(text(tok["refresh_token"]), "ghr_") || tok["expires_in"] != 28800.0 || tok["refresh_token_expires_in"] != 15811200.0 {
				t.Error(tok)
			}
			h.op.Clock().Advance(8*time.Hour + time.Second)
			h.status(401)(h.get("/user", bearer(tok)...))
		}),
		"scope is empty, token_type bearer": hubOf(func(t *testing.T, h *hub) {
			if tok := h.signIn("repo"); tok["scope"] != "" || tok["token_type"] != "bearer" {
				t.Error(tok)
			}
		}),
		"where tokens do not expire, expires_in, refresh_token and refresh_token_expires_in are left out": hubOf(func(t *testing.T, h *hub) {
			h.op.Set(persona.Persona{RefreshToken: persona.RefreshToken{Issue: "never"}})
			if tok := h.signIn(""); tok["expires_in"] != nil || tok["refresh_token"] != nil || tok["refresh_token_expires_in"] != nil {
				t.Error(tok)
			}
		}),
		"a refresh ends the access token and the refresh token before it": hubOf(func(t *testing.T, h *hub) {
			old := h.signIn("")
			again := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(old["refresh_token"])}}
			fresh := object(t, h.status(200)(h.token(again)))
			h.status(401)(h.get("/user", bearer(old)...))
			h.status(200)(h.get("/user", bearer(fresh)...))
			h.refused(t, again, "bad_refresh_token")
		}),
		"a device needs no secret": hubOf(func(t *testing.T, h *hub) {
			h.refused(t, h.device(t), "authorization_pending")
		}),
		"a refresh of what a device got needs no secret": hubOf(func(t *testing.T, h *hub) {
			form := h.device(t)
			h.answer(t, form, true)
			tok := object(t, h.status(200)(h.token(form)))
			again := func(tok map[string]any) url.Values {
				return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}, "client_secret": nil}
			}
			tok = object(t, h.status(200)(h.token(again(tok))))
			if h.status(200)(h.get("/user", bearer(tok)...)); tok["refresh_token"] == nil {
				t.Error(tok)
			}
			h.refused(t, again(h.signIn("")), "incorrect_client_credentials")
		}),
		"redirect_uri is compared as it is": hubOf(func(t *testing.T, h *hub) {
			if to := h.location(githubAuthorize, url.Values{"redirect_uri": {playerCallback + "/deeper"}}); to.Query().Get("error") != "redirect_uri_mismatch" {
				t.Error(to)
			}
		}),
		"who installs the app comes back with installation_id and setup_action, and without state": hubOf(func(t *testing.T, h *hub) {
			h.arms("github-app/installed-without-state")
			if got := h.authorize(githubAuthorize, nil); got.Has("state") || got.Get("installation_id") == "" || got.Get("setup_action") != "install" || got.Get("code") == "" {
				t.Error(got)
			}
		}),
	})
}
