package persona_test

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// postedTo returns the text that the page of an authorization response posts, and the
// origin that gets it.
func postedTo(t *testing.T, p *player, params url.Values) (origin string, message map[string]any) {
	t.Helper()
	resp, body := p.get("/o/oauth2/v2/auth?" + p.request(params).Encode())
	data := func(name string) string {
		m := regexp.MustCompile(`data-` + name + `="([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%s %v %s", resp.Status, resp.Header, body)
		}
		return html.UnescapeString(m[1])
	}
	var posted string // the library of Google reads a text
	if err := json.Unmarshal([]byte(data("message")), &posted); err != nil {
		t.Fatal(err)
	}
	return data("origin"), object(t, posted)
}

// redeemPopup redeems the code of a popup.
func redeemPopup(p *player, code any, redirect string) (status int, body string) {
	resp, body := p.post("/token", url.Values{"grant_type": {"authorization_code"}, "code": {text(code)}, "redirect_uri": {redirect}, "client_id": {p.id}, "client_secret": {p.key}})
	return resp.StatusCode, body
}

// googlePopup has assertions about the window that Google Identity Services opens.
func googlePopup() map[string]func(t *testing.T, p *player) {
	const relay = "storagerelay://https/app.example.test?id=auth728648"
	asked := func(redirect string) url.Values {
		return url.Values{"scope": {"openid email"}, "access_type": {"offline"}, "prompt": {"consent"}, "redirect_uri": {redirect}, "gsiwebsdk": {"3"}}
	}
	return map[string]func(t *testing.T, p *player){
		"a code that a window posts to the page that opened it is redeemed with redirect_uri=postmessage, and with no other": func(t *testing.T, p *player) {
			for redirect, ok := range map[string]bool{"postmessage": true, relay: false, playerCallback: false, "": false} {
				_, message := postedTo(t, p, asked(relay))
				result := message["params"].(map[string]any)["authResult"].(map[string]any)
				status, body := redeemPopup(p, result["code"], redirect)
				if ok != (status == 200) || !ok && !strings.Contains(body, `"error":"redirect_uri_mismatch"`) {
					t.Errorf("%q: %d %s", redirect, status, body)
				}
			}
			if status, body := redeemPopup(p, p.authorize("/o/oauth2/v2/auth", url.Values{"scope": {"email"}}).Get("code"), "postmessage"); status != 400 {
				t.Errorf("a code that was sent to a redirect URI: %s", body)
			}
		},
		"a page that opens a window asks with a redirect_uri such as storagerelay://https/HOST?id=auth1 and is posted a text with params: id, clientId, type authResult and authResult": func(t *testing.T, p *player) {
			origin, message := postedTo(t, p, asked(relay))
			params, _ := message["params"].(map[string]any)
			result, _ := params["authResult"].(map[string]any)
			if origin != "https://app.example.test" || params["id"] != "auth728648" || params["clientId"] != p.id || params["type"] != "authResult" || result["code"] == nil || result["state"] != "a-random-state" || result["scope"] == nil {
				t.Errorf("%s: %v", origin, message)
			}
			implicit := asked(relay)
			implicit.Set("response_type", "token")
			if _, message := postedTo(t, p, implicit); message["params"].(map[string]any)["authResult"].(map[string]any)["error"] != "unauthorized_client" {
				t.Error(message)
			}
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback}, GrantTypes: []protocol.Grant{protocol.ImplicitGrant}, ResponseTypes: []protocol.ResponseType{"token"}})
			if _, message := postedTo(t, p, implicit); message["params"].(map[string]any)["authResult"].(map[string]any)["access_token"] == nil {
				t.Error(message)
			}
		},
		"a page whose origin is not registered is shown redirect_uri_mismatch": func(t *testing.T, p *player) {
			for _, uri := range []string{
				"storagerelay://https/evil.example.test?id=auth1", "storagerelay://http/app.example.test?id=auth1", "storagerelay://https/app.example.test:8443?id=auth1", "storagerelay://https?id=auth1",
				"storagerelay://https/app.example.test/path?id=auth1", "storagerelay://https/user@app.example.test?id=auth1", "storagerelay://javascript/app.example.test?id=auth1", "storagerelay:https/app.example.test",
			} {
				resp, body := p.get("/o/oauth2/v2/auth?" + p.request(asked(uri)).Encode())
				if resp.StatusCode != 400 || resp.Header.Get("Location") != "" || strings.Contains(body, "data-message") {
					t.Errorf("%s: %s %s", uri, resp.Status, body)
				}
				shows(t, body, "redirect_uri_mismatch")
			}
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{"http://localhost:8000/callback"}})
			if origin, _ := postedTo(t, p, asked("storagerelay://http/localhost:3000?id=auth1")); origin != "http://localhost:3000" {
				t.Error(origin)
			}
		},
		"a request may have redirect_uri=postmessage itself, with the page's origin": func(t *testing.T, p *player) {
			for _, origin := range []string{"https://app.example.test", ""} {
				params := asked("postmessage")
				params.Set("origin", origin)
				to, message := postedTo(t, p, params)
				if to != "https://app.example.test" {
					t.Error(to)
				}
				status, body := redeemPopup(p, message["params"].(map[string]any)["authResult"].(map[string]any)["code"], "postmessage")
				if status != 200 {
					t.Error(body)
				}
				shows(t, body, `"refresh_token":"1//`)
			}
			params := asked("postmessage")
			params.Set("origin", "https://evil.example.test")
			_, body := p.get("/o/oauth2/v2/auth?" + p.request(params).Encode())
			shows(t, body, "redirect_uri_mismatch")
		},
	}
}

// TestPopupElsewhere: no other provider answers a window so.
func TestPopupElsewhere(t *testing.T) {
	for name, path := range map[string]string{"spec": "/authorize", "github": githubAuthorize, "microsoft": "/common/oauth2/v2.0/authorize"} {
		p := play(t, name)
		for _, uri := range []string{"postmessage", "storagerelay://https/app.example.test?id=auth1"} {
			resp, body := p.get(path + "?" + p.request(url.Values{"redirect_uri": {uri}, "scope": {"openid"}}).Encode())
			if strings.Contains(body, "data-message") || strings.HasPrefix(resp.Header.Get("Location"), "storagerelay") {
				t.Errorf("%s: %s: %s %s", name, uri, resp.Status, body)
			}
		}
	}
}
