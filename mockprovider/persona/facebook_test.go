package persona_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

const (
	facebookDialog = "/v22.0/dialog/oauth"
	facebookToken  = "/v22.0/oauth/access_token"
)

// face is a player at Facebook, where clients send everything as parameters.
type face struct{ *player }

func (f *face) credentials(more url.Values) url.Values {
	all := url.Values{"client_id": {f.id}, "client_secret": {f.key}, "redirect_uri": {playerCallback}}
	for name, values := range more {
		all[name] = values
	}
	return all
}

func (f *face) token(form url.Values) (*http.Response, string) {
	return f.get(facebookToken + "?" + f.credentials(form).Encode())
}

func (f *face) signIn(params url.Values) map[string]any {
	f.t.Helper()
	return object(f.t, f.status(200)(f.token(url.Values{"code": {f.authorize(facebookDialog, params).Get("code")}})))
}

// graph asks the Graph API with an access token in the URL.
func (f *face) graph(path string, tok map[string]any, params ...string) (*http.Response, string) {
	q := url.Values{"access_token": {text(tok["access_token"])}}
	for n := 0; n+1 < len(params); n += 2 {
		q.Set(params[n], params[n+1])
	}
	return f.get(path + "?" + q.Encode())
}

// failure is the error object of a refused request.
func (f *face) failure(resp *http.Response, body string) map[string]any {
	f.t.Helper()
	e, _ := object(f.t, body)["error"].(map[string]any)
	if e == nil || resp.StatusCode < 400 || e["type"] != "OAuthException" || text(e["message"]) == "" || !strings.HasPrefix(text(e["fbtrace_id"]), "A") {
		f.t.Errorf("no error of the Graph API: %s %s", resp.Status, body)
	}
	return e
}

// choose answers a dialog as alice, who ticks scopes; it returns what comes back,
// and the words on the page that asked.
func (f *face) choose(params url.Values, scopes ...string) (got url.Values, page string) {
	f.t.Helper()
	f.op.Set(persona.Persona{SignIn: "interactive"})
	b := &agent.Agent{Transport: f.http.Transport, Intercept: func(u *url.URL) bool { return strings.HasPrefix(u.String(), playerCallback) }}
	at, err := b.Visit(f.t.Context(), agent.Request{URL: f.url(facebookDialog) + "?" + f.request(params).Encode()})
	if err == nil {
		at, err = at.Login(f.t.Context(), "alice", "")
	}
	if err != nil {
		f.t.Fatal(err)
	}
	if at.Intercepted == nil {
		page = string(at.Body)
		if at, err = at.Consent(f.t.Context(), true, scopes); err != nil {
			f.t.Fatal(err)
		}
	}
	return at.Intercepted.Params(), page
}

