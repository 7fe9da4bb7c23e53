package mockprovider

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// newDevice asks for a device code and its user code.
func newDevice(t *testing.T, p *Provider) (code, userCode string) {
	t.Helper()
	w := post(p, "/device_authorization", values("scope", "openid"))
	for name, onto := range map[string]*string{"device_code": &code, "user_code": &userCode} {
		_, text, _ := strings.Cut(w.Body.String(), `"`+name+`":"`)
		*onto, _, _ = strings.Cut(text, `"`)
	}
	if code == "" || userCode == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return code, userCode
}

// enter enters a user code.
func (v *visitor) enter(t *testing.T, userCode string) *httptest.ResponseRecorder {
	t.Helper()
	path, form := answerTo(t, v.visit(http.MethodGet, "/device", nil), "user_code", userCode)
	return v.visit(http.MethodPost, path, form)
}

// consenting enters a user code, signs in and returns the consent form.
func (v *visitor) consenting(t *testing.T, userCode, login string) (path string, form url.Values) {
	t.Helper()
	path, form = answerTo(t, v.enter(t, userCode), "login", login)
	return answerTo(t, v.visit(http.MethodPost, path, form), "consent", "allow")
}

func poll(p *Provider, code string) *httptest.ResponseRecorder {
	return post(p, "/token", values("grant_type", string(protocol.DeviceCodeGrant), "device_code", code))
}

// A device is answered by one user, and one poll takes the tokens.
func TestDeviceIsAnsweredOnce(t *testing.T) {
	p, _ := op(t, WithProvider(persona.Persona{DeviceCode: persona.DeviceCode{Interval: 1}})) // a nanosecond: polls never come too fast
	for round := range rounds / 4 {
		code, userCode := newDevice(t, p)
		visitors := []*visitor{{p, map[string]string{}}, {p, map[string]string{}}}
		paths, forms := make([]string, 4), make([]url.Values, 4)
		for n, login := range []string{"alice", "bob"} {
			paths[n], forms[n] = visitors[n].consenting(t, userCode, login)
			paths[n+2], forms[n+2] = paths[n], forms[n]
		}
		connected := 0
		for _, w := range atOnce(4, func(n int) *httptest.ResponseRecorder { return visitors[n%2].send(http.MethodPost, paths[n], forms[n]) }) {
			if strings.Contains(w.Body.String(), "The device is connected") {
				connected++
			} else if !strings.Contains(w.Body.String(), "answered already") {
				t.Errorf("refused with %d %s", w.Code, w.Body)
			}
		}
		if connected != 1 {
			t.Fatalf("round %d: %d were told that they connected the device", round, connected)
		}
		p.Clock().Advance(time.Second)
		tokens := 0
		for _, w := range atOnce(4, func(int) *httptest.ResponseRecorder { return poll(p, code) }) {
			if w.Code == http.StatusOK {
				tokens++
			} else if w.Code != http.StatusBadRequest {
				t.Errorf("refused with %d %s", w.Code, w.Body)
			}
		}
		if tokens != 1 {
			t.Fatalf("round %d: %d polls got tokens", round, tokens)
		}
	}
}

// A grant that is revoked before the device polls gives it nothing.
func TestRevokedDeviceGrant(t *testing.T) {
	p, _ := op(t)
	code, userCode := newDevice(t, p)
	v := &visitor{p, map[string]string{}}
	path, form := v.consenting(t, userCode, "alice")
	v.send(http.MethodPost, path, form)
	if n := p.RevokeGrant("alice", "app"); n != 1 {
		t.Errorf("%d grants ended, want 1", n)
	}
	if w := poll(p, code); !strings.Contains(w.Body.String(), `"access_denied"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// After some wrong user codes every guess is refused for a while, also a right one
// (RFC 8628 section 5.1).
func TestUserCodeGuesses(t *testing.T) {
	for name, tc := range map[string]struct {
		most    int
		browser func(p *Provider, n int) *visitor
	}{
		"one browser": {10, func(p *Provider, n int) *visitor { return &visitor{p, map[string]string{"authdrill_browser": "b"}} }},
		"one address": {30, func(p *Provider, n int) *visitor { return &visitor{p, map[string]string{}} }},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := op(t)
			_, userCode := newDevice(t, p)
			for n := range tc.most {
				if w := tc.browser(p, n).enter(t, "WRNG-CODE"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "is unknown") {
					t.Fatalf("guess %d: %d %s", n, w.Code, w.Body)
				}
			}
			w := tc.browser(p, tc.most).enter(t, userCode)
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "900" || !strings.Contains(w.Body.String(), "Too many wrong codes were entered. Wait 15m0s") {
				t.Errorf("the right code after %d wrong ones: %d %v %s", tc.most, w.Code, w.Header(), w.Body)
			}
			p.Clock().Advance(899 * time.Second)
			if w := tc.browser(p, tc.most).enter(t, userCode); w.Code != http.StatusTooManyRequests {
				t.Errorf("a second too early: %d", w.Code)
			}
			p.Clock().Advance(time.Second)
			_, userCode = newDevice(t, p)
			if w := tc.browser(p, tc.most).enter(t, userCode); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `name="login"`) {
				t.Errorf("after the wait: %d %s", w.Code, w.Body)
			}
		})
	}
}

// Guesses at the same moment do not get past the limit; right ones do not count.
func TestUserCodeGuessesAtOnce(t *testing.T) {
	p, _ := op(t)
	_, userCode := newDevice(t, p)
	v := &visitor{p, map[string]string{"authdrill_browser": "b"}}
	for range 50 {
		if w := v.enter(t, userCode); w.Code != http.StatusOK {
			t.Fatalf("a right code: %d", w.Code)
		}
	}
	path, form := answerTo(t, v.visit(http.MethodGet, "/device", nil), "user_code", "WRNG-CODE")
	tried := 0
	for _, w := range atOnce(40, func(int) *httptest.ResponseRecorder { return v.send(http.MethodPost, path, form) }) {
		if w.Code == http.StatusOK {
			tried++
		}
	}
	if tried != 10 {
		t.Errorf("%d of 40 guesses were tried, want 10", tried)
	}
	p.Set(persona.Persona{Lax: []string{"user-code-guessable"}})
	if w := v.enter(t, userCode); w.Code != http.StatusOK {
		t.Errorf("lax: %d", w.Code)
	}
	p.Set(persona.Persona{Lax: []string{"code-reusable"}})
	p.Clock().Set(clock.Epoch().AddDate(-1, 0, 0))
	if w := v.enter(t, userCode); w.Code != http.StatusOK {
		t.Errorf("the clock was moved back to before the guesses: %d", w.Code)
	}
}

// No two devices that wait have the same user code.
func TestUserCodesDiffer(t *testing.T) {
	p, _ := op(t)
	seen := map[string]bool{}
	for range 50 {
		_, userCode := newDevice(t, p)
		if seen[userCode] {
			t.Fatalf("two devices have the user code %s", userCode)
		}
		seen[userCode] = true
	}
}
