package persona_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestPersonaSlack(t *testing.T) {
	const v2, access = "/oauth/v2/authorize", "/api/oauth.v2.access"
	openid := url.Values{"scope": {"openid profile email"}}
	signIn := func(p *player) map[string]any {
		return p.signIn("/openid/connect/authorize", "/api/openid.connect.token", openid)
	}
	refused := func(t *testing.T, body, code string) {
		t.Helper()
		if e := object(t, body); e["ok"] != false || e["error"] != code {
			t.Errorf("%v, want %s", e, code)
		}
	}
	prove(t, "slack", both(slackInstall(), map[string]func(t *testing.T, p *player){
		"the metadata name /openid/connect/authorize, /api/openid.connect.token, /api/openid.connect.userInfo and /openid/connect/keys": func(t *testing.T, p *player) {
			body := p.status(200)(p.get("/.well-known/openid-configuration"))
			for _, path := range []string{"/openid/connect/authorize", "/api/openid.connect.token", "/api/openid.connect.userInfo", "/openid/connect/keys"} {
				shows(t, body, `"`+p.url(path)+`"`)
			}
			tok := signIn(p)
			p.status(200)(p.get("/openid/connect/keys"))
			shows(t, p.status(200)(p.get("/api/openid.connect.userInfo", bearer(tok)...)), `"ok":true`)
		},
		"the issuer is https://slack.com": func(t *testing.T, _ *player) {
			p := play(t, "slack", mockprovider.WithProvider(persona.Persona{Identity: "real"}))
			doc := object(t, p.status(200)(p.get("/.well-known/openid-configuration")))
			if claims := claimsOf(t, signIn(p)["id_token"]); doc["issuer"] != "https://slack.com" || claims["iss"] != "https://slack.com" {
				t.Error(doc, claims)
			}
		},
		"the metadata have the response mode query, the grant authorization_code, RS256, client_secret_post and client_secret_basic, the claims sub, auth_time and iss, and request_uri": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/.well-known/openid-configuration")), `"response_modes_supported":["query"]`, `"grant_types_supported":["authorization_code"]`, `"id_token_signing_alg_values_supported":["RS256"]`,
				`"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]`, `"claims_supported":["sub","auth_time","iss"]`, `"request_uri_parameter_supported":true`)
		},
		"userinfo has ok, and claims of Slack's own beside those of OpenID Connect": func(t *testing.T, p *player) {
			me := object(t, p.status(200)(p.get("/api/openid.connect.userInfo", bearer(signIn(p))...)))
			for _, claim := range []string{"sub", "https://slack.com/user_id", "https://slack.com/team_id", "email", "email_verified", "date_email_verified", "name", "picture", "given_name", "family_name", "locale", "https://slack.com/team_name", "https://slack.com/team_domain", "https://slack.com/user_image_24"} {
				if me[claim] == nil {
					t.Errorf("no %s in %v", claim, me)
				}
			}
			if me["ok"] != true || me["sub"] != me["https://slack.com/user_id"] || !strings.HasPrefix(text(me["sub"]), "U") {
				t.Error(me)
			}
		},
		"an app is installed at /oauth/v2/authorize and /api/oauth.v2.access, with scopes between commas": func(t *testing.T, p *player) {
			if tok := p.signIn(v2, access, url.Values{"scope": {"chat:write,channels:read"}}); tok["ok"] != true || tok["scope"] != "chat:write,channels:read" {
				t.Error(tok)
			}
		},
		"an app that is installed has a bot's token, which begins with xoxb-, a team, and an enterprise that may be null": func(t *testing.T, p *player) {
			tok := p.signIn(v2, access, url.Values{"scope": {"chat:write"}})
			if enterprise, there := tok["enterprise"]; !there || enterprise != nil {
				t.Error(tok)
			}
			team, _ := tok["team"].(map[string]any)
			user, _ := tok["authed_user"].(map[string]any)
			if !strings.HasPrefix(text(tok["access_token"]), "xoxb-") || tok["token_type"] != "bot" || tok["bot_user_id"] == nil || tok["app_id"] == nil || team["id"] == nil || team["name"] == nil || tok["is_enterprise_install"] != false || user["id"] == nil || user["access_token"] != nil {
				t.Error(tok)
			}
		},
		"user_scope brings a user's token too, which begins with xoxp-": func(t *testing.T, p *player) {
			tok := p.signIn(v2, access, url.Values{"scope": {"chat:write"}, "user_scope": {"users:read"}})
			user, _ := tok["authed_user"].(map[string]any)
			if !strings.HasPrefix(text(user["access_token"]), "xoxp-") || user["token_type"] != "user" || user["scope"] != "users:read" {
				t.Error(tok)
			}
			shows(t, p.status(200)(p.get("/api/users.info", bearer(user)...)), `"real_name":"Alice Example"`)
			refused(t, p.status(200)(p.get("/api/users.info", bearer(tok)...)), "missing_scope")
		},
		"with rotation a refresh token begins with xoxe-1-": func(t *testing.T, p *player) {
			p.op.Set(persona.Persona{RefreshToken: persona.RefreshToken{Issue: "always"}})
			tok := p.signIn(v2, access, url.Values{"scope": {"chat:write"}})
			if !strings.HasPrefix(text(tok["refresh_token"]), "xoxe-1-") {
				t.Error(tok)
			}
			p.status(200)(p.refresh(access, tok, nil))
			refused(t, p.status(200)(p.refresh(access, tok, nil)), "invalid_refresh_token")
		},
		"a refusal has status 200, ok false and an error": func(t *testing.T, p *player) {
			code := p.authorize(v2, url.Values{"scope": {"chat:write"}}).Get("code")
			form := url.Values{"code": {code}, "client_id": {p.id}, "client_secret": {p.key}, "redirect_uri": {playerCallback}}
			with := func(name, value string) url.Values {
				out := url.Values{name: {value}}
				for n, v := range form {
					if n != name {
						out[n] = v
					}
				}
				return out
			}
			for _, c := range []struct{ name, value, code string }{
				{"code", "nonsense", "invalid_code"}, {"client_secret", "wrong", "bad_client_secret"}, {"client_id", "another", "invalid_client_id"},
				{"redirect_uri", "https://elsewhere.example.test/", "bad_redirect_uri"}, {"grant_type", "nonsense", "invalid_grant_type"},
			} {
				refused(t, p.status(200)(p.post(access, with(c.name, c.value))), c.code)
			}
			p.arms("slack/authorization-url-mismatch")
			refused(t, p.status(200)(p.post(access, form)), "oauth_authorization_url_mismatch")
			p.arms("slack/rotation-not-enabled")
			refused(t, p.status(200)(p.refresh(access, nil, nil)), "token_rotation_not_enabled")
			p.status(200)(p.post(access, form))
			refused(t, p.status(200)(p.get("/api/auth.test", "Authorization", "Bearer nonsense")), "invalid_auth")
		},
		"code_verifier is an argument": func(t *testing.T, p *player) {
			p.status(200)(p.proven(access, p.authorize(v2, challenge(nil)).Get("code")))
			refused(t, p.status(200)(p.redeem(access, p.authorize(v2, challenge(nil)).Get("code"))), "invalid_code")
		},
		"apps of old use /oauth/authorize, /api/oauth.access, /api/auth.test and /api/users.info": func(t *testing.T, p *player) {
			tok := p.signIn("/oauth/authorize", "/api/oauth.access", url.Values{"scope": {"users:read"}})
			shows(t, p.status(200)(p.get("/api/auth.test?token=unused", bearer(tok)...)), `"user_id":"U`)
			shows(t, p.status(200)(p.get("/api/users.info?user=U1", bearer(tok)...)), `"email":"alice@example.com"`)
		},
	}))
}

