package mockprovider

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// browserState is what the script of check_session_iframe reads.
func (b *browser) browserState(p *Provider) string {
	req, _ := http.NewRequest("GET", p.Issuer()+"/check_session", nil)
	for _, c := range b.Jar.Cookies(req.URL) {
		if c.Name == "authdrill_session_state" {
			return c.Value
		}
	}
	return ""
}

// sessionState is what that script compares (OpenID Connect Session Management 1.0
// section 3.2).
func sessionState(clientID, origin, browserState, salt string) string {
	sum := sha256.Sum256([]byte(clientID + " " + origin + " " + browserState + " " + salt))
	return hex.EncodeToString(sum[:]) + "." + salt
}

func TestSessionState(t *testing.T) {
	everything := []protocol.ResponseType{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"}
	p, b := op(t, WithProvider(persona.Persona{Consent: "skip"}), WithClient(store.Client{
		ID: "app", ResponseTypes: everything, GrantTypes: []protocol.Grant{"authorization_code", "implicit"},
		RedirectURIs: []string{callback, "com.example.app:/callback"},
	}))
	if at := p.Metadata()["check_session_iframe"]; at != p.Issuer()+"/check_session" {
		t.Fatal(at)
	}
	origin := strings.TrimSuffix(callback, "/callback")
	resp, page, _ := b.authorize(p, request())
	b.press(resp, page, "login", "alice")
	signedIn := b.browserState(p)
	for _, kind := range everything {
		_, _, out := b.authorize(p, request("response_type", string(kind)))
		_, salt, _ := strings.Cut(out.Get("session_state"), ".")
		if state := out.Get("session_state"); len(salt) < 8 || state != sessionState("app", origin, signedIn, salt) || state == sessionState("app", "https://evil.example", signedIn, salt) {
			t.Errorf("%s: session_state %q for the browser state %q: %v", kind, state, signedIn, out)
		}
	}
	for what, q := range map[string][]string{"OAuth alone": {"scope", "email"}, "an error": {"prompt", "none", "max_age", "0"}} {
		if _, _, out := b.authorize(p, request(q...)); out == nil || out.Has("session_state") {
			t.Errorf("%s: %v", what, out)
		}
	}
	resp, page = b.read(b.Get(p.Issuer() + "/end_session"))
	b.press(resp, page, "logout", "yes")
	if b.browserState(p) != "" {
		t.Error("the browser state does not change at the sign-out")
	}
	resp, page, _ = b.authorize(p, request())
	b.press(resp, page, "login", "bob")
	if s := b.browserState(p); s == "" || s == signedIn {
		t.Errorf("the browser state of another session is %q", s)
	}
}

// TestSessionStateOff: without check_session_iframe there is neither a session_state
// nor a cookie for it.
func TestSessionStateOff(t *testing.T) {
	for name, settings := range map[string]persona.Persona{
		"removed": {SignIn: "auto", Metadata: map[string]any{"check_session_iframe": match.Absent}}, "google": {Name: "google", SignIn: "auto"},
	} {
		p, b := op(t, WithProvider(settings), WithClient(store.Client{ID: "app", RedirectURIs: []string{callback}}))
		at, _ := p.Metadata()["authorization_endpoint"].(string)
		resp, _ := b.read(b.Get(at + "?" + request().Encode()))
		out := answered(resp)
		if out.Get("code") == "" || out.Has("session_state") || cookieOf(resp, "authdrill_session_state").Name != "" || p.Metadata()["check_session_iframe"] != nil {
			t.Errorf("%s: %v %v", name, out, resp.Header)
		}
		if resp, _ := b.read(b.Get(p.Issuer() + "/check_session")); resp.StatusCode != 404 {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}

// TestSessionFramePage can be in a frame of any site, and runs its own script only.
func TestSessionFramePage(t *testing.T) {
	p, b := op(t)
	resp, page := b.read(b.Get(p.Issuer() + "/check_session"))
	h := resp.Header
	policy := h.Get("Content-Security-Policy")
	if resp.StatusCode != 200 || h.Get("X-Frame-Options") != "" || strings.Contains(policy, "frame-ancestors") || !strings.Contains(policy, "script-src 'sha256-") ||
		strings.Contains(policy, "unsafe") || !strings.Contains(page, "authdrill_session_state") {
		t.Errorf("%s %v %s", resp.Status, h, page)
	}
}

// TestAutomaticSignInLasts: a browser that is signed in automatically stays in its
// session, until the request or the user is another.
func TestAutomaticSignInLasts(t *testing.T) {
	p, b := op(t, WithProvider(persona.Persona{SignIn: "auto"}))
	sid := func(kv ...string) string {
		t.Helper()
		b.authorize(p, request(kv...))
		return b.browserState(p)
	}
	first := sid()
	if again := sid("prompt", "none"); again != first {
		t.Error("the second sign-in is another session")
	}
	for what, kv := range map[string][]string{"prompt=login": {"prompt", "login"}, "max_age=0": {"max_age", "0"}, "another user": {"login_hint", "bob"}} {
		if next := sid(kv...); next == first || next == "" {
			t.Errorf("%s: the same session", what)
		}
		first = b.browserState(p)
	}
}
