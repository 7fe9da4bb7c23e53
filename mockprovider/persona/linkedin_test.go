package persona_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestPersonaLinkedIn(t *testing.T) {
	const authorize, token, userinfo = "/oauth/v2/authorization", "/oauth/v2/accessToken", "/v2/userinfo"
	signIn := func(p *player, scope string) map[string]any {
		return p.signIn(authorize, token, url.Values{"scope": {scope}, "nonce": {"a-nonce"}})
	}
	const refusal = `"error_description":"Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists"`
	prove(t, "linkedin", map[string]func(t *testing.T, p *player){
		"the sign-in is at /oauth/v2/authorization, tokens at /oauth/v2/accessToken, userinfo at /v2/userinfo, keys at /oauth/openid/jwks": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get(userinfo, bearer(signIn(p, "openid profile email"))...)), `"email":"alice@example.com"`, `"given_name":"Alice"`)
			p.status(200)(p.get("/oauth/openid/jwks"))
		},
		"the issuer ends with /oauth, in the metadata and in ID tokens": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/oauth/.well-known/openid-configuration")))
			claims := claimsOf(t, signIn(p, "openid")["id_token"])
			if doc["issuer"] != p.url("/oauth") || claims["iss"] != p.url("/oauth") {
				t.Error(doc["issuer"], claims["iss"])
			}
		},
		"older ID tokens have an issuer without /oauth": func(t *testing.T, p *player) {
			p.arms("linkedin/issuer-of-old")
			if claims := claimsOf(t, signIn(p, "openid")["id_token"]); claims["iss"] != "https://www.linkedin.com" {
				t.Error(claims)
			}
		},
		"token_type may be missing": func(t *testing.T, p *player) {
			p.arms("linkedin/no-token-type")
			if tok := signIn(p, "openid"); tok["token_type"] != nil || tok["access_token"] == nil {
				t.Error(tok)
			}
		},
		"nonce is not in the ID token": func(t *testing.T, p *player) {
			if claims := claimsOf(t, signIn(p, "openid")["id_token"]); claims["nonce"] != nil || claims["sub"] == nil {
				t.Error(claims)
			}
		},
		"clients authenticate by client_secret_post alone": func(t *testing.T, p *player) {
			code := p.authorize(authorize, url.Values{"scope": {"openid"}}).Get("code")
			shows(t, p.status(401)(p.basic(token, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}})), `"error":"invalid_client"`)
			p.status(200)(p.redeem(token, code))
		},
		"the metadata have no token_endpoint_auth_methods_supported": func(t *testing.T, p *player) {
			if doc := object(t, p.status(200)(p.get("/oauth/.well-known/openid-configuration"))); doc["token_endpoint_auth_methods_supported"] != nil {
				t.Error(doc)
			}
		},
		"ID tokens are signed with RS256, and sub is pairwise": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/oauth/.well-known/openid-configuration")), `"id_token_signing_alg_values_supported":["RS256"]`, `"subject_types_supported":["pairwise"]`)
			first := claimsOf(t, signIn(p, "openid")["id_token"])
			p.id = "another"
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback}})
			tok := signIn(p, "openid")
			second := claimsOf(t, tok["id_token"])
			if me := object(t, p.status(200)(p.get(userinfo, bearer(tok)...))); first["sub"] == second["sub"] || me["sub"] != second["sub"] {
				t.Error(first, second, me)
			}
		},
		"a bad code is invalid_request with one text for every reason": func(t *testing.T, p *player) {
			code := p.authorize(authorize, challenge(nil)).Get("code")
			shows(t, p.status(400)(p.redeem(token, "nonsense")), `"error":"invalid_request"`, refusal)
			shows(t, p.status(400)(p.redeem(token, code)), `"error":"invalid_request"`, refusal) // without its verifier
		},
		"a bad code may be invalid_redirect_uri too": func(t *testing.T, p *player) {
			p.arms("linkedin/redirect-uri-refused")
			shows(t, p.status(400)(p.redeem(token, "nonsense")), `"error":"invalid_redirect_uri"`)
		},
		"a token that was revoked is 401 with serviceErrorCode 65601 and REVOKED_ACCESS_TOKEN": func(t *testing.T, p *player) {
			tok := signIn(p, "openid")
			p.op.RevokeGrant("alice", p.id)
			shows(t, p.status(401)(p.get(userinfo, bearer(tok)...)), `"serviceErrorCode":65601`, `"code":"REVOKED_ACCESS_TOKEN"`, `"status":401`)
		},
		"a fresh token may be refused as revoked for seconds": func(t *testing.T, p *player) {
			tok := signIn(p, "openid")
			p.arms("linkedin/fresh-token-refused")
			for range 2 {
				shows(t, p.status(401)(p.get(userinfo, bearer(tok)...)), "REVOKED_ACCESS_TOKEN")
			}
			p.status(200)(p.get(userinfo, bearer(tok)...))
		},
		"apps of old ask /v2/me and /v2/emailAddress": func(t *testing.T, p *player) {
			tok := signIn(p, "r_liteprofile r_emailaddress")
			shows(t, p.status(200)(p.get("/v2/me?projection=(id)", bearer(tok)...)), `"localizedFirstName":"Alice"`)
			shows(t, p.status(200)(p.get("/v2/emailAddress?q=members", bearer(tok)...)), `"emailAddress":"alice@example.com"`)
		},
		"an access token lives for sixty days, and there is no refresh token": func(t *testing.T, p *player) {
			if tok := signIn(p, "openid"); tok["expires_in"] != 5183999.0 || tok["refresh_token"] != nil {
				t.Error(tok)
			}
		},
	})
}

