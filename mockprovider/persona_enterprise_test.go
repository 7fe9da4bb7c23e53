package mockprovider_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestPersonaAuth0(t *testing.T) {
	const authorize, token = "/authorize", "/oauth/token"
	offline := url.Values{"scope": {"openid profile email offline_access"}}
	const refusal = `"error_description":"Unknown or invalid refresh token."`
	forAPI := url.Values{"scope": {"openid"}, "audience": {"https://api.example.test"}}
	prove(t, "auth0", map[string]func(t *testing.T, p *player){
		"invalid_grant has status 403, with one text for every refresh token that is refused": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, offline)
			p.op.RevokeGrant("alice", p.id)
			shows(t, p.status(403)(p.refresh(token, tok, nil)), `"error":"invalid_grant"`, refusal)
			shows(t, p.status(403)(p.refresh(token, map[string]any{"refresh_token": "nonsense"}, nil)), `"error":"invalid_grant"`, refusal)
		},
		"a refresh token that is used again ends its family": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, offline)
			fresh := object(t, p.status(200)(p.refresh(token, tok, nil)))
			shows(t, p.status(403)(p.refresh(token, tok, nil)), refusal)
			shows(t, p.status(403)(p.refresh(token, fresh, nil)), refusal)
		},
		"the metadata have no end_session_endpoint": func(t *testing.T, p *player) {
			if doc := object(t, p.status(200)(p.get("/.well-known/openid-configuration"))); doc["end_session_endpoint"] != nil || doc["token_endpoint"] != p.url(token) {
				t.Error(doc)
			}
		},
		"the profile is at /userinfo of the tenant, tokens at /oauth/token, the sign-in at /authorize": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/userinfo", bearer(p.signIn(authorize, token, offline))...)), `"sub":"auth0|`, `"nickname":"alice"`, `"email":"alice@example.com"`)
		},
		"an access token for an audience is a JWT, one without is opaque": func(t *testing.T, p *player) {
			claimsOf(t, p.signIn(authorize, token, forAPI)["access_token"])
			if opaque := text(p.signIn(authorize, token, offline)["access_token"]); strings.Count(opaque, ".") == 2 {
				t.Error(opaque)
			}
		},
		"with openid, aud of a JWT has the API and the userinfo endpoint": func(t *testing.T, p *player) {
			if aud := claimsOf(t, p.signIn(authorize, token, forAPI)["access_token"])["aud"]; !reflect.DeepEqual(aud, []any{"https://api.example.test", p.url("/userinfo")}) {
				t.Error(aud)
			}
		},
		"an audience that is no API of the tenant is access_denied, Service not found": func(t *testing.T, p *player) {
			p.op.Set(persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{"https://another.example.test": nil}})
			if got := p.authorize(authorize, forAPI); got.Get("error") != "access_denied" || got.Get("error_description") != "Service not found: https://api.example.test" {
				t.Error(got)
			}
		},
		"a JWT access token says azp, and neither client_id nor jti": func(t *testing.T, p *player) {
			if claims := claimsOf(t, p.signIn(authorize, token, forAPI)["access_token"]); claims["azp"] != p.id || claims["client_id"] != nil || claims["jti"] != nil {
				t.Error(claims)
			}
		},
		"the issuer ends with a slash": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/.well-known/openid-configuration")))
			if claims := claimsOf(t, p.signIn(authorize, token, offline)["id_token"]); doc["issuer"] != p.url("/") || claims["iss"] != p.url("/") {
				t.Error(doc["issuer"], claims["iss"])
			}
		},
		"an access token lives for 86400 s": func(t *testing.T, p *player) {
			if tok := p.signIn(authorize, token, offline); tok["expires_in"] != 86400.0 {
				t.Error(tok)
			}
		},
	})
}

func TestPersonaOkta(t *testing.T) {
	const authorize, token = "/oauth2/default/v1/authorize", "/oauth2/default/v1/token"
	all := url.Values{"scope": {"openid profile email"}}
	prove(t, "okta", map[string]func(t *testing.T, p *player){
		"the endpoints of the default server are below /oauth2/default/v1, those of the organization's below /oauth2/v1": func(t *testing.T, p *player) {
			p.status(200)(p.get("/oauth2/default/v1/userinfo", bearer(p.signIn(authorize, token, all))...))
			p.status(200)(p.get("/oauth2/v1/userinfo", bearer(p.signIn("/oauth2/v1/authorize", "/oauth2/v1/token", all))...))
			p.status(200)(p.get("/oauth2/default/v1/keys"))
			shows(t, p.status(200)(p.get("/oauth2/default/.well-known/openid-configuration")), p.url(authorize), p.url(token))
		},
		"a bad code and a bad redirect_uri are invalid_grant, each with a text of its own": func(t *testing.T, p *player) {
			shows(t, p.status(400)(p.redeem(token, "nonsense")), `"error":"invalid_grant"`, "The authorization code is invalid or has expired.")
			form := url.Values{"grant_type": {"authorization_code"}, "code": {p.authorize(authorize, all).Get("code")}, "redirect_uri": {"https://elsewhere.example.test/"}, "client_id": {p.id}, "client_secret": {p.key}}
			shows(t, p.status(400)(p.post(token, form)), `"error":"invalid_grant"`, "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
		},
		"userinfo has sub, name, locale, email, nickname, preferred_username, given_name, family_name, zoneinfo, updated_at and email_verified": func(t *testing.T, p *player) {
			me := object(t, p.status(200)(p.get("/oauth2/default/v1/userinfo", bearer(p.signIn(authorize, token, all))...)))
			for _, claim := range []string{"sub", "name", "locale", "email", "nickname", "preferred_username", "given_name", "family_name", "zoneinfo", "updated_at", "email_verified"} {
				if me[claim] == nil {
					t.Errorf("no %s in %v", claim, me)
				}
			}
		},
		"the issuer of a custom authorization server is /oauth2/ID, that of the organization its address": func(t *testing.T, p *player) {
			for issuer, endpoints := range map[string]string{"/oauth2/aus1": "/oauth2/aus1/v1", "": "/oauth2/v1"} {
				doc := object(t, p.status(200)(p.get(issuer+"/.well-known/openid-configuration")))
				claims := claimsOf(t, p.signIn(endpoints+"/authorize", endpoints+"/token", all)["id_token"])
				if doc["issuer"] != p.url(issuer) || claims["iss"] != p.url(issuer) || doc["token_endpoint"] != p.url(endpoints+"/token") {
					t.Error(doc["issuer"], claims["iss"], doc["token_endpoint"])
				}
			}
		},
		"the issuer is that of the default server, and access tokens are JWTs": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, all)
			doc := object(t, p.status(200)(p.get("/oauth2/default/.well-known/openid-configuration")))
			if claims := claimsOf(t, tok["id_token"]); claims["iss"] != p.url("/oauth2/default") || doc["issuer"] != claims["iss"] {
				t.Error(doc["issuer"], claims)
			}
			if claims := claimsOf(t, tok["access_token"]); claims["iss"] != p.url("/oauth2/default") || claims["cid"] != p.id {
				t.Error(claims)
			}
		},
	})
}

func TestPersonaKeycloak(t *testing.T) {
	const realm = "/realms/staff"
	const oidc = realm + "/protocol/openid-connect"
	all := url.Values{"scope": {"openid profile email"}}
	prove(t, "keycloak", map[string]func(t *testing.T, p *player){
		"a realm's endpoints are below /realms/REALM/protocol/openid-connect, of old below /auth": func(t *testing.T, p *player) {
			for _, base := range []string{"", "/auth"} {
				tok := p.signIn(base+oidc+"/auth", base+oidc+"/token", all)
				p.status(200)(p.get(base+oidc+"/userinfo", bearer(tok)...))
				p.status(200)(p.get(base + oidc + "/certs"))
				p.get(base + oidc + "/logout")
			}
			shows(t, p.status(200)(p.get(realm+"/.well-known/openid-configuration")), p.url(oidc+"/auth"), p.url(oidc+"/token"), p.url(oidc+"/logout"))
		},
		"the issuer is the realm's address": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			doc := object(t, p.status(200)(p.get(realm+"/.well-known/openid-configuration")))
			if claims := claimsOf(t, tok["id_token"]); doc["issuer"] != p.url(realm) || claims["iss"] != p.url(realm) {
				t.Error(doc["issuer"], claims)
			}
			if got := p.authorize(oidc+"/auth", all); got.Get("iss") != p.url(realm) {
				t.Error(got)
			}
			if claims := claimsOf(t, tok["access_token"]); claims["iss"] != p.url(realm) || claims["typ"] != "Bearer" {
				t.Error(claims)
			}
			p.status(200)(p.get(oidc+"/userinfo", bearer(tok)...))
			p.status(200)(p.get(oidc + "/logout?id_token_hint=" + text(tok["id_token"])))
		},
		"a token response has refresh_expires_in, not-before-policy and session_state": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			if tok["refresh_expires_in"] != 1800.0 || tok["not-before-policy"] != 0.0 || tok["session_state"] == nil || tok["expires_in"] != 300.0 {
				t.Error(tok)
			}
		},
		"an ID token has typ ID and azp": func(t *testing.T, p *player) {
			if claims := claimsOf(t, p.signIn(oidc+"/auth", oidc+"/token", all)["id_token"]); claims["typ"] != "ID" || claims["azp"] != p.id {
				t.Error(claims)
			}
		},
	})
}

func TestPersonaCognito(t *testing.T) {
	const authorize, token, pool = "/oauth2/authorize", "/oauth2/token", "/us-east-1_example"
	// asked is the answer to a request whose scope is encoded already.
	asked := func(p *player, scope string) url.Values {
		resp, _ := p.get(authorize + "?" + p.request(nil).Encode() + "&scope=" + scope)
		to, err := resp.Location()
		if err != nil {
			p.t.Fatal(err)
		}
		return to.Query()
	}
	prove(t, "cognito", both(cognitoPools(), map[string]func(t *testing.T, p *player){
		"the issuer and the keys are at cognito-idp.REGION.amazonaws.com/POOL, the other endpoints below /oauth2 of a domain": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get(pool+"/.well-known/openid-configuration")))
			p.status(200)(p.get(pool + "/.well-known/jwks.json"))
			claims := claimsOf(t, p.signIn(authorize, token, url.Values{"scope": {"openid"}})["id_token"])
			if doc["issuer"] != p.url(pool) || claims["iss"] != p.url(pool) || doc["token_endpoint"] != p.url(token) {
				t.Error(doc, claims)
			}
		},
		"scopes of an authorization request stand between %20 or +": func(t *testing.T, p *player) {
			shows(t, asked(p, "openid%20email").Encode(), "code=")
			shows(t, asked(p, "openid+email").Encode(), "code=")
		},
		"email_verified of userinfo is a text": func(t *testing.T, p *player) {
			ask := func() string {
				tok := object(t, p.status(200)(p.redeem(token, asked(p, "openid%20email").Get("code"))))
				return p.status(200)(p.get("/oauth2/userInfo", bearer(tok)...))
			}
			shows(t, ask(), `"email_verified":"true"`)
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"email": "alice@example.com", "email_verified": false}})
			shows(t, ask(), `"email_verified":"false"`)
		},
		"invalid_grant has no description": func(t *testing.T, p *player) {
			if e := object(t, p.status(400)(p.redeem(token, "nonsense"))); e["error"] != "invalid_grant" || len(e) != 1 {
				t.Error(e)
			}
		},
	}))
}
