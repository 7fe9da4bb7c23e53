package persona_test

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const (
	calendar = "https://cal.example.com"
	contacts = "https://contacts.example.com"
)

// asker asks for tokens at a token endpoint.
type asker struct {
	*player
	token string // path of the token endpoint
}

func askAt(t *testing.T, name, token string, p persona.Persona) *asker {
	a := &asker{play(t, name, mockprovider.WithProvider(p)), token}
	if name == "spec" {
		a.op.Set(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt"}, GrantTypes: []protocol.Grant{"authorization_code", "refresh_token", "client_credentials", "password", protocol.DeviceCodeGrant, "implicit"}})
	}
	offered := a.op.Persona()
	grants := slices.DeleteFunc([]protocol.Grant{"authorization_code", "implicit", "refresh_token", "client_credentials", "password", protocol.DeviceCodeGrant}, func(g protocol.Grant) bool { return capability.LacksGrant(&offered, g) != nil })
	a.op.SetClient(store.Client{ID: "app", Secret: "app-secret", RedirectURIs: []string{playerCallback}, ResponseTypes: []protocol.ResponseType{"code", "token", "code token"}, GrantTypes: grants})
	a.op.SetUser(store.User{Login: "alice", Subject: "alice", Password: "secret"})
	return a
}

// ask sends a form to the token endpoint.
func (a *asker) ask(form url.Values) (*http.Response, map[string]any) {
	a.t.Helper()
	return a.post(a.token, form)
}

func (a *asker) post(path string, form url.Values) (*http.Response, map[string]any) {
	a.t.Helper()
	form.Set("client_id", a.id)
	form.Set("client_secret", a.key)
	r, _ := http.NewRequest("POST", a.url(path), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, body := a.do(r)
	return resp, object(a.t, body)
}

// audience is aud of an access token.
func (a *asker) audience(answer map[string]any) any {
	a.t.Helper()
	if answer["access_token"] == nil {
		a.t.Fatal(answer)
	}
	return claimsOf(a.t, answer["access_token"])["aud"]
}

func (a *asker) code(params url.Values) url.Values {
	a.t.Helper()
	got := a.authorize("/authorize", params)
	return url.Values{"grant_type": {"authorization_code"}, "code": {got.Get("code")}, "redirect_uri": {playerCallback}}
}

// answerDevice has alice allow what a device asks.
func (a *asker) answerDevice(userCode string) {
	a.t.Helper()
	b, ctx := &agent.Agent{Transport: a.http.Transport}, a.t.Context()
	page, err := b.Visit(ctx, agent.Request{URL: a.url("/device")})
	if err == nil {
		page, err = page.Enter(ctx, url.Values{"user_code": {userCode}})
	}
	if err == nil && page.Offers("login") {
		page, err = page.Login(ctx, "alice", "secret")
	}
	if err == nil && page.Offers("consent") {
		_, err = page.Consent(ctx, true, nil)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

func with(form url.Values, name string, values ...string) url.Values {
	form[name] = values
	return form
}

func (a *asker) wantAudience(answer map[string]any, want ...any) {
	a.t.Helper()
	var expected any = want
	if len(want) == 1 {
		expected = want[0]
	}
	if got := a.audience(answer); !reflect.DeepEqual(got, expected) {
		a.t.Errorf("aud is %v, want %v: %v", got, expected, answer)
	}
}

func (a *asker) wantTargetInvalid(resp *http.Response, answer map[string]any) {
	a.t.Helper()
	if resp.StatusCode != 400 || answer["error"] != "invalid_target" || answer["access_token"] != nil {
		a.t.Errorf("%s %v, want invalid_target", resp.Status, answer)
	}
}

func TestTokenRequestNarrowsResources(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	both := url.Values{"scope": {"openid offline_access"}, "resource": {calendar, contacts}}
	form := a.code(both)
	resp, answer := a.ask(with(form, "resource", calendar, "https://other.example.com"))
	a.wantTargetInvalid(resp, answer)
	_, answer = a.ask(with(form, "resource", calendar)) // the code was not spent
	a.wantAudience(answer, calendar)

	refresh := func(resources ...string) (*http.Response, map[string]any) {
		resp, got := a.ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(answer["refresh_token"])}, "resource": resources})
		if got["refresh_token"] != nil {
			answer = got
		}
		return resp, got
	}
	_, got := refresh()
	a.wantAudience(got, calendar, contacts)
	_, got = refresh(contacts)
	a.wantAudience(got, contacts)
	a.wantTargetInvalid(refresh("https://other.example.com"))
	a.wantTargetInvalid(refresh("contacts"))
	a.wantTargetInvalid(refresh(contacts + "#a"))
	_, got = refresh("", contacts, calendar, contacts)
	a.wantAudience(got, contacts, calendar)

	a.wantTargetInvalid(a.ask(with(a.code(url.Values{"scope": {"openid"}}), "resource", calendar)))
	_, got = a.ask(a.code(url.Values{"scope": {"openid"}}))
	a.wantAudience(got, a.op.Issuer())
}

// wantScopeInvalid holds an answer to the error about a scope, with its remedy.
func (a *asker) wantScopeInvalid(resp *http.Response, answer map[string]any) {
	a.t.Helper()
	if resp.StatusCode != 400 || answer["error"] != "invalid_scope" || answer["access_token"] != nil || !strings.Contains(text(answer["error_description"]), "ask for a scope of the resource") {
		a.t.Errorf("%s %v, want invalid_scope and a remedy", resp.Status, answer)
	}
}

func TestScopeOfAnotherResourceIsRefused(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	a.op.Set(persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{
		calendar: {ScopesSupported: []string{"events"}}, contacts: {ScopesSupported: []string{"people"}},
	}})
	_, answer := a.ask(a.code(url.Values{"scope": {"openid offline_access events people"}, "resource": {calendar, contacts}}))
	refresh := func(scope string, resources ...string) (*http.Response, map[string]any) {
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(answer["refresh_token"])}, "resource": resources}
		if scope != "" {
			form.Set("scope", scope)
		}
		resp, got := a.ask(form)
		if got["refresh_token"] != nil {
			answer = got
		}
		return resp, got
	}
	a.wantScopeInvalid(refresh("people", calendar))
	for scope, want := range map[string]string{"events": "events", "events people": "events", "": "openid offline_access events", "openid": "openid"} { // the token is not spent
		if _, got := refresh(scope, calendar); got["scope"] != want {
			t.Errorf("%q: %v, want the scope %q", scope, got, want)
		}
	}
	for name, form := range map[string]url.Values{
		"client credentials": {"grant_type": {"client_credentials"}},
		"password":           {"grant_type": {"password"}, "username": {"alice"}, "password": {"secret"}},
	} {
		form.Set("scope", "people")
		a.wantScopeInvalid(a.ask(with(form, "resource", calendar)))
		if _, got := a.ask(with(form, "resource", contacts)); got["scope"] != "people" {
			t.Errorf("%s: %v", name, got)
		}
	}
	a.wantScopeInvalid(a.post("/device_authorization", url.Values{"scope": {"people"}, "resource": {calendar}}))
	if got := a.fragment("/authorize", url.Values{"response_type": {"token"}, "scope": {"people"}, "resource": {calendar}}); got.Get("error") != "invalid_scope" {
		t.Errorf("authorize: %v", got)
	}
}

