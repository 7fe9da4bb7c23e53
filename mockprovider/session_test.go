package mockprovider

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// cookieOf is a cookie that an answer sets.
func cookieOf(resp *http.Response, name string) *http.Cookie {
	for _, c := range resp.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return &http.Cookie{}
}

// TestSessionCookieInFrames: over TLS a frame in a page of another site has the
// session's cookie, and only that one; over http no browser would take it.
func TestSessionCookieInFrames(t *testing.T) {
	authority, err := certificate.New(clock.Epoch())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		options  []Option
		sameSite http.SameSite
	}{"https": {[]Option{func(o *Options) { o.Authority = authority }, WithClock(clock.Frozen(clock.Epoch()))}, http.SameSiteNoneMode}, "http": {nil, http.SameSiteLaxMode}} {
		p := Start(t, c.options...)
		b := newBrowser(t, p.HTTPClient())
		resp, page, _ := b.authorize(p, request())
		if got := cookieOf(resp, "authdrill_browser"); got.SameSite != http.SameSiteLaxMode || got.Secure != (name == "https") || !got.HttpOnly {
			t.Errorf("%s: the cookie of the forms is %v", name, got)
		}
		resp, _ = b.press(resp, page, "login", "alice")
		check := func(what string, got *http.Cookie) {
			if got.SameSite != c.sameSite || got.Secure != (name == "https") || !got.HttpOnly || got.Path != "/" {
				t.Errorf("%s: %s is %v", name, what, got)
			}
		}
		check("the cookie of the session", cookieOf(resp, "authdrill_session"))
		resp, page = b.read(b.Get(p.Issuer() + "/end_session"))
		resp, _ = b.press(resp, page, "logout", "yes")
		gone := cookieOf(resp, "authdrill_session")
		check("the end of the session", gone)
		if gone.MaxAge >= 0 {
			t.Errorf("%s: the session's cookie stays: %v", name, gone)
		}
	}
}

// TestSessionCookieAloneDecidesNothing: a page of another site can have a form posted
// with the session's cookie, but not with that of the browser.
func TestSessionCookieAloneDecidesNothing(t *testing.T) {
	p, b := op(t)
	resp, page, _ := b.authorize(p, request())
	resp, page = b.press(resp, page, "login", "alice")
	action := resp.Request.URL
	if !strings.Contains(page, "consent") {
		t.Fatal(page)
	}
	var session *http.Cookie
	for _, c := range b.Jar.Cookies(action) {
		if c.Name == "authdrill_session" {
			session = c
		}
	}
	forms := map[string]url.Values{"/end_session": {"logout": {"yes"}}, "/device": {"user_code": {"ABCD-EFGH"}}}
	to := strings.TrimPrefix(page[strings.Index(page, `action="`)+len(`action="`):], "")
	forms[to[:strings.Index(to, `"`)]] = url.Values{"consent": {"allow"}, "scope": {"email"}, "csrf": {"guessed"}}
	for path, form := range forms {
		req, _ := http.NewRequest("POST", p.Issuer()+path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://evil.example")
		req.AddCookie(session)
		c := p.HTTPClient()
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, body := b.read(c.Do(req))
		if resp.StatusCode < 400 || !strings.Contains(body, "does not come from the browser") {
			t.Errorf("%s: %s %s", path, resp.Status, body)
		}
	}
	if _, _, out := b.authorize(p, request("prompt", "none")); out.Get("error") != "consent_required" {
		t.Errorf("the session has ended, or the consent was given: %v", out)
	}
}

// TestSilentAnswersInFrames: what prompt=none is answered with works in a frame, and
// pages do not.
func TestSilentAnswersInFrames(t *testing.T) {
	p := Start(t, WithProvider(persona.Persona{Consent: "skip"}))
	b := newBrowser(t, p.HTTPClient())
	for range 2 {
		resp, _, out := b.authorize(p, request("prompt", "none"))
		if out == nil || resp.Header.Get("X-Frame-Options") != "" || resp.Header.Get("Content-Security-Policy") != "" {
			t.Errorf("%s %v %v", resp.Status, out, resp.Header)
		}
		resp, page, out := b.authorize(p, request())
		if out != nil {
			break
		}
		if resp.Header.Get("X-Frame-Options") != "DENY" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("the sign-in page can be framed: %v", resp.Header)
		}
		b.press(resp, page, "login", "alice")
	}
}
