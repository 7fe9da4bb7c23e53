package persona_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

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
		"/logout with client_id and logout_uri goes to that URL, with redirect_uri and response_type to the sign-in page": func(t *testing.T, p *player) {
			p.leaves()
			p.signIn(authorize, token, url.Values{"scope": {"openid"}})
			p.leads("/logout?client_id=app&logout_uri="+url.QueryEscape(playerHome), playerHome)
			p.signedOut(authorize)
			again := "client_id=app&response_type=code&scope=openid&state=s&redirect_uri=" + url.QueryEscape(playerCallback)
			p.leads("/logout?"+again, p.url(authorize)+"?"+again)
			p.leads("/eu-west-1_Other/logout?"+again, p.url("/eu-west-1_Other/oauth2/authorize")+"?"+again)
			p.status(400)(p.get("/logout?client_id=app&logout_uri=https%3A%2F%2Felsewhere.example.test%2F"))
			p.status(400)(p.get("/logout?logout_uri=" + url.QueryEscape(playerHome)))
		},
		"the header of both has kid and alg only": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, url.Values{"scope": {"openid"}})
			for _, name := range []string{"access_token", "id_token"} {
				if header := headerOf(t, text(tok[name])); len(header) != 2 || header["kid"] == nil || header["alg"] != "RS256" {
					t.Error(name, header)
				}
			}
		},
		"an access token has client_id and no aud, token_use access, username, origin_jti, event_id and version; an ID token has aud, token_use id and cognito:username": func(t *testing.T, p *player) {
			tok := p.signIn(authorize, token, url.Values{"scope": {"openid"}})
			access, id := claimsOf(t, tok["access_token"]), claimsOf(t, tok["id_token"])
			if access["client_id"] != "app" || access["aud"] != nil || access["token_use"] != "access" || access["username"] != "alice" || access["version"] != 2.0 || access["jti"] == nil {
				t.Error(access)
			}
			if id["aud"] != "app" || id["token_use"] != "id" || id["cognito:username"] != "alice" {
				t.Error(id)
			}
			for _, name := range []string{"origin_jti", "event_id"} {
				if access[name] == nil || access[name] != id[name] {
					t.Error(name, access[name], id[name])
				}
			}
			own := claimsOf(t, object(t, p.status(200)(p.basic(token, url.Values{"grant_type": {"client_credentials"}})))["access_token"])
			if own["client_id"] != "app" || own["username"] != nil || own["origin_jti"] != nil || own["token_use"] != "access" || own["sub"] != "app" {
				t.Error(own)
			}
		},
		"both have the user's groups as cognito:groups": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Groups: []string{"staff"}})
			tok := p.signIn(authorize, token, url.Values{"scope": {"openid profile"}})
			for _, token := range []any{tok["access_token"], tok["id_token"]} {
				if claims := claimsOf(t, token); fmt.Sprint(claims["cognito:groups"]) != "[staff]" || claims["groups"] != nil {
					t.Error(claims)
				}
			}
		},
		"scopes of an authorization request stand between %20 or +": func(t *testing.T, p *player) {
			shows(t, asked(p, "openid%20email").Encode(), "code=")
			shows(t, asked(p, "openid+email").Encode(), "code=")
		},
		"/login of the domain takes the parameters of /oauth2/authorize": func(t *testing.T, p *player) {
			for _, page := range []string{"/login", "/signup"} {
				tok := p.signIn(page, token, url.Values{"scope": {"openid"}})
				if claims := claimsOf(t, tok["id_token"]); claims["iss"] != p.url(pool) {
					t.Error(page, claims)
				}
				other := p.signIn("/eu-west-1_Other"+page, "/eu-west-1_Other"+token, url.Values{"scope": {"openid"}})
				if claims := claimsOf(t, other["id_token"]); claims["iss"] != p.url("/eu-west-1_Other") {
					t.Error(page, claims)
				}
				code := p.authorize(page, url.Values{"scope": {"openid"}}).Get("code")
				p.status(400)(p.redeem("/eu-west-1_Other"+token, code))
			}
			doc := object(t, p.status(200)(p.get("/eu-west-1_Other/.well-known/openid-configuration")))
			if doc["authorization_endpoint"] != p.url("/eu-west-1_Other"+authorize) {
				t.Error(doc)
			}
		},
		"a resource server has scopes of its own, named IDENTIFIER/NAME, which a client of the pool may ask for, also for itself": func(t *testing.T, p *player) {
			own := func() (*http.Response, string) {
				return p.basic(token, url.Values{"grant_type": {"client_credentials"}, "scope": {"orders/read"}})
			}
			shows(t, p.status(400)(own()), `"error":"invalid_scope"`)
			entries := p.op.Journal().Entries()
			if got := fmt.Sprint(entries[len(entries)-1].Response); !strings.Contains(got, `does not have the scope 'orders/read': add it to scopes_supported`) {
				t.Error(got)
			}
			p.op.Set(persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{"orders": {ScopesSupported: []string{"orders/read", "orders/write"}}}})
			if claims := claimsOf(t, object(t, p.status(200)(own()))["access_token"]); claims["scope"] != "orders/read" {
				t.Error(claims)
			}
			if claims := claimsOf(t, p.signIn(authorize, token, url.Values{"scope": {"openid orders/write"}})["access_token"]); claims["scope"] != "openid orders/write" {
				t.Error(claims)
			}
			p.status(400)(p.basic(token, url.Values{"grant_type": {"client_credentials"}, "scope": {"orders/delete"}}))
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