func TestEveryGrantNamesResources(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	for name, form := range map[string]url.Values{
		"client credentials": {"grant_type": {"client_credentials"}},
		"password":           {"grant_type": {"password"}, "username": {"alice"}, "password": {"secret"}, "scope": {"openid offline_access"}},
	} {
		t.Run(name, func(t *testing.T) {
			a.t = t
			_, answer := a.ask(with(form, "resource", calendar, contacts))
			a.wantAudience(answer, calendar, contacts)
			_, described := a.post("/introspect", url.Values{"token": {text(answer["access_token"])}})
			if got := described["aud"]; !reflect.DeepEqual(got, []any{calendar, contacts}) {
				t.Errorf("introspection: %v", described)
			}
			a.wantTargetInvalid(a.ask(with(form, "resource", "calendar")))
			if refresh, ok := answer["refresh_token"].(string); ok {
				_, answer = a.ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "resource": {contacts}})
				a.wantAudience(answer, contacts)
			}
		})
	}
}

func TestImplicitTokensAreForResources(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	got := a.fragment("/authorize", url.Values{"response_type": {"code token"}, "nonce": {"n"}, "scope": {"openid"}, "resource": {calendar, contacts}})
	a.wantAudience(map[string]any{"access_token": got.Get("access_token")}, calendar, contacts)
	got = a.fragment("/authorize", url.Values{"response_type": {"token"}})
	if got.Get("access_token") == "" || got.Has("scope") {
		t.Errorf("a token without scopes has a scope: %v", got)
	}
}

func TestDeviceNamesResources(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	a.wantTargetInvalid(a.post("/device_authorization", url.Values{"resource": {"calendar"}}))
	_, device := a.post("/device_authorization", url.Values{"scope": {"openid offline_access"}, "resource": {calendar, contacts}})
	form := url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(device["device_code"])}}
	a.answerDevice(text(device["user_code"]))
	a.wantTargetInvalid(a.ask(with(form, "resource", "https://other.example.com")))
	_, answer := a.ask(with(form, "resource", contacts)) // the device was not taken
	a.wantAudience(answer, contacts)
	_, answer = a.ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(answer["refresh_token"])}})
	a.wantAudience(answer, calendar, contacts)
}

