package persona_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// TestRealmKnowsOnlyItsOwnTokens of a provider that has several issuers: what one
// has issued is unknown to its siblings.
func TestRealmKnowsOnlyItsOwnTokens(t *testing.T) {
	for _, tc := range []struct{ persona, home, sibling string }{
		{"keycloak", "/realms/master", "/realms/staff"},
		{"keycloak", "/realms/staff", "/realms/staff2"},
		{"okta", "/oauth2/default", "/oauth2/aus1"},
		{"okta", "/oauth2/default", ""},
		{"okta", "", "/oauth2/default"},
	} {
		for _, mode := range []string{"local", "host"} {
			t.Run(tc.persona+tc.home+tc.sibling+"/"+mode, func(t *testing.T) {
				t.Parallel()
				base, err := persona.Named(tc.persona)
				if err != nil {
					t.Fatal(err)
				}
				const discovery = "/.well-known/openid-configuration"
				w := newWalker(t, base, mode, tc.home+discovery)
				w.register()
				home, issuer := w.doc, strings.TrimSuffix(w.issuer, tc.home)
				_, body := w.send("GET", issuer+tc.sibling+discovery, nil)
				sibling := object(t, body)
				at := func(doc map[string]any) { w.doc, w.issuer = doc, text(doc["issuer"]) }

				got := w.authorization(nil)
				code := url.Values{"grant_type": {"authorization_code"}, "code": {got.Get("code")}, "redirect_uri": {playerCallback}, "code_verifier": {verifier}}
				at(sibling)
				w.unknown("code", "token_endpoint", code, "token.code_unknown")
				at(home)
				tok := w.granted("code", code)
				access, refresh := text(tok["access_token"]), text(tok["refresh_token"])

				at(sibling)
				if w.profile(access) == 200 {
					t.Error("userinfo of the sibling answers")
				}
				w.inactive(access, refresh)
				w.authenticated("revocation_endpoint", url.Values{"token": {refresh}})
				w.unknown("refresh", "token_endpoint", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}, "refresh.token_unknown")
				if hinted := w.authorization(url.Values{"id_token_hint": {text(tok["id_token"])}}); hinted.Get("error") == "" {
					t.Errorf("the hint of a sibling counts: %v", hinted)
				}
				if resp, _ := w.send("GET", text(sibling["end_session_endpoint"])+"?id_token_hint="+text(tok["id_token"]), nil); resp.StatusCode == 200 {
					t.Error("the hint of a sibling signs out")
				}

				at(home)
				if got := w.profile(access); got != 200 {
					t.Errorf("userinfo at home: %d", got)
				}
				if !w.op.Accepts(access) {
					t.Error("the provider itself does not know the tokens of a realm")
				}
				w.granted("refresh", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
				if w.offers(protocol.ClientCredentialsGrant) {
					own := text(w.granted("client", url.Values{"grant_type": {"client_credentials"}})["access_token"])
					at(sibling)
					w.inactive(own)
				}
			})
		}
	}
}

// TestMintedTokenIsOfDefaultRealm, the one that clients are told.
func TestMintedTokenIsOfDefaultRealm(t *testing.T) {
	base, err := persona.Named("keycloak")
	if err != nil {
		t.Fatal(err)
	}
	w := newWalker(t, base, "local", "/realms/master/.well-known/openid-configuration")
	m, err := w.op.Mint(mockprovider.MintRequest{ClientID: w.id, User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.profile(m.AccessToken); got != 200 {
		t.Errorf("userinfo of master: %d", got)
	}
	_, body := w.send("GET", w.url("/realms/staff/.well-known/openid-configuration"), nil)
	w.doc = object(t, body)
	if got := w.profile(m.AccessToken); got != 401 {
		t.Errorf("userinfo of staff: %d", got)
	}
}

// profile returns the status of userinfo.
func (w *walker) profile(token string) int {
	w.t.Helper()
	r, err := http.NewRequest("GET", text(w.doc["userinfo_endpoint"]), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, _ := w.do(r)
	return resp.StatusCode
}

// inactive holds introspection to know none of some tokens.
func (w *walker) inactive(tokens ...string) {
	w.t.Helper()
	for _, token := range tokens {
		resp, body := w.authenticated("introspection_endpoint", url.Values{"token": {token}})
		if resp.StatusCode == 200 && object(w.t, body)["active"] != false {
			w.t.Errorf("introspection of the sibling: %s", body)
		}
	}
}

// unknown holds an endpoint to refuse a form, for a cause.
func (w *walker) unknown(where, endpoint string, form url.Values, cause protocol.Cause) {
	w.t.Helper()
	resp, body := w.authenticated(endpoint, form)
	entries := w.op.Journal().Entries()
	if got := entries[len(entries)-1].Cause; resp.StatusCode == 200 || got != cause {
		w.t.Errorf("%s at the sibling: %s %s, cause %s", where, resp.Status, body, got)
	}
}

// TestDeviceCodeIsOfItsRealm: a poll elsewhere is of an unknown code, and takes
// nothing from the poll at home.
func TestDeviceCodeIsOfItsRealm(t *testing.T) {
	base, err := persona.Named("keycloak")
	if err != nil {
		t.Fatal(err)
	}
	w := newWalker(t, base, "local", "/realms/master/.well-known/openid-configuration")
	w.register()
	home := w.doc
	_, body := w.send("GET", w.url("/realms/staff/.well-known/openid-configuration"), nil)
	resp, answer := w.authenticated("device_authorization_endpoint", url.Values{"scope": {w.scope()}})
	if resp.StatusCode != 200 {
		t.Fatal(resp.Status, answer)
	}
	poll := url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(object(t, answer)["device_code"])}}
	w.doc = object(t, body)
	w.unknown("device code", "token_endpoint", poll, protocol.CauseDeviceCodeUnknown)
	w.doc = home
	w.unknown("device code at home", "token_endpoint", poll, protocol.CauseDeviceAuthorizationPending)
}
