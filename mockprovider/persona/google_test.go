package persona_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// tokensOf signs in at Google and returns the token response.
func tokensOf(p *player, params url.Values) map[string]any {
	p.t.Helper()
	return p.signIn("/o/oauth2/v2/auth", "/token", params)
}

func claimsOf(t *testing.T, token any) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %v", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func bearer(tok map[string]any) []string {
	at, _ := tok["access_token"].(string)
	return []string{"Authorization", "Bearer " + at}
}

func TestPersonaGoogle(t *testing.T) {
	email := url.Values{"scope": {"openid email"}}
	offline := url.Values{"scope": {"openid email"}, "access_type": {"offline"}}
	refresh := func(p *player, token any) (*http.Response, string) {
		return p.refresh("/token", map[string]any{"refresh_token": token}, nil)
	}
	dead := func(t *testing.T, p *player, token any) {
		t.Helper()
		shows(t, p.status(400)(refresh(p, token)), `"error":"invalid_grant"`, `"error_description":"Token has been expired or revoked."`)
	}
	prove(t, "google", both(both(googleTokens(), googlePopup()), map[string]func(t *testing.T, p *player){
		"authorization is asked at the current path and at the one of old": func(t *testing.T, p *player) {
			for _, path := range []string{"/o/oauth2/v2/auth", "/o/oauth2/auth"} {
				if p.authorize(path, email).Get("code") == "" {
					t.Errorf("%s gives no code", path)
				}
			}
		},
		"tokens are given at the current path and at those of old": func(t *testing.T, p *player) {
			for _, path := range []string{"/token", "/o/oauth2/token", "/oauth2/v4/token", "/oauth2/v3/token"} {
				p.status(200)(p.redeem(path, p.authorize("/o/oauth2/auth", email).Get("code")))
			}
		},
		"the metadata are at the path of OpenID Connect Discovery": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/.well-known/openid-configuration")), p.url("/o/oauth2/v2/auth"), p.url("/token"), p.url("/v1/userinfo"), p.url("/oauth2/v3/certs"), p.url("/revoke"))
		},
		"ID tokens are signed with RS256, and client authentication is post and basic": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/.well-known/openid-configuration")))
			shows(t, text(doc["id_token_signing_alg_values_supported"]), "[RS256]")
			shows(t, text(doc["token_endpoint_auth_methods_supported"]), "client_secret_post", "client_secret_basic")
		},
		"the metadata have eight response types, the subject type public, the scopes openid, email and profile, PKCE by plain and S256, twelve claims, and no introspection": func(t *testing.T, p *player) {
			doc := object(t, p.status(200)(p.get("/.well-known/openid-configuration")))
			for name, want := range map[string]string{
				"response_types_supported": "[code token id_token code token code id_token token id_token code token id_token none]", "subject_types_supported": "[public]", "scopes_supported": "[openid email profile]",
				"code_challenge_methods_supported": "[plain S256]", "claims_supported": "[aud email email_verified exp family_name given_name iat iss locale name picture sub]", "introspection_endpoint": "null",
			} {
				if got := text(doc[name]); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		},
		"the issuer is https://accounts.google.com; iss of an ID token may lack the scheme": func(t *testing.T, _ *player) {
			p := play(t, "google", mockprovider.WithProvider(persona.Persona{Identity: "real"}))
			if claims := claimsOf(t, tokensOf(p, email)["id_token"]); claims["iss"] != "https://accounts.google.com" {
				t.Error(claims)
			}
			p.arms("google/issuer-without-scheme")
			if claims := claimsOf(t, tokensOf(p, email)["id_token"]); claims["iss"] != "accounts.google.com" {
				t.Error(claims)
			}
		},
		"access_type, prompt, include_granted_scopes, login_hint, hd, display and nonce are parameters of the authorization request": func(t *testing.T, p *player) {
			for name, values := range map[string][]string{
				"access_type": {"online", "offline"}, "prompt": {"consent", "select_account"}, "include_granted_scopes": {"true", "false"}, "hd": {"acme.example"}, "display": {"page", "popup"}, "nonce": {"a-random-nonce"},
			} {
				for _, value := range values {
					if got := p.authorize("/o/oauth2/v2/auth", url.Values{"scope": {"openid email"}, name: {value}}); got.Get("code") == "" {
						t.Errorf("%s=%s: %v", name, value, got)
					}
				}
			}
			bob := tokensOf(p, url.Values{"scope": {"openid email"}, "login_hint": {"bob"}})
			if claims := claimsOf(t, bob["id_token"]); claims["email"] != "bob@example.com" {
				t.Error(claims)
			}
			tokensOf(p, url.Values{"scope": {"openid profile"}})
			shows(t, text(tokensOf(p, url.Values{"scope": {"openid"}, "include_granted_scopes": {"true"}})["scope"]), "userinfo.email", "userinfo.profile")
			shows(t, p.authorize("/o/oauth2/v2/auth", url.Values{"scope": {"openid"}, "access_type": {"never"}}).Encode(), "error=invalid_request")
		},
		"the authorization response also has scope, authuser and prompt": func(t *testing.T, p *player) {
			first, second := p.authorize("/o/oauth2/v2/auth", email), p.authorize("/o/oauth2/v2/auth", email)
			if first.Get("authuser") != "0" || first.Get("prompt") != "consent" || second.Get("prompt") != "none" || !strings.Contains(first.Get("scope"), "userinfo.email") {
				t.Errorf("%v, then %v", first, second)
			}
		},
		"who belongs to a Workspace has hd in the authorization response too": func(t *testing.T, p *player) {
			if got := p.authorize("/o/oauth2/v2/auth", email); got.Has("hd") {
				t.Error(got)
			}
			p.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"hd": "acme.example"}})
			if got := p.authorize("/o/oauth2/v2/auth", email); got.Get("hd") != "acme.example" {
				t.Error(got)
			}
		},
		"a code contains a slash, which is percent-encoded in the redirect": func(t *testing.T, p *player) {
			if code := p.authorize("/o/oauth2/v2/auth", email).Get("code"); !strings.HasPrefix(code, "4/0A") {
				t.Error(code)
			}
		},
		"a refresh token comes with access_type=offline, and only at the first consent; later with prompt=consent": func(t *testing.T, p *player) {
			for _, c := range []struct {
				params url.Values
				given  bool
			}{
				{email, false},
				{offline, false}, // consent was given above
				{url.Values{"scope": {"openid email"}, "access_type": {"offline"}, "prompt": {"consent"}}, true},
				{url.Values{"scope": {"openid email"}, "prompt": {"consent"}}, false},
			} {
				if tok := tokensOf(p, c.params); (tok["refresh_token"] != nil) != c.given {
					t.Errorf("%v: refresh token %v", c.params, tok["refresh_token"])
				}
			}
		},
		"where access is limited in time the token response has refresh_token_expires_in": func(t *testing.T, p *player) {
			p.arms("google/time-limited-access")
			if tok := tokensOf(p, offline); tok["refresh_token_expires_in"] != 604799.0 || tok["refresh_token"] == nil {
				t.Error(tok)
			}
		},
		"expires_in is 3599": func(t *testing.T, p *player) {
			if tok := tokensOf(p, email); tok["expires_in"] != 3599.0 {
				t.Error(tok["expires_in"])
			}
		},
		"access tokens begin with ya29., refresh tokens with 1//": func(t *testing.T, p *player) {
			tok := tokensOf(p, offline)
			shows(t, text(tok["access_token"])[:5], "ya29.")
			shows(t, text(tok["refresh_token"])[:3], "1//")
		},
		"an ID token has azp, at_hash and email_verified as a boolean, and a sub of 21 digits": func(t *testing.T, p *player) {
			claims := claimsOf(t, tokensOf(p, email)["id_token"])
			if claims["azp"] != p.id || claims["at_hash"] == nil || claims["email_verified"] != true || !regexp.MustCompile(`^1[0-9]{20}$`).MatchString(text(claims["sub"])) || claims["sid"] != nil {
				t.Error(claims)
			}
		},
		"an ID token lives for an hour, and has the nonce of the request": func(t *testing.T, p *player) {
			claims := claimsOf(t, tokensOf(p, url.Values{"scope": {"openid"}, "nonce": {"a-random-nonce"}})["id_token"])
			iat, _ := claims["iat"].(float64)
			if claims["exp"] != iat+3600 || claims["nonce"] != "a-random-nonce" {
				t.Error(claims)
			}
		},
		"an unknown client is shown a page of Google's and no redirect": func(t *testing.T, p *player) {
			resp, body := p.get("/o/oauth2/v2/auth?response_type=code&scope=email&client_id=nobody&redirect_uri=" + url.QueryEscape(playerCallback))
			if resp.Header.Get("Location") != "" {
				t.Error(resp.Header)
			}
			shows(t, body, "invalid_client")
		},
		"a mismatch of the redirect URI shows a page of Google's and no redirect": func(t *testing.T, p *player) {
			resp, body := p.get("/o/oauth2/v2/auth?response_type=code&scope=email&client_id=app&redirect_uri=" + url.QueryEscape("https://other.example.test/"))
			if resp.StatusCode != 400 || resp.Header.Get("Location") != "" {
				t.Error(resp.Status, resp.Header)
			}
			shows(t, body, "redirect_uri_mismatch")
		},
		"a user who declines is sent back with access_denied, and nothing that describes it": func(t *testing.T, p *player) {
			if got := p.deny("/o/oauth2/auth", email).Encode(); got != "error=access_denied&state=a-random-state" {
				t.Error(got)
			}
		},
		"the device endpoint answers verification_url, and not verification_uri": func(t *testing.T, p *player) {
			body := p.status(200)(p.post("/device/code", url.Values{"client_id": {p.id}, "client_secret": {p.key}, "scope": {"email"}}))
			if answer := object(t, body); answer["verification_url"] != p.url("/device") || answer["verification_uri"] != nil {
				t.Error(body)
			}
		},
		"a device asks for its code at the path of old too": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.post("/o/oauth2/device/code", url.Values{"client_id": {p.id}, "scope": {"email"}})), `"device_code"`, `"verification_url"`)
		},
		"people/me of the People API has resourceName, names, photos and emailAddresses, each a list, as the scopes allow": func(t *testing.T, p *player) {
			const path = "/v1/people/me?personFields=names,emailAddresses,photos"
			tok := tokensOf(p, url.Values{"scope": {"openid email profile"}})
			body := p.status(200)(p.get(path, bearer(tok)...))
			shows(t, body, `"resourceName":"people/1`, `"displayName":"Alice Example"`, `"value":"alice@example.com"`, `"verified":true`, `"photos":[`)
			if body := p.status(200)(p.get(path, bearer(tokensOf(p, email))...)); strings.Contains(body, "names") {
				t.Error(body)
			}
			p.status(403)(p.get(path, bearer(tokensOf(p, url.Values{"scope": {"https://www.googleapis.com/auth/drive"}}))...))
			p.status(401)(p.get(path))
		},
		"a device needs client_id alone for its code, and Basic is refused there as invalid_request": func(t *testing.T, p *player) {
			p.status(200)(p.post("/device/code", url.Values{"client_id": {p.id}, "scope": {"email"}}))
			shows(t, p.status(400)(p.basic("/device/code", url.Values{"scope": {"email"}})), `"error":"invalid_request"`)
			p.status(200)(p.basic("/token", url.Values{"grant_type": {"authorization_code"}, "code": {p.authorize("/o/oauth2/v2/auth", email).Get("code")}, "redirect_uri": {playerCallback}}))
		},
		"userinfo v1 and v2 have id and verified_email": func(t *testing.T, p *player) {
			tok := tokensOf(p, email)
			for _, path := range []string{"/oauth2/v1/userinfo", "/oauth2/v2/userinfo", "/userinfo/v2/me"} {
				shows(t, p.status(200)(p.get(path, bearer(tok)...)), `"id":"1`, `"email":"alice@example.com"`, `"verified_email":true`)
			}
		},
		"userinfo v3 and OpenID Connect have sub and email_verified": func(t *testing.T, p *player) {
			tok := tokensOf(p, url.Values{"scope": {"openid email profile"}})
			for _, path := range []string{"/oauth2/v3/userinfo", "/v1/userinfo"} {
				shows(t, p.status(200)(p.get(path, bearer(tok)...)), `"sub":"1`, `"email_verified":true`, `"given_name":"Alice"`)
			}
		},
		"tokeninfo of an ID token has its claims as texts": func(t *testing.T, p *player) {
			tok := tokensOf(p, email)
			info := object(t, p.status(200)(p.get("/tokeninfo?id_token="+url.QueryEscape(text(tok["id_token"])))))
			if info["email_verified"] != "true" || !regexp.MustCompile(`^[0-9]{10}$`).MatchString(text(info["exp"])) || info["alg"] != "RS256" || info["typ"] != "JWT" || info["kid"] == nil || info["azp"] != p.id {
				t.Error(info)
			}
		},
		"tokeninfo v1 of an access token has audience, user_id, scope, expires_in and access_type": func(t *testing.T, p *player) {
			tok := tokensOf(p, offline)
			shows(t, p.status(200)(p.get("/oauth2/v1/tokeninfo?access_token="+url.QueryEscape(text(tok["access_token"])))),
				`"issued_to":"app"`, `"audience":"app"`, `"user_id":"1`, `"verified_email":true`, `"scope":"openid https://www.googleapis.com/auth/userinfo.email"`, `"expires_in":3`, `"access_type":"offline"`)
		},
		"an unknown code is invalid_grant with Malformed auth code.": func(t *testing.T, p *player) {
			shows(t, p.status(400)(p.redeem("/token", "4/nonsense")), `"error":"invalid_grant"`, `"error_description":"Malformed auth code."`)
		},
		"a redirect URI that is not that of the code is redirect_uri_mismatch with Bad Request": func(t *testing.T, p *player) {
			form := url.Values{"grant_type": {"authorization_code"}, "code": {p.authorize("/o/oauth2/v2/auth", email).Get("code")}, "redirect_uri": {"https://other.example.test/"}, "client_id": {p.id}, "client_secret": {p.key}}
			shows(t, p.status(400)(p.post("/token", form)), `"error":"redirect_uri_mismatch"`, `"error_description":"Bad Request"`)
		},
		"a wrong secret is 401 invalid_client with Unauthorized": func(t *testing.T, p *player) {
			code := p.authorize("/o/oauth2/v2/auth", email).Get("code")
			p.key = "wrong"
			shows(t, p.status(401)(p.redeem("/token", code)), `"error":"invalid_client"`, `"error_description":"Unauthorized"`)
		},
		"a dead refresh token is invalid_grant with Token has been expired or revoked., whatever it died of": func(t *testing.T, p *player) {
			dead(t, p, "1//nonsense")
			token := tokensOf(p, offline)["refresh_token"]
			p.status(200)(refresh(p, token))
			p.status(200)(refresh(p, token)) // it does not rotate
			p.op.RevokeGrant("alice", p.id)
			dead(t, p, token)
		},
		"userinfo of OpenID Connect refuses a bad token with 401, invalid_request and Invalid Credentials": func(t *testing.T, p *player) {
			shows(t, p.status(401)(p.get("/oauth2/v3/userinfo", "Authorization", "Bearer ya29.x")), `"error":"invalid_request"`, `"error_description":"Invalid Credentials"`)
		},
		"who asks for an address or a profile is granted openid too": func(t *testing.T, p *player) {
			if tok := tokensOf(p, url.Values{"scope": {"email"}}); tok["scope"] != "https://www.googleapis.com/auth/userinfo.email openid" || tok["id_token"] == nil {
				t.Error(tok)
			}
		},
		"an API without a token, and with a bad one, answers 401 with an error object of code, message and status": func(t *testing.T, p *player) {
			shows(t, p.status(401)(p.get("/oauth2/v2/userinfo")), `{"error":{"code":401,"message":"Request is missing required authentication credential.`, `"status":"UNAUTHENTICATED"`)
			shows(t, p.status(401)(p.get("/oauth2/v2/userinfo", "Authorization", "Bearer ya29.x")), `{"error":{"code":401,"message":"Request had invalid authentication credentials.`, `"status":"UNAUTHENTICATED"`)
		},
		"the scopes of the answer have their long names": func(t *testing.T, p *player) {
			if tok := tokensOf(p, email); tok["scope"] != "openid https://www.googleapis.com/auth/userinfo.email" {
				t.Error(tok["scope"])
			}
		},
		"a hundred refresh tokens live at once for a user and a client; one more ends the oldest in silence": func(t *testing.T, p *player) {
			again := url.Values{"scope": {"email"}, "access_type": {"offline"}, "prompt": {"consent"}}
			first := tokensOf(p, again)["refresh_token"]
			for range 99 {
				p.op.Clock().Advance(time.Second)
				tokensOf(p, again)
			}
			p.status(200)(refresh(p, first))
			tokensOf(p, again)
			dead(t, p, first)
		},
		"a refresh token that is not used for six months dies": func(t *testing.T, p *player) {
			token := tokensOf(p, offline)["refresh_token"]
			for range 2 {
				p.op.Clock().Advance(4300 * time.Hour)
				p.status(200)(refresh(p, token))
			}
			p.op.Clock().Advance(4400 * time.Hour)
			dead(t, p, token)
		},
		"hd is a hint: what counts is the claim in the ID token": func(t *testing.T, p *player) {
			p.op.SetUser(store.User{Login: "alice", Email: "alice@acme.example", Claims: map[string]any{"hd": "acme.example"}})
			claims := claimsOf(t, tokensOf(p, url.Values{"scope": {"openid email"}, "hd": {"other.example"}})["id_token"])
			if claims["hd"] != "acme.example" {
				t.Error(claims)
			}
			for _, path := range []string{"/oauth2/v1/userinfo", "/v1/userinfo"} {
				shows(t, p.status(200)(p.get(path, bearer(tokensOf(p, email))...)), `"hd":"acme.example"`)
			}
		},
		"the key set is asked for at the path of v3": func(t *testing.T, p *player) {
			shows(t, p.status(200)(p.get("/oauth2/v3/certs")), `"kty":"RSA"`)
		},
		"tokens are revoked by a GET request at the path of old too": func(t *testing.T, p *player) {
			tok := tokensOf(p, offline)
			p.status(200)(p.get("/o/oauth2/revoke?token="+url.QueryEscape(text(tok["refresh_token"])), "Content-Type", "application/json")) // so does social-core
			dead(t, p, tok["refresh_token"])
		},
	}))
}

func text(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case []any:
		words := make([]string, len(x))
		for n, item := range x {
			words[n] = text(item)
		}
		return "[" + strings.Join(words, " ") + "]"
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// TestGoogleDeviceGetsRefreshToken: a device need not ask for access_type=offline.
func TestGoogleDeviceGetsRefreshToken(t *testing.T) {
	base, err := persona.Named("google")
	if err != nil {
		t.Fatal(err)
	}
	w := newWalker(t, base, "local", "/.well-known/openid-configuration")
	w.register()
	if tok := w.device("openid email"); tok["refresh_token"] == nil {
		t.Error(tok)
	}
}
