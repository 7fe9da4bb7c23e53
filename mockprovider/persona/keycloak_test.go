package persona_test

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

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
		"email and profile are granted whatever is asked, as default client scopes": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", url.Values{"scope": {"openid"}})
			if claims := claimsOf(t, tok["id_token"]); tok["scope"] != "openid email profile" || claims["email"] != "alice@example.com" || claims["preferred_username"] != "alice" {
				t.Error(tok["scope"], claims)
			}
			p.op.SetUser(store.User{Login: "alice", Password: "pw"})
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback}, GrantTypes: append(protocol.UsualGrants(), protocol.PasswordGrant)})
			for grant, more := range map[string]url.Values{"client_credentials": {}, "password": {"username": {"alice"}, "password": {"pw"}}} {
				maps.Copy(more, url.Values{"grant_type": {grant}})
				own := object(t, p.status(200)(p.basic(oidc+"/token", more)))
				if claims := claimsOf(t, own["access_token"]); own["scope"] != "email profile" || claims["scope"] != "email profile" {
					t.Error(grant, own["scope"], claims)
				}
			}
			again := object(t, p.status(200)(p.refresh(oidc+"/token", tok, nil)))
			if again["scope"] != "openid email profile" {
				t.Error(again["scope"])
			}
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
		`keycloak-js loads 3p-cookies/step1.html and login-status-iframe.html of a realm, which post supported or unsupported, and answer "CLIENT_ID SID" with unchanged, changed or error`: func(t *testing.T, p *player) {
			for _, base := range []string{"", "/auth"} {
				shows(t, p.status(200)(p.get(base+oidc+"/3p-cookies/step1.html")), `data-next="`+p.url(base+oidc+`/3p-cookies/step2.html"`))
				shows(t, p.status(200)(p.get(base+oidc+"/3p-cookies/step2.html")), `"supported" : "unsupported"`)
				shows(t, p.status(200)(p.get(base+oidc+"/login-status-iframe.html")), `data-compares="sid"`, `"unchanged" : "changed"`)
				for origin, status := range map[string]int{"https://app.example.test": 204, "https://evil.example": 403, "null": 403, "": 403} {
					p.status(status)(p.get(base + oidc + "/login-status-iframe.html/init?client_id=app&origin=" + url.QueryEscape(origin)))
				}
				p.status(403)(p.get(base + oidc + "/login-status-iframe.html/init?client_id=unknown&origin=" + url.QueryEscape("https://app.example.test")))
			}
			shows(t, p.status(200)(p.get(realm+"/.well-known/openid-configuration")), `"check_session_iframe":"`+p.url(oidc+`/login-status-iframe.html"`))
			p.status(404)(p.get("/check_session"))
		},
		"a used refresh token goes on working, unless Revoke Refresh Token of the realm is on, which it is not by default": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			p.refreshesTwice(oidc+"/token", tok)
			p.op.Set(persona.Persona{RefreshToken: persona.RefreshToken{OnReuse: "reject"}})
			shows(t, p.status(400)(p.refresh(oidc+"/token", tok, nil)), `"error":"invalid_grant"`, "Maximum allowed refresh token reuse exceeded")
		},
		"the JWKs of RSA keys have x5c of a certificate": func(t *testing.T, p *player) {
			p.certified(oidc+"/certs", "staff", "x5c", "x5t", "x5t#S256")
			if _, err := p.op.Fault(fault.Fault{On: protocol.KeySet, Tamper: &fault.Tamper{Set: map[string]any{"extra": true}}}); err != nil {
				t.Fatal(err)
			}
			shows(t, p.status(200)(p.get(oidc+"/certs")), `"extra":true`, `"x5c":[`)
		},
		"the name of a realm is escaped in its URLs and its issuer": func(t *testing.T, p *player) {
			const spaced = "/realms/my%20realm"
			const oidc = spaced + "/protocol/openid-connect"
			doc := object(t, p.status(200)(p.get(spaced+"/.well-known/openid-configuration")))
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			id, access := claimsOf(t, tok["id_token"]), claimsOf(t, tok["access_token"])
			if want := p.url(spaced); doc["issuer"] != want || doc["token_endpoint"] != p.url(oidc+"/token") || id["iss"] != want || access["iss"] != want {
				t.Error(doc["issuer"], doc["token_endpoint"], id["iss"], access["iss"])
			}
			if roles := text(access["realm_access"]); !strings.Contains(roles, "default-roles-my realm") {
				t.Error(roles)
			}
			p.status(200)(p.get(oidc+"/userinfo", bearer(tok)...))
			p.status(200)(p.refresh(oidc+"/token", tok, nil))
			p.status(401)(p.get("/realms/staff/protocol/openid-connect/userinfo", bearer(tok)...))
			m, err := p.op.Mint(mockprovider.MintRequest{ClientID: p.id, User: "alice", Issuer: spaced})
			if err != nil {
				t.Fatal(err)
			}
			p.status(200)(p.get(oidc+"/userinfo", "Authorization", "Bearer "+m.AccessToken))
			shows(t, p.status(200)(p.get(spaced)), `"realm":"my realm"`, `"token-service":"`+p.url(oidc))
		},
		"/realms/REALM/account has the profile of the user of an access token": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			me := object(t, p.status(200)(p.get(realm+"/account", bearer(tok)...)))
			want := map[string]any{"id": claimsOf(t, tok["id_token"])["sub"], "username": "alice", "firstName": "Alice", "lastName": "Example", "email": "alice@example.com", "emailVerified": true}
			for name, value := range want {
				if me[name] != value {
					t.Errorf("%s: %v, want %v", name, me[name], value)
				}
			}
			p.status(401)(p.get(realm + "/account"))
			p.status(401)(p.get("/realms/other/account", bearer(tok)...))
		},
		"session_state is the sid of the tokens": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			for _, name := range []string{"access_token", "id_token"} {
				if sid := claimsOf(t, text(tok[name]))["sid"]; sid == nil || sid != tok["session_state"] {
					t.Errorf("%s: sid %v, session_state %v", name, sid, tok["session_state"])
				}
			}
			again := p.signIn(oidc+"/auth", oidc+"/token", all)
			if again["session_state"] != tok["session_state"] {
				t.Error("a second automatic sign-in of a browser is another session")
			}
		},
		"a client signs its user out with a POST of client_id and refresh_token to the logout endpoint, which answers 204; a bad token is 400 invalid_grant": func(t *testing.T, p *player) {
			elsewhere := p.signIn(oidc+"/auth", oidc+"/token", all)
			p.http.Jar, _ = cookiejar.New(nil) // another browser
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			p.op.Set(persona.Persona{SignIn: "interactive", Consent: "skip"}) // from here on the browser stays signed in
			other := p.signIn(oidc+"/auth", oidc+"/token", all)
			leave := func(token any) url.Values {
				return url.Values{"client_id": {p.id}, "client_secret": {p.key}, "refresh_token": {text(token)}}
			}
			shows(t, p.status(400)(p.post(oidc+"/logout", leave("nonsense"))), `"error":"invalid_grant"`, "Invalid refresh token")
			p.status(401)(p.post(oidc+"/logout", url.Values{"client_id": {p.id}, "client_secret": {"wrong"}, "refresh_token": {text(tok["refresh_token"])}}))
			p.op.SetClient(store.Client{ID: "other", Secret: "other-secret", RedirectURIs: []string{playerCallback}})
			shows(t, p.status(400)(p.post(oidc+"/logout", url.Values{"client_id": {"other"}, "client_secret": {"other-secret"}, "refresh_token": {text(tok["refresh_token"])}})), `"error":"invalid_grant"`)
			p.status(400)(p.post("/realms/elsewhere/protocol/openid-connect/logout", leave(tok["refresh_token"])))
			p.status(200)(p.get(oidc+"/userinfo", bearer(tok)...))

			if body := p.status(204)(p.post(oidc+"/logout", leave(tok["refresh_token"]))); body != "" {
				t.Error(body)
			}
			p.status(204)(p.post(oidc+"/logout", leave(tok["refresh_token"])))
			p.status(401)(p.get(oidc+"/userinfo", bearer(tok)...))
			p.status(401)(p.get(oidc+"/userinfo", bearer(other)...))
			shows(t, p.status(400)(p.refresh(oidc+"/token", other, nil)), "Session not active")
			p.status(200)(p.get(oidc+"/userinfo", bearer(elsewhere)...))
			p.signedOut(oidc + "/auth")
			p.op.SetClient(store.Client{ID: "spa", AuthMethod: "none", RedirectURIs: []string{playerCallback}})
			p.status(400)(p.post(oidc+"/logout", url.Values{"client_id": {"spa"}, "refresh_token": {"nonsense"}}))
		},
		"the end of a session ends its tokens, but for those with offline_access": func(t *testing.T, p *player) {
			online := p.signIn(oidc+"/auth", oidc+"/token", all)
			p.op.Set(persona.Persona{SignIn: "interactive", Consent: "skip"})
			offline := p.signIn(oidc+"/auth", oidc+"/token", url.Values{"scope": {"openid offline_access"}})
			p.leaves()
			p.leads(oidc+"/logout?post_logout_redirect_uri="+url.QueryEscape(playerHome)+"&id_token_hint="+text(online["id_token"]), playerHome)
			shows(t, p.status(400)(p.refresh(oidc+"/token", online, nil)), "Session not active")
			p.status(200)(p.refresh(oidc+"/token", offline, nil))
		},
		"/realms/REALM has realm, public_key, token-service, account-service and tokens-not-before": func(t *testing.T, p *player) {
			for _, base := range []string{"", "/auth"} {
				doc := object(t, p.status(200)(p.get(base+realm)))
				der, err := base64.StdEncoding.DecodeString(text(doc["public_key"]))
				if err != nil {
					t.Fatal(err)
				}
				key, err := x509.ParsePKIXPublicKey(der)
				if err != nil {
					t.Fatal(err)
				}
				signed, err := jose.ParseSignedCompact(text(p.signIn(base+oidc+"/auth", base+oidc+"/token", all)["id_token"]), []jose.SignatureAlgorithm{jose.RS256})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := signed.Verify(key); err != nil {
					t.Error(err)
				}
				if doc["realm"] != "staff" || doc["token-service"] != p.url(base+oidc) || doc["account-service"] != p.url(base+realm+"/account") || doc["tokens-not-before"] != 0.0 {
					t.Error(doc)
				}
			}
		},
		"an access token has the realm's roles in realm_access.roles, those of clients in resource_access.CLIENT.roles": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Groups: []string{"/staff"}, Claims: map[string]any{"roles": []any{"admin"}, "client_roles": map[string]any{"app": []any{"editor"}}}})
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			claims := claimsOf(t, tok["access_token"])
			if got := fmt.Sprint(claims["realm_access"]); got != "map[roles:[default-roles-staff offline_access uma_authorization admin]]" {
				t.Error(got)
			}
			if got := fmt.Sprint(claims["resource_access"]); got != "map[account:map[roles:[manage-account manage-account-links view-profile]] app:map[roles:[editor]]]" {
				t.Error(got)
			}
			if fmt.Sprint(claims["groups"], claims["allowed-origins"]) != "[/staff] [https://app.example.test]" || claims["azp"] != "app" || claims["client_id"] != nil || claims["sid"] == nil {
				t.Error(claims)
			}
			if id := claimsOf(t, tok["id_token"]); id["roles"] != nil || id["client_roles"] != nil || id["realm_access"] != nil || id["sid"] != claims["sid"] || fmt.Sprint(id["groups"]) != "[/staff]" {
				t.Error(id)
			}
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"realm_access": map[string]any{"roles": []any{"only"}}}})
			if got := fmt.Sprint(claimsOf(t, p.signIn(oidc+"/auth", oidc+"/token", all)["access_token"])["realm_access"]); got != "map[roles:[only]]" {
				t.Error(got)
			}
		},
		"the access token of a service account has the preferred_username service-account-CLIENT and a subject of its own": func(t *testing.T, p *player) {
			tok := object(t, p.status(200)(p.post(oidc+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {p.id}, "client_secret": {p.key}})))
			claims := claimsOf(t, tok["access_token"])
			if claims["preferred_username"] != "service-account-app" || claims["client_id"] != "app" || claims["azp"] != "app" || len(text(claims["sub"])) != 36 || claims["sid"] != nil {
				t.Error(claims)
			}
			shows(t, fmt.Sprint(claims["realm_access"]), "default-roles-staff")
		},
		"a refresh token is a JWT of typ Refresh, or Offline with offline_access": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			claims := claimsOf(t, tok["refresh_token"])
			if claims["typ"] != "Refresh" || claims["iss"] != p.url(realm) || claims["aud"] != p.url(realm) || claims["azp"] != "app" || claims["sid"] != claimsOf(t, tok["id_token"])["sid"] || claims["exp"].(float64)-claims["iat"].(float64) != 1800 {
				t.Error(claims)
			}
			p.status(200)(p.refresh(oidc+"/token", tok, nil))
			forged := map[string]any{"refresh_token": text(tok["refresh_token"])[:len(text(tok["refresh_token"]))-4] + "AAAA"}
			p.status(400)(p.refresh(oidc+"/token", forged, nil))
			offline := claimsOf(t, p.signIn(oidc+"/auth", oidc+"/token", url.Values{"scope": {"openid offline_access"}})["refresh_token"])
			if offline["typ"] != "Offline" || offline["exp"] != nil {
				t.Error(offline)
			}
		},
		"the client secret may be in the header and in the body at once": func(t *testing.T, p *player) {
			tok := p.signIn(oidc+"/auth", oidc+"/token", all)
			for secret, active := range map[string]bool{p.key: true, "another, which does not count": true} {
				form := url.Values{"token": {text(tok["access_token"])}, "client_id": {p.id}, "client_secret": {secret}}
				if got := object(t, p.status(200)(p.basic(oidc+"/token/introspect", form))); got["active"] != active {
					t.Error(got)
				}
			}
		},
		"userinfo refuses a token with WWW-Authenticate, in which realm is the realm's name": func(t *testing.T, p *player) {
			resp, _ := p.get(oidc+"/userinfo", "Authorization", "Bearer nonsense")
			if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != 401 || !strings.HasPrefix(got, `Bearer realm="staff", error="invalid_token", error_description="`) {
				t.Error(resp.Status, got)
			}
		},
		"an ID token has typ ID and azp": func(t *testing.T, p *player) {
			if claims := claimsOf(t, p.signIn(oidc+"/auth", oidc+"/token", all)["id_token"]); claims["typ"] != "ID" || claims["azp"] != p.id {
				t.Error(claims)
			}
		},
	})
}