func TestPersonaDiscord(t *testing.T) {
	const authorize, token, me = "/oauth2/authorize", "/api/oauth2/token", "/api/users/@me"
	signIn := func(p *player, scope string) map[string]any {
		return p.signIn(authorize, token, url.Values{"scope": {scope}})
	}
	prove(t, "discord", map[string]func(t *testing.T, p *player){
		"the sign-in is at /oauth2/authorize, before at /api/oauth2/authorize; tokens, revocation and the user are below /api": func(t *testing.T, p *player) {
			tok := p.signIn("/api/oauth2/authorize", token, nil)
			p.status(200)(p.get(me, bearer(tok)...))
			p.status(200)(p.get("/api/v10/users/@me", bearer(tok)...))
			shows(t, p.status(200)(p.get("/api/oauth2/@me", bearer(tok)...)), `"application":{"id":"app"`, `"scopes":["identify"]`, `"expires":"2`, `"user":{`)
			p.status(200)(p.basic("/api/oauth2/token/revoke", url.Values{"token": {text(tok["access_token"])}}))
		},
		"each endpoint of the API has a version before it, such as v6, v9 or v10, or none": func(t *testing.T, p *player) {
			for _, version := range []string{"", "/v6", "/v9", "/v10"} {
				tok := p.signIn("/oauth2/authorize", "/api"+version+"/oauth2/token", nil)
				p.status(200)(p.get("/api"+version+"/users/@me", bearer(tok)...))
				p.status(200)(p.get("/api"+version+"/oauth2/@me", bearer(tok)...))
				p.status(200)(p.basic("/api"+version+"/oauth2/token/revoke", url.Values{"token": {text(tok["access_token"])}}))
				p.status(401)(p.get("/api"+version+"/users/@me", bearer(tok)...))
			}
		},
		"the guilds of a user need the scope guilds, the connections the scope connections": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{
				"guilds": []any{map[string]any{"name": "Gophers", "owner": true}, map[string]any{"id": "80351110224678912", "name": "Others"}}, "connections": []any{map[string]any{"id": "1", "name": "alice", "type": "github"}},
			}})
			tok := p.signIn("/oauth2/authorize", token, url.Values{"scope": {"identify guilds"}})
			guilds := listOf(t, p.status(200)(p.get("/api/v10/users/@me/guilds", bearer(tok)...)))
			if len(guilds) != 2 || guilds[0]["name"] != "Gophers" || guilds[0]["owner"] != true || guilds[0]["id"] == nil || guilds[1]["id"] != "80351110224678912" || guilds[1]["owner"] != false || guilds[1]["icon"] != nil {
				t.Error(guilds)
			}
			p.status(403)(p.get("/api/users/@me/connections", bearer(tok)...))
			tok = p.signIn("/oauth2/authorize", token, url.Values{"scope": {"connections"}})
			p.status(403)(p.get("/api/users/@me/guilds", bearer(tok)...))
			if all := listOf(t, p.status(200)(p.get("/api/users/@me/connections", bearer(tok)...))); len(all) != 1 || all[0]["type"] != "github" || all[0]["verified"] != true {
				t.Error(all)
			}
			p.op.SetUser(store.User{Login: "alice"})
			if body := p.status(200)(p.get("/api/users/@me/connections", bearer(tok)...)); body != "[]" {
				t.Error(body)
			}
		},
		"the old host name discordapp.com is answered too": func(t *testing.T, p *player) {
			if base := p.op.Persona(); !slices.Contains(base.Dialect.Hosts(), "discordapp.com") {
				t.Error(base.Dialect.Hosts())
			}
			if e := p.hostedAs("discordapp.com", me, 401); e["message"] != "401: Unauthorized" {
				t.Error(e)
			}
		},
		"token requests are forms, JSON is refused": func(t *testing.T, p *player) {
			p.status(400)(p.post(token, url.Values{}, "Content-Type", "application/json"))
		},
		"clients authenticate by Basic or in the form": func(t *testing.T, p *player) {
			signIn(p, "identify")
			p.status(200)(p.basic(token, url.Values{"grant_type": {"authorization_code"}, "code": {p.authorize(authorize, nil).Get("code")}, "redirect_uri": {playerCallback}}))
		},
		"a token response has token_type Bearer, expires_in 604800, a refresh token and the scope": func(t *testing.T, p *player) {
			if tok := signIn(p, "identify"); tok["token_type"] != "Bearer" || tok["expires_in"] != 604800.0 || tok["refresh_token"] == nil || tok["scope"] != "identify" || tok["webhook"] != nil || tok["guild"] != nil {
				t.Error(tok)
			}
		},
		"the scopes webhook.incoming and bot bring a webhook and a guild": func(t *testing.T, p *player) {
			tok := signIn(p, "bot webhook.incoming")
			webhook, _ := tok["webhook"].(map[string]any)
			if guild, _ := tok["guild"].(map[string]any); webhook["token"] == nil || guild["id"] == nil {
				t.Error(tok)
			}
		},
		"client credentials bring no refresh token": func(t *testing.T, p *player) {
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, GrantTypes: []protocol.Grant{"client_credentials"}})
			if tok := object(t, p.status(200)(p.basic(token, url.Values{"grant_type": {"client_credentials"}, "scope": {"identify"}}))); tok["access_token"] == nil || tok["refresh_token"] != nil {
				t.Error(tok)
			}
		},
		"who revokes one of the two tokens ends both": func(t *testing.T, p *player) {
			for _, which := range []string{"access_token", "refresh_token"} {
				tok := signIn(p, "identify")
				p.status(200)(p.basic("/api/oauth2/token/revoke", url.Values{"token": {text(tok[which])}}))
				p.status(401)(p.get(me, bearer(tok)...))
				shows(t, p.status(400)(p.refresh(token, tok, nil)), `"error":"invalid_grant"`)
			}
		},
		"with prompt=none what was allowed before is not asked again; without it is": func(t *testing.T, p *player) {
			asked := func(params url.Values) bool {
				p.op.Set(persona.Persona{SignIn: "interactive"})
				resp, _ := p.get(authorize + "?" + p.request(params).Encode())
				return resp.StatusCode == 200
			}
			p.authorize(authorize, nil)
			if !asked(nil) || !asked(url.Values{"prompt": {"consent"}}) || asked(url.Values{"prompt": {"none"}}) {
				t.Error("consent is not asked as it should be")
			}
			if !asked(url.Values{"prompt": {"none"}, "scope": {"identify guilds"}}) {
				t.Error("more than was allowed is not asked with prompt=none")
			}
		},
		"a code is used once, and lives for 100 s": func(t *testing.T, p *player) {
			code, late := p.authorize(authorize, nil).Get("code"), p.authorize(authorize, nil).Get("code")
			p.op.Clock().Advance(99 * time.Second)
			p.status(200)(p.redeem(token, code))
			p.status(400)(p.redeem(token, code))
			p.op.Clock().Advance(2 * time.Second)
			p.status(400)(p.redeem(token, late))
		},
		"a bad code is invalid_grant with status 400, before 2022 invalid_request": func(t *testing.T, p *player) {
			shows(t, p.status(400)(p.redeem(token, "nonsense")), `"error":"invalid_grant"`, `"error_description":"Invalid \"code\" in request."`)
			p.arms("discord/code-refused-of-old")
			shows(t, p.status(400)(p.redeem(token, "nonsense")), `"error":"invalid_request"`)
		},
		"id of a user is a text, discriminator 0, flags and locale are there, avatar, global_name and email may be null": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get(me, bearer(signIn(p, "identify"))...)), `"id":"1`, `"discriminator":"0"`, `"avatar":null`, `"username":"alice"`, `"global_name":"Alice Example"`, `"flags":0`, `"locale":"en"`)
			p.op.SetUser(store.User{Login: "alice"})
			shows(t, p.status(200)(p.get(me, bearer(signIn(p, "identify email"))...)), `"global_name":null`, `"email":null`)
		},
		"email is there with the scope email alone": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get(me, bearer(signIn(p, "identify email"))...)), `"email":"alice@example.com"`, `"verified":true`)
			if user := object(t, p.status(200)(p.get(me, bearer(signIn(p, "identify"))...))); user["email"] != nil {
				t.Error(user)
			}
		},
		"limits of requests are answered with 429, Retry-After, X-RateLimit headers and a retry_after that is no whole number": func(t *testing.T, p *player) {
			tok := signIn(p, "identify")
			p.arms("discord/rate-limited")
			resp, body := p.get(me, bearer(tok)...)
			shows(t, p.status(429)(resp, body), `"retry_after":64.57`, `"global":false`)
			if resp.Header.Get("Retry-After") != "65" || resp.Header.Get("X-RateLimit-Remaining") != "0" {
				t.Error(resp.Header)
			}
		},
	})
}
