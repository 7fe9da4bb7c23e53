package persona_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const (
	githubAuthorize = "/login/oauth/authorize"
	githubToken     = "/login/oauth/access_token"
	githubDevice    = "/login/device/code"
)

// hub is a player at GitHub, where clients ask for JSON.
type hub struct {
	*player
	users map[string]string // user codes, by their device codes
}

// atHub lets an assertion play at GitHub.
func atHub(assert func(t *testing.T, h *hub)) func(t *testing.T, p *player) {
	return func(t *testing.T, p *player) { assert(t, &hub{p, map[string]string{}}) }
}

func (h *hub) token(form url.Values, accept ...string) (*http.Response, string) {
	all := url.Values{"client_id": {h.id}, "client_secret": {h.key}, "redirect_uri": {playerCallback}}
	for name, values := range form {
		all[name] = values
	}
	return h.post(githubToken, all, append([]string{"Accept", "application/json"}, accept...)...)
}

func (h *hub) signIn(scope string) map[string]any {
	h.t.Helper()
	return object(h.t, h.status(200)(h.token(url.Values{"code": {h.authorize(githubAuthorize, url.Values{"scope": {scope}}).Get("code")}})))
}

func (h *hub) refused(t *testing.T, form url.Values, code string) map[string]any {
	t.Helper()
	e := object(t, h.status(200)(h.token(form)))
	if e["error"] != code {
		t.Errorf("%v, want %s", e, code)
	}
	return e
}

