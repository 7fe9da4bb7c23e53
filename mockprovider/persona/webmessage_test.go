package persona_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// TestWebMessage: the response is posted to the origin of the redirect URI, whose
// pages alone may have it in a frame.
func TestWebMessage(t *testing.T) {
	const origin = "https://app.example.test"
	for name, tc := range map[string]struct {
		path, mode string
		bare       bool
	}{
		"spec":  {"/authorize", "web_message", false},
		"auth0": {"/authorize", "web_message", false},
		"okta":  {"/oauth2/default/v1/authorize", "okta_post_message", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := play(t, name)
			for _, params := range []url.Values{{"prompt": {"none"}}, {"prompt": {"none"}, "scope": {"openid"}, "login_hint": {"bob"}}} {
				params.Set("response_mode", tc.mode)
				resp, body := p.get(tc.path + "?" + p.request(params).Encode())
				policy := resp.Header.Get("Content-Security-Policy")
				if resp.StatusCode != http.StatusOK || !strings.HasSuffix(policy, "; frame-ancestors "+origin) || resp.Header.Get("X-Frame-Options") != "" {
					t.Fatalf("%d %s %s", resp.StatusCode, policy, body)
				}
				if m := regexp.MustCompile(`data-origin="([^"]*)"`).FindStringSubmatch(body); m == nil || html.UnescapeString(m[1]) != origin {
					t.Errorf("the message goes to %v", m)
				}
				message := messageOf(t, body)
				if !tc.bare {
					if message["type"] != "authorization_response" {
						t.Errorf("%v", message)
					}
					message, _ = message["response"].(map[string]any)
				}
				if message["state"] != "a-random-state" || (message["code"] == nil) == (message["error"] == nil) {
					t.Errorf("%v", message)
				}
			}
			resp, _ := p.get(tc.path + "?" + p.request(url.Values{"response_mode": {tc.mode}, "client_id": {"nobody"}}).Encode())
			if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("X-Frame-Options") != "DENY" {
				t.Errorf("an unknown client: %d %v", resp.StatusCode, resp.Header)
			}
		})
	}
}

// TestWebMessageElsewhere: a provider that has no such mode refuses it, and so does
// one that cannot tell the origin of the page.
func TestWebMessageElsewhere(t *testing.T) {
	for name, tc := range map[string]struct{ persona, path, mode, redirect, why string }{
		"google":       {"google", "/o/oauth2/v2/auth", "web_message", playerCallback, "not supported: there are query, fragment, form_post."},
		"okta's, spec": {"spec", "/authorize", "okta_post_message", playerCallback, "not supported: there are query, fragment, form_post, web_message."},
		"an app's own": {"spec", "/authorize", "web_message", "com.example.app:/callback", "must be http or https"},
	} {
		t.Run(name, func(t *testing.T) {
			p := play(t, tc.persona)
			if err := p.op.SetClient(store.Client{ID: "app", Secret: "app-secret", RedirectURIs: []string{tc.redirect}}); err != nil {
				t.Fatal(err)
			}
			to := p.location(tc.path, url.Values{"response_mode": {tc.mode}, "redirect_uri": {tc.redirect}, "scope": {"openid"}})
			if got := to.Query(); got.Get("error") != "invalid_request" || !strings.Contains(got.Get("error_description"), tc.why) {
				t.Errorf("%s", to)
			}
		})
	}
}

// messageOf reads the message of a page.
func messageOf(t *testing.T, body string) map[string]any {
	t.Helper()
	m := regexp.MustCompile(`data-message="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no message in %s", body)
	}
	out := map[string]any{}
	if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
