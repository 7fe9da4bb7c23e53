package persona_test

import (
	"net/url"
	"strings"
	"testing"
)

const (
	slackAuthorize = "/oauth/v2/authorize"
	slackToken     = "/api/oauth.v2.access"
)

// install is what @slack/oauth sends: neither response_type nor grant_type.
func install(p *player, params url.Values) map[string]any {
	p.t.Helper()
	got := p.authorize(slackAuthorize, joined(params, url.Values{"response_type": nil}))
	if got.Get("code") == "" || got.Get("state") != "a-random-state" || len(got) != 2 {
		p.t.Fatal(got)
	}
	form := url.Values{"code": {got.Get("code")}, "client_id": {p.id}, "client_secret": {p.key}, "redirect_uri": params["redirect_uri"]}
	if form["redirect_uri"] == nil {
		form.Set("redirect_uri", playerCallback)
	}
	return object(p.t, p.status(200)(p.post(slackToken, form)))
}

func joined(params, more url.Values) url.Values {
	out := url.Values{}
	for _, values := range []url.Values{params, more} {
		for name, list := range values {
			out[name] = list
		}
	}
	return out
}

// slackInstall has assertions about what @slack/oauth and @slack/web-api send.
func slackInstall() map[string]func(t *testing.T, p *player) {
	both := url.Values{"scope": {"chat:write,commands"}, "user_scope": {"search:read,users:read"}}
	return map[string]func(t *testing.T, p *player){
		"a request needs no response_type, and its scopes stand between commas": func(t *testing.T, p *player) {
			tok := install(p, both)
			user, _ := tok["authed_user"].(map[string]any)
			if tok["ok"] != true || tok["scope"] != "chat:write,commands" || tok["token_type"] != "bot" || tok["bot_user_id"] == nil || user["scope"] != "search:read,users:read" || !strings.HasPrefix(text(user["access_token"]), "xoxp-") || user["token_type"] != "user" {
				t.Error(tok)
			}
			got := p.authorize("/openid/connect/authorize", url.Values{"response_type": nil, "scope": {"openid,email"}, "nonce": {"a-random-nonce"}})
			id := object(t, p.status(200)(p.redeem("/api/openid.connect.token", got.Get("code"))))
			if claims := claimsOf(t, id["id_token"]); claims["nonce"] != "a-random-nonce" {
				t.Error(claims)
			}
			if declined := p.deny("/openid/connect/authorize", url.Values{"response_type": nil, "scope": {"openid,profile"}}); declined.Get("error") != "access_denied" || declined.Get("state") != "a-random-state" {
				t.Error(declined)
			}
		},
		"a request with scopes of a user only is answered no token of a bot": func(t *testing.T, p *player) {
			tok := install(p, url.Values{"scope": {""}, "user_scope": {"users:read"}})
			user, _ := tok["authed_user"].(map[string]any)
			if tok["access_token"] != nil || tok["scope"] != nil || tok["token_type"] != nil || tok["bot_user_id"] != nil || user["access_token"] == nil {
				t.Error(tok)
			}
			me := object(t, p.status(200)(p.get("/api/auth.test", "Authorization", "Bearer "+text(user["access_token"]))))
			if me["user_id"] != user["id"] || me["bot_id"] != nil {
				t.Error(me)
			}
		},
		"auth.test of a bot's token has bot_id and the bot's user_id": func(t *testing.T, p *player) {
			tok := install(p, both)
			me := object(t, p.status(200)(p.post("/api/auth.test", nil, bearer(tok)...)))
			if me["ok"] != true || me["bot_id"] == nil || me["user_id"] != tok["bot_user_id"] || me["team_id"] == nil {
				t.Error(me)
			}
		},
		"x-oauth-scopes of an answer has the scopes of the token": func(t *testing.T, p *player) {
			tok := install(p, both)
			if resp, _ := p.get("/api/auth.test", bearer(tok)...); resp.Header.Get("X-OAuth-Scopes") != "chat:write,commands" {
				t.Error(resp.Header)
			}
			resp, body := p.get("/api/users.info", bearer(tok)...)
			shows(t, body, `"ok":false`, `"error":"missing_scope"`)
			if resp.StatusCode != 200 || resp.Header.Get("X-Accepted-OAuth-Scopes") != "users:read" {
				t.Error(resp.Status, resp.Header)
			}
		},
		"redirect_uri may be left out, or lie below the registered one": func(t *testing.T, p *player) {
			install(p, joined(both, url.Values{"redirect_uri": {playerCallback + "/deeper"}}))
			if to := p.location(slackAuthorize, joined(both, url.Values{"response_type": nil, "redirect_uri": nil})); !strings.HasPrefix(to.String(), playerCallback+"?") {
				t.Error(to)
			} else {
				form := url.Values{"code": {to.Query().Get("code")}, "client_id": {p.id}, "client_secret": {p.key}}
				shows(t, p.status(200)(p.post(slackToken, form)), `"ok":true`)
			}
		},
		"a token comes in the header, or in the body as token": func(t *testing.T, p *player) {
			tok := p.signIn("/oauth/v2/authorize", "/api/oauth.v2.access", url.Values{"scope": {"users:read"}})
			sent := func(name string) url.Values { return url.Values{name: {text(tok["access_token"])}} }
			for _, method := range []string{"auth.test", "users.info"} {
				shows(t, p.status(200)(p.get("/api/"+method, bearer(tok)...)), `"ok":true`)
				shows(t, p.status(200)(p.post("/api/"+method, sent("token"))), `"ok":true`)
				shows(t, p.status(200)(p.post("/api/"+method, sent("access_token"))), "not_authed")
				shows(t, p.status(200)(p.get("/api/"+method+"?"+sent("token").Encode())), "not_authed")
			}
		},
		"oauth.access answers a user's token with scope, user_id, team_name and team_id, and with the scope bot a bot's token in bot": func(t *testing.T, p *player) {
			old := func(scope string) map[string]any {
				got := p.authorize("/oauth/authorize", url.Values{"response_type": nil, "scope": {scope}})
				q := url.Values{"code": {got.Get("code")}, "client_id": {p.id}, "client_secret": {p.key}, "redirect_uri": {playerCallback}}
				return object(t, p.status(200)(p.get("/api/oauth.access?"+q.Encode())))
			}
			with, without := old("users:read,bot"), old("users:read")
			for _, tok := range []map[string]any{with, without} {
				enterprise, there := tok["enterprise_id"]
				if tok["ok"] != true || !strings.HasPrefix(text(tok["access_token"]), "xoxp-") || !strings.HasPrefix(text(tok["user_id"]), "U") || tok["team_name"] != "Example" || !strings.HasPrefix(text(tok["team_id"]), "T") || !there || enterprise != nil {
					t.Error(tok)
				}
				for _, name := range []string{"token_type", "authed_user", "team", "bot_user_id", "app_id", "enterprise", "is_enterprise_install", "user"} {
					if value, there := tok[name]; there {
						t.Errorf("%s: %v", name, value)
					}
				}
				me := object(t, p.status(200)(p.get("/api/auth.test", bearer(tok)...)))
				if me["user_id"] != tok["user_id"] || me["team_id"] != tok["team_id"] || me["bot_id"] != nil {
					t.Error(me)
				}
				shows(t, p.status(200)(p.get("/api/users.info", bearer(tok)...)), `"real_name":"Alice Example"`)
			}
			bot, _ := with["bot"].(map[string]any)
			if with["scope"] != "identify,users:read,bot" || without["scope"] != "identify,users:read" || without["bot"] != nil || !strings.HasPrefix(text(bot["bot_access_token"]), "xoxb-") {
				t.Error(with, without)
			}
			me := object(t, p.status(200)(p.get("/api/auth.test", "Authorization", "Bearer "+text(bot["bot_access_token"]))))
			if me["user_id"] != bot["bot_user_id"] || me["bot_id"] == nil {
				t.Error(me, bot)
			}
			if e := object(t, p.status(200)(p.get("/api/oauth.access?code=nonsense&client_id="+p.id+"&client_secret="+p.key))); e["ok"] != false || e["error"] != "invalid_code" {
				t.Error(e)
			}
		},
		"with scopes that begin with identity. oauth.access has user and team, and users.identity has them too": func(t *testing.T, p *player) {
			got := p.authorize("/oauth/authorize", url.Values{"response_type": nil, "scope": {"identity.basic,identity.email"}})
			q := url.Values{"code": {got.Get("code")}, "client_id": {p.id}, "client_secret": {p.key}, "redirect_uri": {playerCallback}}
			tok := object(t, p.status(200)(p.post("/api/oauth.access", q)))
			me := object(t, p.status(200)(p.get("/api/users.identity", bearer(tok)...)))
			for name, answer := range map[string]map[string]any{"oauth.access": tok, "users.identity": me} {
				user, _ := answer["user"].(map[string]any)
				team, _ := answer["team"].(map[string]any)
				if answer["ok"] != true || user["name"] != "Alice Example" || user["email"] != "alice@example.com" || !strings.HasPrefix(text(user["id"]), "U") || !strings.HasPrefix(text(team["id"]), "T") || user["image_32"] != nil {
					t.Errorf("%s: %v", name, answer)
				}
			}
			if tok["scope"] != "identity.basic,identity.email" || !strings.HasPrefix(text(tok["access_token"]), "xoxp-") || tok["user_id"] != nil || tok["team_id"] != nil || tok["bot"] != nil {
				t.Error(tok)
			}
			shows(t, p.status(200)(p.get("/api/users.identity", bearer(install(p, both))...)), `"error":"missing_scope"`)
		},
		"users.profile.get has the profile with users.profile:read, team.info the team with team:read": func(t *testing.T, p *player) {
			tok := install(p, url.Values{"scope": {"users.profile:read,users:read.email,team:read"}})
			shows(t, p.status(200)(p.get("/api/users.profile.get", bearer(tok)...)), `"ok":true`, `"real_name":"Alice Example"`, `"email":"alice@example.com"`)
			shows(t, p.status(200)(p.post("/api/team.info", nil, bearer(tok)...)), `"ok":true`, `"name":"Example"`, `"domain":"example"`)
			tok = install(p, url.Values{"scope": {"chat:write"}})
			for _, method := range []string{"users.profile.get", "team.info"} {
				shows(t, p.status(200)(p.get("/api/"+method, bearer(tok)...)), `"error":"missing_scope"`)
			}
		},
		"auth.revoke ends a token": func(t *testing.T, p *player) {
			tok := install(p, both)
			shows(t, p.status(200)(p.post("/api/auth.revoke", nil, bearer(tok)...)), `"ok":true`, `"revoked":true`)
			shows(t, p.status(200)(p.get("/api/auth.test", bearer(tok)...)), `"ok":false`, `"error":"token_revoked"`)
			tok = install(p, both)
			p.status(200)(p.post("/api/auth.revoke", url.Values{"token": {text(tok["access_token"])}}))
			shows(t, p.status(200)(p.get("/api/auth.test", bearer(tok)...)), `"ok":false`)
		},
		"methods for a token take GET too": func(t *testing.T, p *player) {
			got := p.authorize(slackAuthorize, joined(both, url.Values{"response_type": nil}))
			q := url.Values{"code": {got.Get("code")}, "client_id": {p.id}, "client_secret": {p.key}, "redirect_uri": {playerCallback}}
			shows(t, p.status(200)(p.get(slackToken+"?"+q.Encode())), `"ok":true`)
			shows(t, p.status(200)(p.get(slackToken+"?"+q.Encode())), `"ok":false`, `"error":"code_already_used"`)
		},
	}
}