func TestPushedRequestNamesResources(t *testing.T) {
	a := askAt(t, "spec", "/token", persona.Persona{})
	push := func(resources ...string) (*http.Response, map[string]any) {
		return a.post("/par", a.request(url.Values{"scope": {"openid"}, "resource": resources}))
	}
	a.wantTargetInvalid(push(calendar, "#"))
	_, pushed := push(calendar, contacts)
	_, answer := a.ask(a.code(url.Values{"request_uri": {text(pushed["request_uri"])}}))
	a.wantAudience(answer, calendar, contacts)
}

func TestKnownResourcesOnly(t *testing.T) {
	p := persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{calendar: {ScopesSupported: []string{"events"}}, contacts: nil}}
	a := askAt(t, "spec", "/token", p)
	if got := a.op.Metadata()["protected_resources"]; !reflect.DeepEqual(got, []string{calendar, contacts}) {
		t.Errorf("metadata: %v", got)
	}
	a.wantTargetInvalid(a.ask(url.Values{"grant_type": {"client_credentials"}, "resource": {"https://other.example.com"}}))
	_, answer := a.ask(url.Values{"grant_type": {"client_credentials"}, "scope": {"events read"}, "resource": {contacts}})
	if answer["scope"] != "read" {
		t.Errorf("scope of another resource: %v", answer)
	}
	a.wantScopeInvalid(a.ask(url.Values{"grant_type": {"client_credentials"}, "scope": {"events"}, "resource": {contacts}}))
	_, answer = a.ask(a.code(url.Values{"scope": {"openid events"}, "resource": {calendar}}))
	if answer["scope"] != "openid events" {
		t.Errorf("scope: %v", answer)
	}
	both := a.code(url.Values{"scope": {"openid offline_access events"}, "resource": {calendar, contacts}})
	_, answer = a.ask(with(both, "resource", contacts))
	if answer["scope"] != "openid offline_access" {
		t.Errorf("a code has the scope of a resource that is left out: %v", answer)
	}
	_, answer = a.ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(answer["refresh_token"])}, "resource": {calendar}})
	if answer["scope"] != "openid offline_access events" {
		t.Errorf("the refresh token has lost a scope: %v", answer)
	}
	limited := *a.op.Client()
	limited.Audience = []string{contacts}
	a.op.SetClient(limited)
	a.wantTargetInvalid(a.ask(url.Values{"grant_type": {"client_credentials"}, "resource": {calendar}}))
}

func TestAuth0Audience(t *testing.T) {
	const api = "https://api.example.com"
	a := askAt(t, "auth0", "/oauth/token", persona.Persona{Name: "auth0"})
	_, answer := a.ask(a.code(url.Values{"scope": {"openid offline_access"}, "audience": {api}}))
	a.wantAudience(answer, api, a.op.Issuer()+"/userinfo")
	_, answer = a.ask(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(answer["refresh_token"])}, "audience": {api}})
	a.wantAudience(answer, api, a.op.Issuer()+"/userinfo")
	_, answer = a.ask(a.code(url.Values{"scope": {"read"}, "audience": {api}}))
	a.wantAudience(answer, api)
	_, answer = a.ask(url.Values{"grant_type": {"client_credentials"}, "audience": {api}})
	a.wantAudience(answer, api)
	for _, opaque := range []url.Values{
		{"scope": {"openid"}}, {"scope": {"openid"}, "resource": {api}},
	} {
		if _, answer = a.ask(a.code(opaque)); !strings.HasPrefix(text(answer["access_token"]), "eyJhbGciOiJkaXIi") {
			t.Errorf("not opaque: %v", answer)
		}
	}

	a.op.Set(persona.Persona{ProtectedResources: map[string]*persona.ProtectedResource{api: nil}})
	got := a.authorize("/authorize", url.Values{"audience": {"https://other.example.com"}})
	if got.Get("error") != "access_denied" || got.Get("error_description") != "Service not found: https://other.example.com" {
		t.Errorf("unknown API: %v", got)
	}
	resp, answer := a.ask(url.Values{"grant_type": {"client_credentials"}, "audience": {"https://other.example.com"}})
	if resp.StatusCode != 403 || answer["error"] != "access_denied" || answer["error_description"] != "Service not found: https://other.example.com" {
		t.Errorf("unknown API: %s %v", resp.Status, answer)
	}
}
