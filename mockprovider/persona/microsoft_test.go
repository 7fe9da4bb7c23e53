package persona_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const (
	personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
	contosoTenant  = "72f988bf-86f1-41af-91ab-2d7cd011db47"
)

func TestPersonaMicrosoft(t *testing.T) {
	const common = "/common/oauth2/v2.0/"
	some := url.Values{"scope": {"openid profile"}}
	all := url.Values{"scope": {"openid profile email offline_access"}}
	redeem := func(p *player, params url.Values) map[string]any {
		return p.signIn(common+"authorize", common+"token", params)
	}
	refresh := func(p *player, token any, more url.Values) (*http.Response, string) {
		return p.refresh(common+"token", map[string]any{"refresh_token": token}, more)
	}
	prove(t, "microsoft", both(entra(), map[string]func(t *testing.T, p *player){
		"a sign-out that names no client goes to post_logout_redirect_uri where any client has registered it": func(t *testing.T, p *player) {
			if err := p.op.SetClient(store.Client{ID: "spa", AuthMethod: "none", RedirectURIs: []string{playerCallback}, PostLogoutRedirectURIs: []string{"https://app.example.test/bye"}}); err != nil {
				t.Fatal(err)
			}
			logout := func(uri string) (*http.Response, string) {
				return p.get("/common/oauth2/v2.0/logout?" + url.Values{"post_logout_redirect_uri": {uri}, "state": {"s"}}.Encode())
			}
			resp, _ := logout("https://app.example.test/bye")
			if got := resp.Header.Get("Location"); got != "https://app.example.test/bye?state=s" {
				t.Errorf("%d %s", resp.StatusCode, got)
			}
			p.status(http.StatusBadRequest)(logout("https://elsewhere.example.test/"))
		},
		"a tenant, common, organizations or consumers is the first segment of each path": func(t *testing.T, p *player) {
			for _, tenant := range []string{"common", "organizations", "consumers", "contoso.test"} {
				at := "/" + tenant + "/oauth2/v2.0/"
				p.status(200)(p.redeem(at+"token", p.authorize(at+"authorize", some).Get("code")))
				p.status(200)(p.get("/" + tenant + "/discovery/v2.0/keys"))
			}
		},
		"the endpoints are at the paths of version 2.0, and userinfo is at Microsoft Graph": func(t *testing.T, p *player) {
			body := p.status(200)(p.get("/organizations/v2.0/.well-known/openid-configuration"))
			for _, path := range []string{"oauth2/v2.0/authorize", "oauth2/v2.0/token", "oauth2/v2.0/devicecode", "oauth2/v2.0/logout", "discovery/v2.0/keys"} {
				shows(t, body, p.url("/organizations/"+path))
			}
			shows(t, body, p.url("/oidc/userinfo"))
		},
		"scope of the answer leaves offline_access out": func(t *testing.T, p *player) {
			if tok := redeem(p, all); tok["scope"] != "openid profile email" || tok["refresh_token"] == nil {
				t.Error(tok)
			}
		},
		"there is no metadata at the path of RFC 8414": func(t *testing.T, p *player) {
			p.status(404)(p.get("/.well-known/oauth-authorization-server"))
		},
		"the issuer in the metadata of common and organizations is a template, and that of tokens has the real tenant": func(t *testing.T, p *player) {
			for tenant, want := range map[string]string{"common": "{tenantid}", "organizations": "{tenantid}", contosoTenant: contosoTenant} {
				doc := object(t, p.status(200)(p.get("/"+tenant+"/v2.0/.well-known/openid-configuration")))
				if doc["issuer"] != p.url("/"+want+"/v2.0") {
					t.Errorf("%s: %v", tenant, doc["issuer"])
				}
			}
			if claims := claimsOf(t, redeem(p, some)["id_token"]); claims["iss"] != p.url("/"+personalTenant+"/v2.0") {
				t.Error(claims)
			}
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"tid": contosoTenant}})
			if claims := claimsOf(t, redeem(p, some)["id_token"]); claims["iss"] != p.url("/"+contosoTenant+"/v2.0") || claims["tid"] != contosoTenant {
				t.Error(claims)
			}
		},
		"the tenant of personal accounts is " + personalTenant: func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/consumers/v2.0/.well-known/openid-configuration")))
			tok := object(t, p.status(200)(p.redeem("/consumers/oauth2/v2.0/token", p.authorize("/consumers/oauth2/v2.0/authorize", some).Get("code"))))
			if claims := claimsOf(t, tok["id_token"]); claims["tid"] != personalTenant || claims["iss"] != doc["issuer"] {
				t.Errorf("%v, and the metadata %v", claims, doc["issuer"])
			}
		},
		"clients authenticate by client_secret_post, private_key_jwt or client_secret_basic": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/common/v2.0/.well-known/openid-configuration")))
			shows(t, text(doc["token_endpoint_auth_methods_supported"]), "client_secret_post", "private_key_jwt", "client_secret_basic")
			code := p.authorize(common+"authorize", some).Get("code")
			r, _ := http.NewRequest("POST", p.url(common+"token"), strings.NewReader(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(p.id, p.key)
			p.status(200)(p.do(r))
		},
		"a client secret is URL-encoded, in the form and in Basic": func(t *testing.T, p *player) {
			const secret = "a~secret+of/50%"
			p.op.SetClient(store.Client{ID: p.id, Secret: secret, RedirectURIs: []string{playerCallback}})
			code := func() url.Values {
				return url.Values{"grant_type": {"authorization_code"}, "code": {p.authorize(common+"authorize", some).Get("code")}, "redirect_uri": {playerCallback}}
			}
			p.key = secret
			p.status(200)(p.redeem(common+"token", code().Get("code")))
			p.status(401)(p.basic(common+"token", code()))
			p.key = url.QueryEscape(secret)
			p.status(200)(p.basic(common+"token", code()))
		},
		"response_mode is query, fragment or form_post; prompt, login_hint and domain_hint are parameters": func(t *testing.T, p *player) {
			if got := p.fragment(common+"authorize", url.Values{"scope": {"openid"}, "response_mode": {"fragment"}}); got.Get("code") == "" {
				t.Error(got)
			}
			page := func(params url.Values) string {
				return p.status(200)(p.get(common + "authorize?" + p.request(params).Encode()))
			}
			shows(t, page(url.Values{"scope": {"openid"}, "response_mode": {"form_post"}}), `name="code"`, playerCallback)
			bob := url.Values{"scope": {"openid profile email"}, "response_mode": {"query"}, "prompt": {"consent"}, "login_hint": {"bob"}, "domain_hint": {"contoso.test"}}
			if claims := claimsOf(t, redeem(p, bob)["id_token"]); claims["email"] != "bob@example.com" {
				t.Error(claims)
			}
			p.op.Set(persona.Persona{SignIn: "interactive"})
			if got := p.authorize(common+"authorize", url.Values{"scope": {"openid"}, "prompt": {"create"}}); got.Get("code") == "" {
				t.Error(got)
			}
			for _, prompt := range []string{"login", "select_account"} {
				shows(t, page(url.Values{"scope": {"openid"}, "prompt": {prompt}}), `name="login"`)
			}
			if got := p.authorize(common+"authorize", url.Values{"scope": {"openid User.Read"}, "prompt": {"none"}}); got.Get("error") != "consent_required" {
				t.Error(got)
			}
		},
		"a request may leave redirect_uri out, and is answered at any that is registered": func(t *testing.T, p *player) {
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback, playerCallback + "/other"}})
			met := map[string]bool{}
			for range 20 {
				to := p.location(common+"authorize", url.Values{"scope": {"openid"}, "redirect_uri": nil})
				met[to.Path] = to.Query().Get("code") != ""
			}
			if !met["/callback"] || !met["/callback/other"] {
				t.Error(met)
			}
		},
		"a code_challenge without a method is plain": func(t *testing.T, p *player) {
			verifier := strings.Repeat("v", 43)
			with := url.Values{"scope": {"openid"}, "code_challenge": {verifier}}
			form := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {playerCallback}, "client_id": {p.id}, "client_secret": {p.key}}
			form.Set("code", p.authorize(common+"authorize", with).Get("code"))
			p.status(400)(p.post(common+"token", form))
			form.Set("code", p.authorize(common+"authorize", with).Get("code"))
			form.Set("code_verifier", verifier)
			p.status(200)(p.post(common+"token", form))
		},
		"a refresh token comes with offline_access alone, an ID token with openid alone": func(t *testing.T, p *player) {
			if tok := redeem(p, some); tok["refresh_token"] != nil || tok["id_token"] == nil {
				t.Error(tok)
			}
			if tok := redeem(p, url.Values{"scope": {"profile offline_access"}}); tok["refresh_token"] == nil || tok["id_token"] != nil {
				t.Error(tok)
			}
		},
		"expires_in is 3599, and the access token is a JWT": func(t *testing.T, p *player) {
			tok := redeem(p, some)
			claimsOf(t, tok["access_token"])
			if tok["expires_in"] != 3599.0 || tok["token_type"] != "Bearer" {
				t.Error(tok)
			}
		},
		"scope may be sent with a token request and a refresh": func(t *testing.T, p *player) {
			form := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {playerCallback}, "client_id": {p.id}, "client_secret": {p.key}, "scope": {"openid profile"}}
			form.Set("code", p.authorize(common+"authorize", all).Get("code"))
			tok := object(t, p.status(200)(p.post(common+"token", form)))
			p.status(200)(refresh(p, tok["refresh_token"], url.Values{"scope": {"openid"}}))
		},
		"sub of an ID token is another for each client, and oid the same in the tenant": func(t *testing.T, p *player) {
			first := claimsOf(t, redeem(p, some)["id_token"])
			p.op.SetClient(store.Client{ID: "other", Secret: p.key, RedirectURIs: []string{playerCallback}})
			p.id = "other"
			second := claimsOf(t, redeem(p, some)["id_token"])
			if first["sub"] == second["sub"] || first["oid"] != second["oid"] || first["oid"] == nil {
				t.Errorf("%v, then %v", first, second)
			}
		},
		"an ID token has kid in its header, and groups and roles of the user, or _claim_names where the groups are too many": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"groups": []string{"a-group"}, "roles": []string{"a-role"}}})
			tok := redeem(p, some)
			head, _ := base64.RawURLEncoding.DecodeString(strings.Split(text(tok["id_token"]), ".")[0])
			shows(t, string(head), `"kid":"`, `"alg":"RS256"`)
			if claims := claimsOf(t, tok["id_token"]); text(claims["groups"]) != "[a-group]" || text(claims["roles"]) != "[a-role]" {
				t.Error(claims)
			}
			p.arms("microsoft/groups-overage")
			if claims := claimsOf(t, redeem(p, some)["id_token"]); claims["groups"] != nil || text(claims["_claim_names"]) != `{"groups":"src1"}` || claims["_claim_sources"] == nil {
				t.Error(claims)
			}
		},
		"an ID token has tid, oid, preferred_username, rh, uti, aio and ver 2.0, and neither email_verified nor amr": func(t *testing.T, p *player) {
			claims := claimsOf(t, redeem(p, all)["id_token"])
			for _, name := range []string{"tid", "oid", "preferred_username", "rh", "uti", "aio", "nbf", "name"} {
				if claims[name] == nil {
					t.Errorf("no %s in %v", name, claims)
				}
			}
			if claims["ver"] != "2.0" || claims["email_verified"] != nil || claims["amr"] != nil {
				t.Error(claims)
			}
		},
		"email is in an ID token with the scope email alone": func(t *testing.T, p *player) {
			if claims := claimsOf(t, redeem(p, some)["id_token"]); claims["email"] != nil {
				t.Error(claims)
			}
			if claims := claimsOf(t, redeem(p, all)["id_token"]); claims["email"] != "alice@example.com" {
				t.Error(claims)
			}
		},
		"an ID token of the token endpoint has no at_hash, and one of the authorization endpoint has it": func(t *testing.T, p *player) {
			if claims := claimsOf(t, redeem(p, some)["id_token"]); claims["at_hash"] != nil {
				t.Error(claims)
			}
			front := p.fragment(common+"authorize", url.Values{"response_type": {"id_token token"}, "scope": {"openid"}, "nonce": {"a-random-nonce"}})
			if claims := claimsOf(t, front.Get("id_token")); claims["at_hash"] == nil || claims["iss"] != p.url("/"+personalTenant+"/v2.0") {
				t.Error(claims)
			}
		},
		"the profile at Microsoft Graph has id, displayName, userPrincipalName and mail, which may be null": func(t *testing.T, p *player) {
			tok := redeem(p, some)
			me := object(t, p.status(200)(p.get("/v1.0/me", bearer(tok)...)))
			mail, there := me["mail"]
			if me["id"] != claimsOf(t, tok["id_token"])["oid"] || me["displayName"] != "Alice Example" || me["userPrincipalName"] == nil || !there || mail != nil {
				t.Error(me)
			}
		},
		"Microsoft Graph refuses a bad token with 401 and the code InvalidAuthenticationToken": func(t *testing.T, p *player) {
			shows(t, p.status(401)(p.get("/v1.0/me", "Authorization", "Bearer nonsense")), `"code":"InvalidAuthenticationToken"`, `"message"`)
		},
		"an error has error_codes, timestamp, trace_id, correlation_id and error_uri, and a description that begins with AADSTS and the number": func(t *testing.T, p *player) {
			e := object(t, p.status(400)(p.redeem(common+"token", "nonsense")))
			if text(e["error_codes"]) != "[70000]" || !regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$`).MatchString(text(e["timestamp"])) || e["error_uri"] != "https://login.microsoftonline.com/error?code=70000" {
				t.Error(e)
			}
			shows(t, text(e["error_description"]), "AADSTS70000: ", "\r\nTrace ID: "+text(e["trace_id"]), "\r\nCorrelation ID: "+text(e["correlation_id"]), "\r\nTimestamp: "+text(e["timestamp"]))
		},
		"a code that was redeemed is AADSTS54005, one that has expired 70008": func(t *testing.T, p *player) {
			code := p.authorize(common+"authorize", some).Get("code")
			p.status(200)(p.redeem(common+"token", code))
			shows(t, p.status(400)(p.redeem(common+"token", code)), "AADSTS54005", `"error":"invalid_grant"`)
			code = p.authorize(common+"authorize", some).Get("code")
			p.op.Clock().Advance(11 * time.Minute)
			shows(t, p.status(400)(p.redeem(common+"token", code)), "AADSTS70008", `"error":"invalid_grant"`)
		},
		"a refresh token that is not known is AADSTS70000": func(t *testing.T, p *player) {
			shows(t, p.status(400)(refresh(p, "nonsense", nil)), "AADSTS70000: ", `"error":"invalid_grant"`)
		},
		"an app that is not in the tenant is unauthorized_client": func(t *testing.T, p *player) {
			code := p.authorize(common+"authorize", some).Get("code")
			p.arms("microsoft/app-not-in-tenant")
			shows(t, p.status(400)(p.redeem(common+"token", code)), "AADSTS700011: ", `"error":"unauthorized_client"`)
			p.id = "another"
			shows(t, p.status(400)(p.redeem(common+"token", code)), `"error":"unauthorized_client"`)
		},
		"a redirect URI that is not registered is shown on a page, AADSTS50011": func(t *testing.T, p *player) {
			resp, body := p.get(common + "authorize?response_type=code&client_id=app&redirect_uri=" + url.QueryEscape("https://elsewhere.example.test/") + "&scope=openid")
			if resp.Header.Get("Location") != "" {
				t.Error(resp.Header)
			}
			shows(t, body, "AADSTS50011")
		},
		"a user who declines sends access_denied and AADSTS65004 back": func(t *testing.T, p *player) {
			got := p.deny(common+"authorize", some)
			if got.Get("error") != "access_denied" {
				t.Error(got)
			}
			shows(t, got.Get("error_description"), "AADSTS65004")
		},
		"a missing field is AADSTS900144": func(t *testing.T, p *player) {
			shows(t, p.status(400)(p.post(common+"token", url.Values{"client_id": {p.id}, "client_secret": {p.key}})), "AADSTS900144", `"error":"invalid_request"`)
		},
		"a device code that is not known is bad_verification_code, 70018, one that waits 70016, one that has expired expired_token, 70019": func(t *testing.T, p *player) {
			poll := func(code any) string {
				return p.status(400)(p.post(common+"token", url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(code)}, "client_id": {p.id}}))
			}
			shows(t, poll("nonsense"), `"error":"bad_verification_code"`, "70018")
			device := object(t, p.status(200)(p.post(common+"devicecode", url.Values{"client_id": {p.id}, "scope": {"openid"}})))
			shows(t, poll(device["device_code"]), `"error":"authorization_pending"`, "70016")
			p.op.Clock().Advance(901 * time.Second)
			shows(t, poll(device["device_code"]), `"error":"expired_token"`, "70019")
			shows(t, text(device["message"]), text(device["user_code"]), text(device["verification_uri"]))
		},
		"there is neither revocation (RFC 7009) nor introspection (RFC 7662)": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/common/v2.0/.well-known/openid-configuration")))
			if doc["revocation_endpoint"] != nil || doc["introspection_endpoint"] != nil {
				t.Error(doc)
			}
		},
	}))
}