func TestPersonaFacebook(t *testing.T) {
	at := func(assert func(t *testing.T, f *face)) func(t *testing.T, p *player) {
		return func(t *testing.T, p *player) { assert(t, &face{p}) }
	}
	email := url.Values{"scope": {"email"}}
	coded := func(t *testing.T, e map[string]any, code, subcode any) {
		t.Helper()
		if e["code"] != code || e["error_subcode"] != subcode {
			t.Errorf("%v, want code %v and subcode %v", e, code, subcode)
		}
	}
	prove(t, "facebook", map[string]func(t *testing.T, p *player){
		"the dialog is at /dialog/oauth, with a version before it or without": at(func(t *testing.T, f *face) {
			for _, version := range []string{"", "/v22.0", "/v2.8"} {
				if f.authorize(version+"/dialog/oauth", email).Get("code") == "" {
					t.Errorf("%q gives no code", version)
				}
			}
		}),
		"tokens are at /oauth/access_token, with a version before it or without, by GET too": at(func(t *testing.T, f *face) {
			for _, version := range []string{"", "/v22.0", "/v2.8"} {
				form := f.credentials(url.Values{"code": {f.authorize(facebookDialog, email).Get("code")}})
				f.status(200)(f.get(version + "/oauth/access_token?" + form.Encode()))
				form.Set("code", f.authorize(facebookDialog, email).Get("code"))
				f.status(200)(f.post(version+"/oauth/access_token", form))
			}
		}),
		"the profile is at /me, and fields says what it has; without it id and name alone": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			if me := object(t, f.status(200)(f.graph("/me", tok))); len(me) != 2 || me["id"] == nil || me["name"] == nil {
				t.Error(me)
			}
			if me := object(t, f.status(200)(f.graph("/v22.0/me", tok, "fields", "id,email,picture.type(large){url}"))); me["email"] != "alice@example.com" || me["picture"] == nil || me["name"] != nil {
				t.Error(me)
			}
			coded(t, f.failure(f.graph("/me", tok, "fields", "id,nonsense")), 100.0, nil)
		}),
		"subject_types_supported of the metadata is a text": at(func(t *testing.T, f *face) {
			shows(t, f.status(200)(f.get("/.well-known/openid-configuration/")), `"subject_types_supported":"pairwise"`)
		}),
		"the metadata of Limited Login are at /.well-known/openid-configuration/, its keys at /.well-known/oauth/openid/jwks/": at(func(t *testing.T, f *face) {
			shows(t, f.status(200)(f.get("/.well-known/openid-configuration/")), `"jwks_uri":"`+f.url("/.well-known/oauth/openid/jwks/")+`"`)
			shows(t, f.status(200)(f.get("/.well-known/oauth/openid/jwks/")), `"kty":"RSA"`)
		}),
		"the issuer of ID tokens is https://www.facebook.com, or without www": func(t *testing.T, _ *player) {
			f := &face{play(t, "facebook", mockprovider.WithProvider(persona.Persona{Identity: "real"}))}
			openid := url.Values{"scope": {"openid"}}
			if claims := claimsOf(t, f.signIn(openid)["id_token"]); claims["iss"] != "https://www.facebook.com" {
				t.Error(claims)
			}
			f.arms("facebook/issuer-without-www")
			if claims := claimsOf(t, f.signIn(openid)["id_token"]); claims["iss"] != "https://facebook.com" {
				t.Error(claims)
			}
		},
		"an ID token has no email_verified": at(func(t *testing.T, f *face) {
			if claims := claimsOf(t, f.signIn(url.Values{"scope": {"openid,email"}})["id_token"]); claims["email"] != "alice@example.com" || claims["email_verified"] != nil {
				t.Error(claims)
			}
		}),
		"scopes stand between commas": at(func(t *testing.T, f *face) {
			tok := f.signIn(url.Values{"scope": {"email,user_birthday"}})
			shows(t, f.status(200)(f.graph("/debug_token", tok, "input_token", text(tok["access_token"]))), `"scopes":["email","user_birthday","public_profile"]`)
		}),
		"return_scopes=true brings granted_scopes and denied_scopes in the redirect": at(func(t *testing.T, f *face) {
			got, _ := f.choose(url.Values{"scope": {"email,user_birthday"}, "return_scopes": {"true"}}, "user_birthday", "public_profile")
			if got.Get("granted_scopes") != "user_birthday,public_profile" || got.Get("denied_scopes") != "email" {
				t.Error(got)
			}
			if got, _ := f.choose(email, "email", "public_profile"); got.Has("granted_scopes") {
				t.Error(got)
			}
		}),
		"what was declined is asked again with auth_type=rerequest alone": at(func(t *testing.T, f *face) {
			f.choose(email, "public_profile")
			if _, page := f.choose(email); strings.Contains(page, "email") {
				t.Error(page)
			}
			_, page := f.choose(url.Values{"scope": {"email"}, "auth_type": {"rerequest"}}, "email", "public_profile")
			shows(t, page, "email")
		}),
		"with auth_type=reauthenticate the user signs in again; display and auth_nonce are parameters too": at(func(t *testing.T, f *face) {
			f.signIn(email)
			f.op.Set(persona.Persona{SignIn: "interactive"})
			for authType, status := range map[string]int{"rerequest": 302, "reauthenticate": 200, "rerequest,reauthenticate": 200} {
				f.status(status)(f.get(facebookDialog + "?" + f.request(url.Values{"scope": {"email"}, "auth_type": {authType}, "auth_nonce": {"a-random-nonce"}, "display": {"popup"}}).Encode()))
			}
		}),
		"clients authenticate by parameters, or by client_secret_basic": at(func(t *testing.T, f *face) {
			f.signIn(email)
			form := url.Values{"code": {f.authorize(facebookDialog, email).Get("code")}, "redirect_uri": {playerCallback}}
			r, _ := http.NewRequest("POST", f.url(facebookToken), strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(f.id, f.key)
			f.status(200)(f.do(r))
		}),
		"a request without response_type is one for a code": at(func(t *testing.T, f *face) {
			f.signIn(url.Values{"scope": {"email"}, "response_type": nil})
		}),
		"appsecret_proof is the HMAC-SHA256 of the access token by the secret, in hex, and a wrong one is refused": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			mac := hmac.New(sha256.New, []byte(f.key))
			mac.Write([]byte(text(tok["access_token"])))
			f.status(200)(f.graph("/me", tok, "appsecret_proof", hex.EncodeToString(mac.Sum(nil))))
			coded(t, f.failure(f.graph("/me", tok, "appsecret_proof", strings.Repeat("0", 64))), 100.0, nil)
		}),
		"a token has expires_in 5183944 and token_type bearer, and there is no refresh token": at(func(t *testing.T, f *face) {
			if tok := f.signIn(email); tok["expires_in"] != 5183944.0 || tok["token_type"] != "bearer" || tok["refresh_token"] != nil || tok["scope"] != nil {
				t.Error(tok)
			}
		}),
		"expires_in may be missing": at(func(t *testing.T, f *face) {
			f.arms("facebook/no-expires-in")
			if tok := f.signIn(email); tok["expires_in"] != nil || tok["access_token"] == nil {
				t.Error(tok)
			}
		}),
		"fb_exchange_token gives a new token for one that lives": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			ask := url.Values{"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {text(tok["access_token"])}}
			fresh := object(t, f.status(200)(f.token(ask)))
			if fresh["access_token"] == tok["access_token"] {
				t.Error(fresh)
			}
			f.status(200)(f.graph("/me", fresh))
			f.op.RevokeGrant("alice", f.id)
			f.failure(f.token(ask))
		}),
		"a picture is an object with data, height, width, url and is_silhouette": at(func(t *testing.T, f *face) {
			shows(t, f.status(200)(f.graph("/me", f.signIn(email), "fields", "picture")), `"picture":{"data":{`, `"height":50`, `"width":50`, `"url":"https://`, `"is_silhouette":false`)
		}),
		"id is a text, and email is left out where it was not granted": at(func(t *testing.T, f *face) {
			me := object(t, f.status(200)(f.graph("/me", f.signIn(nil), "fields", "id,name,email")))
			if id, ok := me["id"].(string); !ok || id == "" || me["email"] != nil {
				t.Error(me)
			}
		}),
		"debug_token tells app_id, type, scopes, granular_scopes, user_id, is_valid and the times": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			shows(t, f.status(200)(f.graph("/debug_token", map[string]any{"access_token": f.id + "|" + f.key}, "input_token", text(tok["access_token"]))),
				`"data":{`, `"app_id":"app"`, `"type":"USER"`, `"scopes":[`, `"granular_scopes":[{"scope":"email"}`, `"user_id":"10`, `"is_valid":true`, `"issued_at":`, `"expires_at":`)
		}),
		"debug_token answers about a token that is not live with status 200, is_valid false and an error; a caller without a live token is refused": at(func(t *testing.T, f *face) {
			app, tok := map[string]any{"access_token": f.id + "|" + f.key}, f.signIn(email)
			dead := func(code string, token any) {
				t.Helper()
				resp, body := f.graph("/debug_token", app, "input_token", text(token))
				shows(t, f.status(200)(resp, body), `"data":{`, `"is_valid":false`, `"scopes":[]`, `"code":190`, code)
				if resp.Header.Get("WWW-Authenticate") != "" {
					t.Error(resp.Header)
				}
			}
			dead(`"message":"Invalid OAuth access token."`, "nonsense")
			f.failure(f.graph("/debug_token", map[string]any{"access_token": "nonsense"}, "input_token", text(tok["access_token"])))
			f.failure(f.graph("/debug_token", app))
			f.op.Clock().Advance(1441 * time.Hour)
			dead(`"subcode":463`, tok["access_token"])
			tok = f.signIn(email)
			r, _ := http.NewRequest("DELETE", f.url("/me/permissions?access_token="+text(tok["access_token"])), nil)
			f.status(200)(f.do(r))
			dead(`"subcode":458`, tok["access_token"])
		}),
		"permissions are deleted with DELETE, which is answered true": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			r, _ := http.NewRequest("DELETE", f.url("/me/permissions?access_token="+text(tok["access_token"])), nil)
			if body := f.status(200)(f.do(r)); strings.TrimSpace(body) != "true" {
				t.Error(body)
			}
			f.failure(f.graph("/me", tok))
		}),
		"an error is an object of message, type OAuthException, code and fbtrace_id": at(func(t *testing.T, f *face) {
			f.failure(f.token(url.Values{"code": {"nonsense"}}))
			f.failure(f.graph("/me", map[string]any{"access_token": "nonsense"}))
		}),
		"an error may have error_user_title and error_user_msg for the user": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			f.arms("facebook/password-changed")
			e := f.failure(f.graph("/me", tok))
			coded(t, e, 190.0, 460.0)
			if text(e["error_user_title"]) == "" || text(e["error_user_msg"]) == "" {
				t.Error(e)
			}
		}),
		"an error in the redirect may be error_code and error_message, without error": at(func(t *testing.T, f *face) {
			f.arms("facebook/app-not-set-up")
			if got := f.authorize(facebookDialog, email); got.Has("error") || got.Get("error_code") != "1349126" || !strings.HasPrefix(got.Get("error_message"), "App Not Setup") {
				t.Error(got)
			}
		}),
		"a redirect_uri that is not absolute is code 191 with status 400": at(func(t *testing.T, f *face) {
			f.arms("facebook/redirect-uri-not-absolute")
			resp, body := f.token(url.Values{"code": {f.authorize(facebookDialog, email).Get("code")}})
			coded(t, f.failure(resp, f.status(400)(resp, body)), 191.0, nil)
		}),
		"an error has a challenge of the scheme OAuth with the name Facebook Platform": at(func(t *testing.T, f *face) {
			resp, _ := f.token(url.Values{"code": {"nonsense"}})
			shows(t, resp.Header.Get("WWW-Authenticate"), `OAuth "Facebook Platform" "invalid_code" "`)
		}),
		"a code that is none is 100, one that was used 100 and 36009": at(func(t *testing.T, f *face) {
			coded(t, f.failure(f.token(url.Values{"code": {"nonsense"}})), 100.0, nil)
			code := url.Values{"code": {f.authorize(facebookDialog, email).Get("code")}}
			f.status(200)(f.token(code))
			coded(t, f.failure(f.token(code)), 100.0, 36009.0)
		}),
		"a wrong secret is code 1, an unknown app 101": at(func(t *testing.T, f *face) {
			code := f.authorize(facebookDialog, email).Get("code")
			coded(t, f.failure(f.token(url.Values{"code": {code}, "client_secret": {"wrong"}})), 1.0, nil)
			coded(t, f.failure(f.token(url.Values{"code": {code}, "client_id": {"another"}})), 101.0, nil)
		}),
		"a grant type that is none is code 100": at(func(t *testing.T, f *face) {
			coded(t, f.failure(f.token(url.Values{"grant_type": {"nonsense"}})), 100.0, nil)
		}),
		"a bad token is code 190": at(func(t *testing.T, f *face) {
			coded(t, f.failure(f.graph("/me", map[string]any{"access_token": "nonsense"})), 190.0, nil)
		}),
		"a user who took the app away is code 190 with the subcode 458": at(func(t *testing.T, f *face) {
			tok := f.signIn(email)
			f.op.RevokeGrant("alice", f.id)
			coded(t, f.failure(f.graph("/me", tok)), 190.0, 458.0)
		}),
		"a user who cancels sends access_denied and error_reason user_denied back": at(func(t *testing.T, f *face) {
			got := f.deny(facebookDialog, email)
			if got.Get("error") != "access_denied" || got.Get("error_reason") != "user_denied" || got.Get("error_code") != "200" || got.Get("state") == "" {
				t.Error(got)
			}
		}),
		"the redirect ends with a fragment of its own": at(func(t *testing.T, f *face) {
			if to := f.location(facebookDialog, email); to.Fragment != "_=_" {
				t.Error(to)
			}
		}),
	})
}
