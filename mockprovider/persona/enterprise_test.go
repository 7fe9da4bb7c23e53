package persona_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
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
		"a JWT access token has Auth0's own profile, and that of RFC 9068 only where the API is set so": func(t *testing.T, p *player) {
			if header := headerOf(t, text(p.signIn(authorize, token, forAPI)["access_token"])); header["typ"] != "JWT" {
				t.Error(header)
			}
			p.op.Set(persona.Persona{AccessToken: persona.AccessToken{Typ: "at+jwt"}})
			if header := headerOf(t, text(p.signIn(authorize, token, forAPI)["access_token"])); header["typ"] != "at+jwt" {
				t.Error(header)
			}
		},
		"/v2/logout signs out at once and goes to returnTo, which must be allowed for the client_id, or for the tenant where there is none": func(t *testing.T, p *player) {
			p.signIn(authorize, token, offline)
			p.leaves()
			p.leads("/v2/logout?client_id=app&returnTo="+url.QueryEscape(playerHome), playerHome)
			p.signedOut(authorize)
			p.signIn(authorize, token, offline)
			p.leads("/v2/logout?returnTo="+url.QueryEscape(playerHome), playerHome)
			p.signedOut(authorize)
			for query, why := range map[string]string{
				"client_id=app&returnTo=https%3A%2F%2Felsewhere.example.test%2F": "https://elsewhere.example.test/ is not registered for the client app",
				"returnTo=https%3A%2F%2Felsewhere.example.test%2F":               "No client has registered https://elsewhere.example.test/",
				"client_id=other&returnTo=" + url.QueryEscape(playerHome):        "The client other is not registered",
			} {
				shows(t, p.status(400)(p.get("/v2/logout?"+query)), why)
			}
		},
		"/v2/logout with a client_id and no returnTo goes to the first URL that is allowed": func(t *testing.T, p *player) {
			p.leaves()
			p.leads("/v2/logout?client_id=app", playerHome)
			shows(t, p.status(200)(p.get("/v2/logout")), "You are signed out")
		},
		"aud of a client assertion is the tenant's URL with a slash at its end": func(t *testing.T, p *player) {
			asserted(t, "auth0", wellKnown, "https://tenant.auth0.com/", "https://tenant.auth0.com/oauth/token")
		},
		"each host name of a tenant is an issuer": func(t *testing.T, p *player) {
			if doc := p.hosted("tenant.eu.auth0.com", wellKnown); doc["issuer"] != "https://tenant.eu.auth0.com/" || doc["token_endpoint"] != "https://tenant.eu.auth0.com/oauth/token" {
				t.Error(doc)
			}
		},
		"the token and the revocation endpoint take JSON": func(t *testing.T, p *player) {
			sent := func(path string, members map[string]any) (*http.Response, string) {
				members["client_id"], members["client_secret"] = p.id, p.key
				body, _ := json.Marshal(members)
				r, err := http.NewRequest("POST", p.url(path), bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				return p.do(r)
			}
			code := p.authorize(authorize, offline).Get("code")
			tok := object(t, p.status(200)(sent(token, map[string]any{"grant_type": "authorization_code", "code": code, "redirect_uri": playerCallback})))
			p.status(200)(sent(token, map[string]any{"grant_type": "client_credentials", "audience": "https://api.example.test"}))
			p.status(200)(sent("/oauth/revoke", map[string]any{"token": tok["refresh_token"]}))
			shows(t, p.status(403)(sent(token, map[string]any{"grant_type": "refresh_token", "refresh_token": tok["refresh_token"]})), `"error":"invalid_grant"`)
		},
		"http://auth0.com/oauth/grant-type/password-realm is the password grant for a connection, which realm names": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Password: "pw"})
			ask := func(password string) (*http.Response, string) {
				return p.sendJSON("POST", "/oauth/token", map[string]any{
					"grant_type": "http://auth0.com/oauth/grant-type/password-realm", "realm": "Username-Password-Authentication", "username": "alice", "password": password,
					"scope": "openid profile", "client_id": p.id, "client_secret": p.key,
				})
			}
			shows(t, p.status(400)(ask("pw")), `"error":"unauthorized_client"`)
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback}, GrantTypes: append(protocol.UsualGrants(), protocol.PasswordGrant)})
			tok := object(t, p.status(200)(ask("pw")))
			if claims := claimsOf(t, tok["id_token"]); claims["nickname"] != "alice" {
				t.Error(claims)
			}
			shows(t, p.status(403)(ask("wrong")), `"error":"invalid_grant"`, "Wrong email or password.")
		},
		"the JWKs have x5c and x5t of a certificate of the tenant": func(t *testing.T, p *player) {
			p.certified("/.well-known/jwks.json", "op.authdrill.test", "x5c", "x5t")
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
		"aud of a client assertion is the URL of the endpoint that is asked": func(t *testing.T, p *player) {
			asserted(t, "okta", "/oauth2/default"+wellKnown, "https://org.okta.com/oauth2/default/v1/token", "https://org.okta.com/oauth2/default")
		},
		"an unknown client is refused in the shape of the API, with errorCode and errorSummary, a wrong secret in that of OAuth": func(t *testing.T, p *player) {
			form := func(id, secret string) url.Values {
				return url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
			}
			e := object(t, p.status(400)(p.post(token, form("nobody", "secret"))))
			if e["errorCode"] != "invalid_client" || e["errorSummary"] != "Invalid value for 'client_id' parameter." || !strings.HasPrefix(text(e["errorId"]), "oae") || e["error"] != nil {
				t.Error(e)
			}
			shows(t, p.status(401)(p.post(token, form(p.id, "wrong"))), `"error":"invalid_client"`, "The client secret supplied for a confidential client is invalid.")
		},
		"a custom authorization server has its metadata of RFC 8414 at /oauth2/ID/.well-known/oauth-authorization-server and at /.well-known/oauth-authorization-server/oauth2/ID": func(t *testing.T, p *player) {
			for _, server := range []string{"default", "aus1"} {
				want := object(t, p.status(200)(p.get("/oauth2/"+server+wellKnown)))
				for _, path := range []string{"/oauth2/" + server + "/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/oauth2/" + server} {
					if doc := object(t, p.status(200)(p.get(path))); !reflect.DeepEqual(doc, want) {
						t.Errorf("%s: %v, want %v", path, doc, want)
					}
				}
			}
		},
		"access, refresh and ID tokens can be introspected": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, url.Values{"scope": {"openid profile offline_access"}})
			at := func(server, token, hint string) map[string]any {
				return object(t, p.status(200)(p.basic("/oauth2/"+server+"/v1/introspect", url.Values{"token": {token}, "token_type_hint": {hint}})))
			}
			for _, kind := range []string{"access_token", "refresh_token", "id_token"} {
				if got := at("default", text(tok[kind]), kind); got["active"] != true || got["client_id"] != p.id {
					t.Error(kind, got)
				}
			}
			id := text(tok["id_token"])
			if got := at("default", id, ""); got["active"] != true || got["aud"] != p.id || got["sub"] != claimsOf(t, id)["sub"] || got["username"] != "alice" {
				t.Error(got)
			}
			p.status(200)(p.basic("/oauth2/default/v1/revoke", url.Values{"token": {text(tok["access_token"])}}))
			for name, got := range map[string]map[string]any{
				"of another server": at("aus1", id, "id_token"), "forged": at("default", id[:len(id)-8]+"AAAAAAAA", "id_token"), "a revoked access token": at("default", text(tok["access_token"]), "id_token"),
			} {
				if got["active"] != false || len(got) != 1 {
					t.Error(name, got)
				}
			}
			p.op.Clock().Advance(2 * time.Hour)
			if got := at("default", id, "id_token"); got["active"] != false {
				t.Error(got)
			}
		},
		"/.well-known/okta-organization has id, pipeline and settings of the organization": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/.well-known/okta-organization")), `"id":"00o`, `"pipeline":"idx"`, `"settings":{`)
		},
		"an ID token has the groups of the user with the scope groups": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Groups: []string{"staff"}})
			for scope, want := range map[string]any{"openid groups": []any{"staff"}, "openid profile": nil} {
				if got := claimsOf(t, p.signIn(authorize, token, url.Values{"scope": {scope}})["id_token"])["groups"]; !reflect.DeepEqual(got, want) {
					t.Error(scope, got)
				}
			}
		},
		"each host name of an organization is an issuer": func(t *testing.T, p *player) {
			if doc := p.hosted("org.oktapreview.com", "/oauth2/aus1"+wellKnown); doc["issuer"] != "https://org.oktapreview.com/oauth2/aus1" {
				t.Error(doc)
			}
		},
		"a client without a secret revokes its tokens with HTTP Basic that has its identifier only, without a colon": func(t *testing.T, p *player) {
			if err := p.op.SetClient(store.Client{ID: "spa", AuthMethod: "none", RedirectURIs: []string{playerCallback}}); err != nil {
				t.Fatal(err)
			}
			p.id = "spa"
			code := p.authorize(authorize, challenge(all)).Get("code")
			form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}, "client_id": {"spa"}, "code_verifier": {verifier}}
			tok := object(t, p.status(200)(p.post(token, form)))
			revoke := func(credentials string) (*http.Response, string) {
				return p.post("/oauth2/default/v1/revoke", url.Values{"token": {text(tok["access_token"])}}, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
			}
			p.status(401)(revoke("spa:guessed"))
			p.status(400)(revoke("nobody"))
			p.status(401)(revoke("app")) // it has a secret
			p.status(200)(p.get("/oauth2/default/v1/userinfo", bearer(tok)...))
			p.status(200)(revoke("spa"))
			p.status(401)(p.get("/oauth2/default/v1/userinfo", bearer(tok)...))
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