func TestPersonaX(t *testing.T) {
	const authorize, token, me = "/i/oauth2/authorize", "/2/oauth2/token", "/2/users/me"
	signIn := func(p *player, scope string) map[string]any {
		code := p.authorize(authorize, challenge(url.Values{"scope": {scope}})).Get("code")
		return object(p.t, p.status(200)(p.basic(token, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}, "code_verifier": {verifier}})))
	}
	again := func(tok map[string]any) url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}}
	}
	prove(t, "x", map[string]func(t *testing.T, p *player){
		"the sign-in is at x.com/i/oauth2/authorize, tokens at api.x.com/2/oauth2/token, the user at api.x.com/2/users/me; older clients ask twitter.com": func(t *testing.T, p *player) {
			p.status(200)(p.get(me+"?user.fields=id", bearer(signIn(p, "users.read tweet.read"))...))
			base, _ := persona.Named("x")
			if hosts := strings.Join(base.Dialect.Hosts(), " "); !strings.Contains(hosts, "api.twitter.com") || !strings.Contains(hosts, "api.x.com") {
				t.Error(hosts)
			}
		},
		"every client sends a code challenge": func(t *testing.T, p *player) {
			if got := p.authorize(authorize, nil); got.Get("error") != "invalid_request" {
				t.Error(got)
			}
		},
		"a client with a secret sends it by Basic, at a refresh too; else it is 401 unauthorized_client": func(t *testing.T, p *player) {
			tok := signIn(p, "users.read offline.access")
			for _, how := range []url.Values{{"client_id": {p.id}, "client_secret": {p.key}}, {"client_id": {p.id}, "client_secret": nil}} {
				shows(t, p.status(401)(p.refresh(token, tok, how)), `"error":"unauthorized_client"`, `"error_description":"Missing valid authorization header"`)
			}
			p.status(200)(p.basic(token, again(tok)))
		},
		"a refresh token comes with offline.access alone": func(t *testing.T, p *player) {
			if tok := signIn(p, "users.read"); tok["refresh_token"] != nil {
				t.Error(tok)
			}
			p.status(200)(p.basic(token, again(signIn(p, "users.read offline.access"))))
		},
		"expires_in is 7200, token_type bearer": func(t *testing.T, p *player) {
			if tok := signIn(p, "users.read"); tok["expires_in"] != 7200.0 || tok["token_type"] != "bearer" {
				t.Error(tok)
			}
		},
		"the user is in data": func(t *testing.T, p *player) {
			user, _ := object(t, p.status(200)(p.get(me, bearer(signIn(p, "users.read"))...)))["data"].(map[string]any)
			if _, ok := user["id"].(string); !ok || user["username"] != "alice" || user["profile_image_url"] == nil || user["confirmed_email"] != nil {
				t.Error(user)
			}
		},
		"the e-mail address is confirmed_email, with its scope alone": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get(me, bearer(signIn(p, "users.read users.email"))...)), `"confirmed_email":"alice@example.com"`)
		},
		"a bad code and a bad verifier are invalid_request with status 400": func(t *testing.T, p *player) {
			form := url.Values{"grant_type": {"authorization_code"}, "code": {"nonsense"}, "redirect_uri": {playerCallback}, "code_verifier": {verifier}}
			shows(t, p.status(400)(p.basic(token, form)), `"error":"invalid_request"`, "Value passed for the authorization code was invalid.")
			form.Set("code", p.authorize(authorize, challenge(nil)).Get("code"))
			form.Set("code_verifier", strings.Repeat("v", 43))
			shows(t, p.status(400)(p.basic(token, form)), `"error":"invalid_request"`, "Value passed for the code verifier did not match the code challenge.")
		},
	})
}

func TestPersonaSpotify(t *testing.T) {
	const authorize, token, me = "/authorize", "/api/token", "/v1/me"
	all := url.Values{"scope": {"user-read-email user-read-private"}}
	prove(t, "spotify", map[string]func(t *testing.T, p *player){
		"the sign-in is at /authorize and tokens at /api/token of accounts.spotify.com, the user at /v1/me of api.spotify.com": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get(me, bearer(p.signIn(authorize, token, all))...)), `"email":"alice@example.com"`, `"country":"US"`)
		},
		"PKCE is S256": func(t *testing.T, p *player) {
			p.status(200)(p.proven(token, p.authorize(authorize, challenge(nil)).Get("code")))
			if got := p.authorize(authorize, url.Values{"code_challenge": {strings.Repeat("v", 43)}, "code_challenge_method": {"plain"}}); got.Has("code") {
				t.Error(got)
			}
		},
		"images is a list, which may be empty": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, nil)
			shows(t, p.status(200)(p.get(me, bearer(tok)...)), `"images":[{`)
			p.arms("spotify/no-images")
			shows(t, p.status(200)(p.get(me, bearer(tok)...)), `"images":[]`)
		},
		"id may be the name that is shown": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Subject: "al1ce", Claims: map[string]any{"name": "al1ce"}})
			shows(t, p.status(200)(p.get(me, bearer(p.signIn(authorize, token, nil))...)), `"id":"al1ce"`, `"display_name":"al1ce"`)
		},
		"a refresh gives no new refresh token": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, nil)
			for range 2 {
				if fresh := object(t, p.status(200)(p.refresh(token, tok, nil))); fresh["refresh_token"] != nil {
					t.Error(fresh)
				}
			}
		},
	})
}
