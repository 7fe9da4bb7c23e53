package persona_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const graphAudience = "00000003-0000-0000-c000-000000000000"

// at is a path of a tenant.
func at(tenant, endpoint string) string { return "/" + tenant + "/oauth2/v2.0/" + endpoint }

// accessClaims are those of the access token that a sign-in at a tenant gives.
func accessClaims(t *testing.T, p *player, tenant, scope string) map[string]any {
	t.Helper()
	return claimsOf(t, p.signIn(at(tenant, "authorize"), at(tenant, "token"), url.Values{"scope": {scope}})["access_token"])
}

// ofApp are the claims of a token that the app has for itself.
func ofApp(t *testing.T, p *player, tenant, scope string) (tok, claims map[string]any) {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}, "client_id": {p.id}, "client_secret": {p.key}, "client_info": {"1"}}
	tok = object(t, p.status(200)(p.post(at(tenant, "token"), form)))
	return tok, claimsOf(t, tok["access_token"])
}

// decoded reads JSON in base64url.
func decoded(t *testing.T, text any) map[string]any {
	t.Helper()
	s, _ := text.(string)
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatalf("%v: %v", text, err)
	}
	return object(t, string(raw))
}

// entra has assertions about what Microsoft's own libraries ask, and about access
// tokens.
func entra() map[string]func(t *testing.T, p *player) {
	return map[string]func(t *testing.T, p *player){
		"aud of an access token of version 2.0 is the client ID of the API, iss the tenant's": func(t *testing.T, p *player) {
			const api = "11112222-bbbb-3333-cccc-4444dddd5555"
			for scope, aud := range map[string]string{"api://" + api + "/read": api, api + "/read": api, "api://orders/read": "api://orders", "https://orders.example/read openid": "https://orders.example"} {
				claims := accessClaims(t, p, "contoso.test", scope)
				if claims["aud"] != aud || claims["iss"] != p.url("/"+text(claims["tid"])+"/v2.0") || claims["ver"] != "2.0" {
					t.Errorf("%s: %v", scope, claims)
				}
			}
			m, err := p.op.Mint(mockprovider.MintRequest{ClientID: p.id, User: "alice", Audience: []string{"api://orders"}})
			if err != nil {
				t.Fatal(err)
			}
			if claims := claimsOf(t, m.AccessToken); claims["aud"] != "api://orders" || claims["iss"] != p.url("/"+personalTenant+"/v2.0") {
				t.Error(claims)
			}
		},
		"an access token has azp of version 2.0 and appid of version 1.0, scp with the scopes of a user and roles, and neither scope nor client_id": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"roles": []string{"Reader"}, "tid": contosoTenant}})
			own, graph := accessClaims(t, p, "common", "openid api://orders/read offline_access"), accessClaims(t, p, "common", "openid User.Read")
			if own["azp"] != p.id || own["azpacr"] != "1" || own["appid"] != nil || own["scp"] != "openid read" || text(own["roles"]) != "[Reader]" {
				t.Error(own)
			}
			if graph["appid"] != p.id || graph["appidacr"] != "1" || graph["azp"] != nil || graph["scp"] != "openid User.Read" {
				t.Error(graph)
			}
			for _, claims := range []map[string]any{own, graph} {
				if claims["scope"] != nil || claims["client_id"] != nil || claims["tid"] != contosoTenant {
					t.Error(claims)
				}
			}
		},
		"an access token with scopes of Microsoft Graph is of version 1.0, with the issuer at sts.windows.net": func(t *testing.T, p *player) {
			for _, scope := range []string{"openid profile User.Read", "User.Read", "Files.ReadWrite.All", "https://graph.microsoft.com/User.Read"} {
				claims := accessClaims(t, p, "common", scope)
				if claims["aud"] != graphAudience || claims["ver"] != "1.0" || claims["iss"] != p.url("/"+personalTenant+"/") {
					t.Errorf("%s: %v", scope, claims)
				}
			}
			real := play(t, "microsoft", mockprovider.WithProvider(persona.Persona{Identity: "real"}))
			tok := real.signIn(at("contoso.test", "authorize"), at("contoso.test", "token"), url.Values{"scope": {"openid profile User.Read"}})
			access, id := claimsOf(t, tok["access_token"]), claimsOf(t, tok["id_token"])
			if access["iss"] != "https://sts.windows.net/"+text(id["tid"])+"/" || id["iss"] != "https://login.microsoftonline.com/"+text(id["tid"])+"/v2.0" {
				t.Errorf("%v and %v", access, id)
			}
			for _, path := range []string{"/v1.0/me", "/oidc/userinfo"} {
				real.status(200)(real.get(path, bearer(tok)...))
			}
		},
		"oid and sub of a token that an app has for itself are those of the app, and scp is missing": func(t *testing.T, p *player) {
			tok, claims := ofApp(t, p, contosoTenant, "api://orders/.default")
			if claims["oid"] == nil || claims["oid"] != claims["sub"] || claims["scp"] != nil || claims["aud"] != "api://orders" || claims["iss"] != p.url("/"+contosoTenant+"/v2.0") || claims["tid"] != contosoTenant {
				t.Error(claims)
			}
			if tok["scope"] != nil || tok["client_info"] != nil || tok["refresh_token"] != nil || tok["id_token"] != nil {
				t.Error(tok)
			}
			if _, graph := ofApp(t, p, contosoTenant, "https://graph.microsoft.com/.default"); graph["aud"] != "https://graph.microsoft.com" || graph["ver"] != "1.0" || graph["appid"] != p.id {
				t.Error(graph)
			}
		},
		"a tenant may be named by its domain, and the metadata and tokens have its GUID": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/contoso.test/v2.0/.well-known/openid-configuration")))
			issuer, _ := doc["issuer"].(string)
			tenant := strings.TrimSuffix(strings.TrimPrefix(issuer, p.url("/")), "/v2.0")
			if len(tenant) != 36 || doc["token_endpoint"] != p.url(at(tenant, "token")) {
				t.Error(doc)
			}
			for _, named := range []string{"contoso.test", tenant} {
				tok := p.signIn(at(named, "authorize"), at(tenant, "token"), url.Values{"scope": {"openid profile"}})
				if claims := claimsOf(t, tok["id_token"]); claims["iss"] != issuer || claims["tid"] != tenant {
					t.Errorf("%s: %v, want %s", named, claims, issuer)
				}
			}
			undotted := object(t, p.status(200)(p.get("/contoso/v2.0/.well-known/openid-configuration")))
			if named, _ := undotted["issuer"].(string); len(named) != len(issuer) || named == issuer {
				t.Error(named)
			}
			if other := object(t, p.status(200)(p.get("/fabrikam.test/v2.0/.well-known/openid-configuration"))); other["issuer"] == issuer {
				t.Error(other)
			}
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"tid": "contoso.test"}})
			if claims := accessClaims(t, p, "common", "openid"); claims["tid"] != tenant {
				t.Error(claims)
			}
		},
		"each refresh gives a new refresh token, and the used one is not revoked": func(t *testing.T, p *player) {
			tok := p.signIn(at("common", "authorize"), at("common", "token"), url.Values{"scope": {"openid offline_access"}})
			p.refreshesTwice(at("common", "token"), tok)
		},
		"the JWKs have x5c and x5t of a certificate": func(t *testing.T, p *player) {
			p.certified("/common/discovery/v2.0/keys", "accounts.accesscontrol.windows.net", "x5c", "x5t")
		},
		"the name of a tenant counts in small and capital letters alike": func(t *testing.T, p *player) {
			for small, capital := range map[string]string{"common": "Common", "organizations": "ORGANIZATIONS", "consumers": "Consumers", "contoso.test": "Contoso.Test", contosoTenant: strings.ToUpper(contosoTenant)} {
				want, got := object(t, p.status(200)(p.get("/"+small+"/v2.0/.well-known/openid-configuration"))), object(t, p.status(200)(p.get("/"+capital+"/v2.0/.well-known/openid-configuration")))
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %v, want %v", capital, got, want)
				}
				tok := p.signIn(at(capital, "authorize"), at(small, "token"), url.Values{"scope": {"openid"}})
				again := p.signIn(at(small, "authorize"), at(small, "token"), url.Values{"scope": {"openid"}})
				if a, b := claimsOf(t, tok["id_token"]), claimsOf(t, again["id_token"]); a["iss"] != b["iss"] || a["tid"] != b["tid"] {
					t.Errorf("%s: %v and %v", capital, a, b)
				}
			}
		},
		"id_token_hint names its user by the sub of the client it was issued to": func(t *testing.T, p *player) {
			tok := p.signIn(at("common", "authorize"), at("common", "token"), url.Values{"scope": {"openid"}})
			p.op.Set(persona.Persona{SignIn: "interactive", Consent: "skip"}) // the browser stays signed in
			silent := func(hint any) url.Values {
				return p.authorize(at("common", "authorize"), url.Values{"scope": {"openid"}, "prompt": {"none"}, "id_token_hint": {text(hint)}})
			}
			if got := silent(tok["id_token"]); got.Get("code") == "" {
				t.Error(got)
			}
			other, err := p.op.Mint(mockprovider.MintRequest{ClientID: p.id, User: "bob", Scopes: []string{"openid"}})
			if err != nil {
				t.Fatal(err)
			}
			if got := silent(other.IDToken); got.Get("error") != "login_required" {
				t.Error(got)
			}
			uri := url.QueryEscape(playerCallback)
			if resp, body := p.get(at("common", "logout") + "?post_logout_redirect_uri=" + uri + "&id_token_hint=" + text(tok["id_token"])); resp.Header.Get("Location") != playerCallback {
				t.Error(resp.Status, body)
			}
			if got := silent(tok["id_token"]); got.Get("error") != "login_required" {
				t.Error("signed out, and still signed in", got)
			}
		},
		"the keys are at /discovery/keys of a tenant too, as they were for version 1.0": func(t *testing.T, p *player) {
			if body := p.status(200)(p.get("/common/discovery/keys")); body != p.status(200)(p.get("/common/discovery/v2.0/keys")) {
				t.Error(body)
			}
			if doc := object(t, p.status(200)(p.get("/common/v2.0/.well-known/openid-configuration"))); doc["jwks_uri"] != p.url("/common/discovery/v2.0/keys") {
				t.Error(doc)
			}
		},
		"/me/memberOf of Microsoft Graph lists the groups of the user, which an ID token may leave out": func(t *testing.T, p *player) {
			tok := p.signIn(at("common", "authorize"), at("common", "token"), url.Values{"scope": {"openid User.Read"}})
			shows(t, p.status(200)(p.get("/v1.0/me/memberOf", bearer(tok)...)), `"value":[]`)
			p.op.SetUser(store.User{Login: "alice", Groups: []string{"staff"}})
			shows(t, p.status(200)(p.get("/v1.0/me/memberOf", bearer(tok)...)), `"id":"staff"`, `"@odata.type":"#microsoft.graph.group"`)
			p.status(401)(p.get("/v1.0/me/memberOf"))
		},
		"where no scope names an API the access token is for the client, of version 2.0": func(t *testing.T, p *player) {
			for _, tenant := range []string{"common", "organizations", "consumers"} {
				claims := accessClaims(t, p, tenant, "openid profile email")
				if claims["aud"] != p.id || claims["ver"] != "2.0" || claims["tid"] != personalTenant || claims["iss"] != p.url("/"+personalTenant+"/v2.0") {
					t.Errorf("%s: %v", tenant, claims)
				}
			}
		},
		"/common/discovery/instance has the names of each cloud, and where the metadata of a tenant are": func(t *testing.T, p *player) {
			body := p.status(200)(p.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + url.QueryEscape("https://login.microsoftonline.com/contoso.test/oauth2/v2.0/authorize")))
			doc := object(t, body)
			if doc["tenant_discovery_endpoint"] != "https://login.microsoftonline.com/contoso.test/v2.0/.well-known/openid-configuration" || doc["api-version"] != "1.1" {
				t.Error(doc)
			}
			shows(t, body, `"preferred_network":"login.microsoftonline.com"`, `"preferred_cache":"login.windows.net"`, `"sts.windows.net"`)
			if doc := object(t, p.status(200)(p.get("/common/discovery/instance"))); doc["tenant_discovery_endpoint"] != p.url("/common/v2.0/.well-known/openid-configuration") {
				t.Error(doc)
			}
		},
		"a request with client_info=1 is answered client_info, which has uid and utid in JSON in base64url": func(t *testing.T, p *player) {
			with := url.Values{"scope": {"openid profile offline_access"}, "client_info": {"1"}}
			got := p.authorize(at("common", "authorize"), with)
			form := url.Values{"grant_type": {"authorization_code"}, "code": {got.Get("code")}, "redirect_uri": {playerCallback}, "client_id": {p.id}, "client_secret": {p.key}, "client_info": {"1"}}
			tok := object(t, p.status(200)(p.post(at("common", "token"), form)))
			id := claimsOf(t, tok["id_token"])
			again := object(t, p.status(200)(p.refresh(at("common", "token"), tok, url.Values{"client_info": {"1"}})))
			for _, info := range []any{got.Get("client_info"), tok["client_info"], again["client_info"]} {
				if members := decoded(t, info); members["uid"] != id["oid"] || members["utid"] != id["tid"] {
					t.Errorf("%v, and the ID token %v", members, id)
				}
			}
			without := p.authorize(at("common", "authorize"), url.Values{"scope": {"openid"}})
			if tok := object(t, p.status(200)(p.redeem(at("common", "token"), without.Get("code")))); without.Has("client_info") || tok["client_info"] != nil {
				t.Error(without, tok)
			}
		},
		"the device grant is called device_code too": func(t *testing.T, p *player) {
			for _, name := range []string{"device_code", string(protocol.DeviceCodeGrant)} {
				device := object(t, p.status(200)(p.post(at("common", "devicecode"), url.Values{"client_id": {p.id}, "scope": {"openid"}})))
				form := url.Values{"grant_type": {name}, "device_code": {text(device["device_code"])}, "client_id": {p.id}, "client_info": {"1"}}
				shows(t, p.status(400)(p.post(at("common", "token"), form)), `"error":"authorization_pending"`, `"error_codes":[70016]`)
			}
		},
		"login.windows.net, login.microsoft.com and sts.windows.net are other names of the same issuer": func(t *testing.T, p *player) {
			for _, name := range []string{"login.windows.net", "login.microsoft.com", "sts.windows.net", "login.microsoftonline.com"} {
				r, _ := http.NewRequest("GET", p.url("/"+contosoTenant+"/v2.0/.well-known/openid-configuration"), nil)
				r.Host = name
				if doc := object(t, p.status(200)(p.do(r))); doc["issuer"] != "https://login.microsoftonline.com/"+contosoTenant+"/v2.0" {
					t.Errorf("%s: %v", name, doc["issuer"])
				}
			}
		},
		"aud of a client assertion is the token endpoint or the issuer of the tenant": func(t *testing.T, p *player) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			jwks, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
			p.op.SetClient(store.Client{ID: p.id, JWKS: jwks, AuthMethod: protocol.PrivateKeyJWT, RedirectURIs: []string{playerCallback}})
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
			if err != nil {
				t.Fatal(err)
			}
			send := func(host, aud string) (*http.Response, string) {
				now := p.op.Clock().Now()
				assertion, err := jwt.Signed(signer).Claims(map[string]any{"iss": p.id, "sub": p.id, "aud": aud, "jti": host + aud, "exp": now.Unix() + 300, "nbf": now.Unix()}).Serialize()
				if err != nil {
					t.Fatal(err)
				}
				form := url.Values{"grant_type": {"client_credentials"}, "scope": {"api://orders/.default"}, "client_id": {p.id}, "client_assertion": {assertion}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}
				r, _ := http.NewRequest("POST", p.url(at(contosoTenant, "token")), strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if host != "" {
					r.Host = host
				}
				return p.do(r)
			}
			const real = "https://login.microsoftonline.com"
			for _, aud := range []string{p.url(at(contosoTenant, "token")), p.url("/" + contosoTenant + "/v2.0"), real + at(contosoTenant, "token"), real + "/" + contosoTenant + "/v2.0"} {
				p.status(200)(send("", aud))
			}
			p.status(200)(send("login.microsoftonline.com", real+at(contosoTenant, "token")))
			shows(t, p.status(401)(send("", "https://elsewhere.example/token")), "AADSTS")
			shows(t, p.status(401)(send("", p.url(at("fabrikam.test", "token")))), "AADSTS")
		},
		"who signs out with post_logout_redirect_uri only is sent to it where it is a redirect URI of an app": func(t *testing.T, p *player) {
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback, "http://localhost:5173"}, PostLogoutRedirectURIs: []string{"https://app.example.test/bye"}})
			for _, tenant := range []string{"common", contosoTenant} {
				for uri, taken := range map[string]bool{playerCallback: true, "http://localhost:5173": true, "https://app.example.test/bye": true, "https://elsewhere.example.test/": false} {
					p.authorize(at(tenant, "authorize"), url.Values{"scope": {"openid"}})
					resp, body := p.get(at(tenant, "logout") + "?" + url.Values{"post_logout_redirect_uri": {uri}}.Encode())
					if sent := resp.Header.Get("Location") == uri; sent != taken {
						t.Errorf("%s: %s %s", uri, resp.Status, body)
					}
				}
			}
		},
		"a refresh for a scope that the user has not consented to is AADSTS65001 with the suberror consent_required": func(t *testing.T, p *player) {
			sign := func(scope string) map[string]any {
				return p.signIn(at("common", "authorize"), at("common", "token"), url.Values{"scope": {scope}})
			}
			tok := sign("openid offline_access User.Read")
			more := url.Values{"scope": {"openid offline_access api://orders/read"}}
			e := object(t, p.status(400)(p.refresh(at("common", "token"), tok, more)))
			if e["error"] != "invalid_grant" || e["suberror"] != "consent_required" || text(e["error_codes"]) != "[65001]" {
				t.Error(e)
			}
			sign("openid api://orders/read")
			fresh := object(t, p.status(200)(p.refresh(at("common", "token"), tok, more)))
			if claims := claimsOf(t, fresh["access_token"]); claims["aud"] != "api://orders" || claims["scp"] != "openid read" {
				t.Error(claims)
			}
		},
	}
}