func TestPersonaGitHub(t *testing.T) {
	at := atHub
	code := func(h *hub, params url.Values) url.Values {
		return url.Values{"code": {h.authorize(githubAuthorize, params).Get("code")}}
	}
	prove(t, "github", both(githubAPI(), map[string]func(t *testing.T, p *player){
		"the sign-in is at /login/oauth/authorize, tokens at /login/oauth/access_token, devices at /login/device/code": at(func(t *testing.T, h *hub) {
			h.signIn("user:email")
			h.status(200)(h.post(githubDevice, url.Values{"client_id": {h.id}}))
		}),
		"the profile is at /user, its addresses at /user/emails, its organizations at /user/orgs, of an enterprise server below /api/v3": at(func(t *testing.T, h *hub) {
			tok := h.signIn("user read:org")
			for _, path := range []string{"/user", "/user/emails", "/user/orgs", "/api/v3/user", "/api/v3/user/emails", "/api/v3/user/orgs"} {
				h.status(200)(h.get(path, bearer(tok)...))
			}
		}),
		"there is neither OpenID Connect nor a document of discovery": at(func(t *testing.T, h *hub) {
			if tok := h.signIn("openid"); tok["id_token"] != nil {
				t.Error(tok)
			}
			h.status(404)(h.get("/.well-known/openid-configuration"))
		}),
		"token responses are forms, JSON or XML with the root OAuth, as Accept asks": at(func(t *testing.T, h *hub) {
			for accept, want := range map[string]string{"": "access_token=gho_", "application/json": `"access_token":"gho_`, "application/xml": "<OAuth><access_token>gho_"} {
				shows(t, h.status(200)(h.token(code(h, nil), "Accept", accept)), want)
			}
			shows(t, h.status(200)(h.post(githubDevice, url.Values{"client_id": {h.id}})), "device_code=")
		}),
		"scopes of the request stand between spaces, those of the answer between commas": at(func(t *testing.T, h *hub) {
			if tok := h.signIn("repo gist"); tok["scope"] != "repo,gist" {
				t.Error(tok)
			}
		}),
		"errors of the token endpoint have status 200, with error, error_description and error_uri": at(func(t *testing.T, h *hub) {
			e := h.refused(t, url.Values{"code": {"nonsense"}}, "bad_verification_code")
			if e["error_description"] != "The code passed is incorrect or expired." || !strings.HasPrefix(text(e["error_uri"]), "https://docs.github.com/") {
				t.Error(e)
			}
		}),
		"an access token begins with gho_, has no expires_in, and there is no refresh token": at(func(t *testing.T, h *hub) {
			tok := h.signIn("repo")
			if !strings.HasPrefix(text(tok["access_token"]), "gho_") || tok["expires_in"] != nil || tok["refresh_token"] != nil || tok["token_type"] != "bearer" {
				t.Error(tok)
			}
			h.op.Clock().Advance(10 * 365 * 24 * time.Hour)
			h.status(200)(h.get("/user", bearer(tok)...))
		}),
		"a request without scope gives what was granted before, without a page": at(func(t *testing.T, h *hub) {
			h.signIn("repo")
			h.signIn("gist")
			h.op.Set(persona.Persona{Consent: "ask"})
			tok := object(t, h.status(200)(h.token(code(h, nil))))
			shows(t, text(tok["scope"]), "repo", "gist")
		}),
		"ten tokens live at once for a user, an app and a scope; one more ends the oldest": at(func(t *testing.T, h *hub) {
			first := h.signIn("repo")
			for range 9 {
				h.op.Clock().Advance(time.Second)
				h.signIn("repo")
			}
			h.status(200)(h.get("/user", bearer(first)...))
			h.signIn("repo")
			h.status(401)(h.get("/user", bearer(first)...))
		}),
		"PKCE is optional, and knows S256 alone": at(func(t *testing.T, h *hub) {
			h.signIn("repo")
			if got := h.authorize(githubAuthorize, url.Values{"code_challenge": {strings.Repeat("v", 43)}, "code_challenge_method": {"plain"}}); got.Has("code") {
				t.Error(got)
			}
			form := code(h, challenge(nil))
			form.Set("code_verifier", verifier)
			h.status(200)(h.token(form))
			h.refused(t, code(h, challenge(nil)), "bad_verification_code")
		}),
		"a request needs no response_type": at(func(t *testing.T, h *hub) {
			h.status(200)(h.token(code(h, url.Values{"response_type": nil})))
		}),
		"redirect_uri may be left out, or lie below the registered one": at(func(t *testing.T, h *hub) {
			for _, uri := range []string{"", playerCallback + "/deeper"} {
				if got := h.authorize(githubAuthorize, url.Values{"redirect_uri": {uri}}); got.Get("code") == "" {
					t.Errorf("%q: %v", uri, got)
				}
			}
		}),
		"a redirect_uri that does not match is told to the registered one": at(func(t *testing.T, h *hub) {
			to := h.location(githubAuthorize, url.Values{"redirect_uri": {"https://elsewhere.example.test/"}})
			if !strings.HasPrefix(to.String(), playerCallback) || to.Query().Get("error") != "redirect_uri_mismatch" || to.Query().Get("state") == "" {
				t.Error(to)
			}
		}),
		"a user who declines is told as access_denied with error_uri and state": at(func(t *testing.T, h *hub) {
			got := h.deny(githubAuthorize, url.Values{"scope": {"repo"}})
			if got.Get("error") != "access_denied" || got.Get("error_uri") == "" || got.Get("error_description") == "" || got.Get("state") == "" {
				t.Error(got)
			}
		}),
		"the response has iss, which is https://github.com/login/oauth, of an enterprise server the same below its address": func(t *testing.T, p *player) {
			if got := p.authorize(githubAuthorize, nil); got.Get("iss") != p.url("/login/oauth") {
				t.Error(got)
			}
			real := play(t, "github", mockprovider.WithProvider(persona.Persona{Identity: "real"}))
			if got := real.authorize(githubAuthorize, nil); got.Get("iss") != "https://github.com/login/oauth" {
				t.Error(got)
			}
		},
		"redirect_uri may be on a host below the registered one, and on any port of a loopback address, but of no other": at(func(t *testing.T, h *hub) {
			h.op.SetClient(store.Client{ID: h.id, Secret: h.key, RedirectURIs: []string{playerCallback, "http://127.0.0.1/callback"}})
			for uri, ok := range map[string]bool{
				"https://deep.app.example.test/callback": true, "http://127.0.0.1:5678/callback/deeper": true,
				"https://app.example.test:8443/callback": false, "https://example.test/callback": false, "https://app.example.test/": false,
			} {
				if got := h.authorize(githubAuthorize, url.Values{"redirect_uri": {uri}}); got.Has("code") != ok {
					t.Errorf("%s: %v", uri, got)
				}
			}
		}),
		"allow_signup and prompt=select_account are parameters of the request": at(func(t *testing.T, h *hub) {
			h.status(200)(h.token(code(h, url.Values{"allow_signup": {"false"}})))
			h.op.Set(persona.Persona{SignIn: "interactive"})
			for prompt, status := range map[string]int{"": 302, "select_account": 200} {
				h.status(status)(h.get(githubAuthorize + "?" + h.request(url.Values{"prompt": {prompt}}).Encode()))
			}
		}),
		"a code lives ten minutes": at(func(t *testing.T, h *hub) {
			old, young := code(h, nil), code(h, nil)
			h.op.Clock().Advance(9 * time.Minute)
			h.status(200)(h.token(young))
			h.op.Clock().Advance(2 * time.Minute)
			h.refused(t, old, "bad_verification_code")
		}),
		"login suggests the user": at(func(t *testing.T, h *hub) {
			tok := object(t, h.status(200)(h.token(code(h, url.Values{"login": {"bob"}}))))
			if me := object(t, h.status(200)(h.get("/user", bearer(tok)...))); me["login"] != "bob" {
				t.Error(me)
			}
		}),
		"email of the profile is null where the address is private, and /user/emails has it as primary and verified": at(func(t *testing.T, h *hub) {
			tok := h.signIn("user:email")
			me := object(t, h.status(200)(h.get("/user", bearer(tok)...)))
			if email, there := me["email"]; !there || email != nil {
				t.Error(me)
			}
			shows(t, h.status(200)(h.get("/user/emails", bearer(tok)...)), `"email":"alice@example.com","primary":true,"verified":true`)
			h.status(404)(h.get("/user/emails", bearer(h.signIn("repo"))...))
		}),
		"an address has email, primary, verified and visibility": at(func(t *testing.T, h *hub) {
			shows(t, h.status(200)(h.get("/user/emails", bearer(h.signIn("user:email"))...)), `"email":`, `"primary":`, `"verified":`, `"visibility":"private"`, `"visibility":null`)
		}),
		"id of the profile is a number": at(func(t *testing.T, h *hub) {
			if me := object(t, h.status(200)(h.get("/user", bearer(h.signIn("repo"))...))); me["id"] != float64(int(me["id"].(float64))) {
				t.Error(me)
			}
		}),
		"a wrong secret is incorrect_client_credentials, a wrong code bad_verification_code": at(func(t *testing.T, h *hub) {
			form := code(h, nil)
			h.refused(t, url.Values{"code": form["code"], "client_secret": {"wrong"}}, "incorrect_client_credentials")
			h.refused(t, url.Values{"code": {"wrong"}}, "bad_verification_code")
			h.status(200)(h.token(form))
		}),
		"a code with another redirect_uri is redirect_uri_mismatch": at(func(t *testing.T, h *hub) {
			form := code(h, nil)
			form.Set("redirect_uri", playerCallback+"/deeper")
			h.refused(t, form, "redirect_uri_mismatch")
		}),
		"the API refuses a request without User-Agent": at(func(t *testing.T, h *hub) {
			tok := h.signIn("repo")
			shows(t, h.status(403)(h.get("/user", append(bearer(tok), "User-Agent", "")...)), "make sure your request has a User-Agent header")
			h.status(200)(h.get("/user", bearer(tok)...))
		}),
		"a device code has forty characters and lives for 900 s, the user code eight and a hyphen, the interval is 5 s": at(func(t *testing.T, h *hub) {
			d := object(t, h.status(200)(h.post(githubDevice, url.Values{"client_id": {h.id}}, "Accept", "application/json")))
			if len(text(d["device_code"])) != 40 || len(text(d["user_code"])) != 9 || text(d["user_code"])[4] != '-' || d["expires_in"] != 900.0 || d["interval"] != 5.0 || d["verification_uri"] != h.url("/login/device") {
				t.Error(d)
			}
		}),
		"a device needs no secret, and is answered authorization_pending": at(func(t *testing.T, h *hub) {
			h.refused(t, h.device(t), "authorization_pending")
		}),
		"slow_down brings the new interval, five seconds longer": at(func(t *testing.T, h *hub) {
			form := h.device(t)
			h.refused(t, form, "authorization_pending")
			if e := h.refused(t, form, "slow_down"); fmt.Sprint(e["interval"]) != "10" {
				t.Error(e)
			}
		}),
		"a device code that is not known is incorrect_device_code": at(func(t *testing.T, h *hub) {
			form := h.device(t)
			form.Set("device_code", "nonsense")
			h.refused(t, form, "incorrect_device_code")
		}),
		"a device that waited too long is expired_token, one whose user declined access_denied": at(func(t *testing.T, h *hub) {
			declined, late := h.device(t), h.device(t)
			h.answer(t, declined, false)
			h.refused(t, declined, "access_denied")
			h.op.Clock().Advance(901 * time.Second)
			h.refused(t, late, "expired_token")
		}),
		"a device of an unknown client is incorrect_client_credentials, another grant unsupported_grant_type": at(func(t *testing.T, h *hub) {
			form := h.device(t)
			form.Set("client_id", "another")
			h.refused(t, form, "incorrect_client_credentials")
			h.refused(t, url.Values{"grant_type": {"nonsense"}}, "unsupported_grant_type")
		}),
		"an app deletes a token, or all that a user granted, with its own credentials": at(func(t *testing.T, h *hub) {
			for _, what := range []string{"token", "grant"} {
				tok := h.signIn("repo")
				r, _ := http.NewRequest("DELETE", h.url("/applications/app/"+what), strings.NewReader(`{"access_token":"`+text(tok["access_token"])+`"}`))
				r.Header.Set("Content-Type", "application/json")
				r.SetBasicAuth(h.id, h.key)
				h.status(204)(h.do(r))
				h.status(401)(h.get("/user", bearer(tok)...))
			}
		}),
	}))
}

// device asks for a device code, and returns what its polls send.
func (h *hub) device(t *testing.T) url.Values {
	t.Helper()
	d := object(t, h.status(200)(h.post(githubDevice, url.Values{"client_id": {h.id}}, "Accept", "application/json")))
	h.users[text(d["device_code"])] = text(d["user_code"])
	return url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(d["device_code"])}, "client_secret": nil}
}

// answer answers the page of a device as alice.
func (h *hub) answer(t *testing.T, device url.Values, allow bool) {
	t.Helper()
	b := &agent.Agent{Transport: h.http.Transport}
	page, err := b.Visit(t.Context(), agent.Request{URL: h.url("/login/device")})
	if err == nil {
		page, err = page.Enter(t.Context(), url.Values{"user_code": {h.users[device.Get("device_code")]}})
	}
	if err == nil {
		page, err = page.Login(t.Context(), "alice", "")
	}
	if err == nil {
		_, err = page.Consent(t.Context(), allow, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}
