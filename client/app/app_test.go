package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestAppSignIn is the whole of it: sign in, refresh, call, sign out.
func TestAppSignIn(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)
	b.get(home).must(t, "Nobody is signed in", `href="/login"`)

	page := b.get(home + "login?return_to=/")
	page.must(t, "alice", "OIDC Core 3.1.3.7 (11)", "in 1 h 0 min", "✓", "profile", "alice@example.com", "Sign out")
	page.mustNot(t, "access-1", "refresh-1", "the-client-secret", "code-1", "never asked for")
	if page.url != home {
		t.Errorf("the address bar shows %s", page.url)
	}
	b.get(home+"whoami").must(t, `"signed_in":true`, `"sub":"alice"`)

	w.Advance(20 * time.Minute)
	b.get(home).must(t, "in 40 min 0 s")
	b.press("/refresh").must(t, "The tokens were refreshed.", "in 1 h 0 min")
	b.get(home).mustNot(t, "The tokens were refreshed.")
	b.press("/call").must(t, "200 OK", "&#34;ok&#34;: true")
	w.Advance(2 * time.Hour)
	b.get(home).must(t, "expired")
	b.press("/call").must(t, "after a refresh")

	old := b.jar.Cookies(clienttest.MustURL(home))
	b.press("/logout").must(t, "signed out of this app and at the provider")
	b.get(home).must(t, "Nobody is signed in")
	if w.Count("POST /revoke") != 1 {
		t.Error("the refresh token was not taken back")
	}
	b.jar.SetCookies(clienttest.MustURL(home), old) // the old cookie is dead
	b.get(home).must(t, "Nobody is signed in")
}

func TestAppHeaders(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)
	h := b.get(home).header
	csp := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' https://op.example"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %s: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", h)
	}
	for _, c := range cookiesOf(t, w, "/login") {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %v", c)
		}
	}
	if css := b.get(home + "static/app.css"); css.status != 200 || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("stylesheet: %d %v", css.status, css.header)
	}
}

// TestAppPolicyOfGivenMetadata: the form that signs out may end at the provider, also
// where its endpoints were given by hand.
func TestAppPolicyOfGivenMetadata(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) {
		cfg.Metadata = &client.Metadata{Issuer: clienttest.Issuer, EndSessionEndpoint: "https://logout.example/end"}
	})
	if csp := w.browser(t).get(home).header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "form-action 'self' https://logout.example") {
		t.Error(csp)
	}
}

// TestAppPolicyOfSecondProvider: the form that signs out may end at either provider.
func TestAppPolicyOfSecondProvider(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) { cfg.Second = &client.Config{Issuer: "https://second.example", ClientID: "app"} })
	if csp := w.browser(t).get(home).header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "form-action 'self' https://op.example https://second.example") {
		t.Error(csp)
	}
}

// TestAppRefusals: what comes from outside and is not right changes nothing.
func TestAppRefusals(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)

	b.get(home+"login?login_hint=denied").must(t, "The sign-in was declined", "access_denied", "&lt;script&gt;canary")
	b.get(home).mustNot(t, "<script>")
	b.get(home+"whoami").must(t, `"signed_in":false`, `"error":"access_denied"`)

	if p := b.get(home + "login?iss=https://evil.example"); p.status != http.StatusBadRequest {
		t.Errorf("another clienttest.Issuer: %d", p.status)
	}
	b.get(home + "login") // signed in
	if p := b.post(home+"logout", url.Values{"csrf": {"guess"}}); p.status != http.StatusForbidden {
		t.Errorf("a forged sign-out: %d", p.status)
	}
	b.get(home).must(t, "Sign out")
	b.get(home+"signed-out?state=forged").must(t, "still signed in")

	b.get(home+"callback?code=evil&state=evil").must(t, "The sign-in was refused", "RFC 6749 section 10.12", "Sign out")
	if n := w.Count("POST /token"); n != 1 {
		t.Errorf("%d token requests", n)
	}
	if strings.Contains(b.seen[len(b.seen)-1], "code=") {
		t.Error("a code stays in the address bar")
	}
	if r := b.get(home + "callback"); r.status != 200 || r.url != home {
		t.Errorf("an empty callback: %d at %s", r.status, r.url)
	}
}

// TestAppLoginCSRF: a response that another browser asked for signs nobody in
// (RFC 6749 section 10.12).
func TestAppLoginCSRF(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	attacker, victim := w.browser(t), w.browser(t)
	attacker.http.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		attacker.seen = append(attacker.seen, req.URL.String())
		if req.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	attacker.get(home + "login")
	stolen := attacker.seen[len(attacker.seen)-1]
	victim.get(stolen).must(t, "The sign-in was refused", "Nobody is signed in")
	if w.Count("POST /token") != 0 {
		t.Error("the code was redeemed")
	}
	head, err := http.NewRequest(http.MethodHead, stolen, nil)
	if err != nil {
		t.Fatal(err)
	}
	attacker.do(head) // a prefetch uses nothing up
	attacker.http.CheckRedirect = nil
	attacker.get(stolen).must(t, "Sign out")
	again := attacker.get(stolen) // a second press: where the first went, and nothing is sent
	again.must(t, "Sign out")
	again.mustNot(t, "The sign-in was refused")
	if again.header.Get("Set-Cookie") != "" {
		t.Error("the cookies change")
	}
	if n := w.Count("POST /token"); n != 1 {
		t.Errorf("%d token requests", n)
	}
}

// TestAppTabs: two sign-ins at once, answered in reverse order.
func TestAppTabs(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)
	var responses []string
	b.http.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/callback" {
			responses = append(responses, req.URL.String())
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.get(home + "login?return_to=/whoami")
	first := w.Request().URL.Query()
	b.get(home + "login?return_to=//evil.example")
	b.http.CheckRedirect = nil
	if r := b.get(responses[1]); r.url != home {
		t.Errorf("returned to %s", r.url)
	}
	w.Authorize(first)
	if r := b.get(responses[0]); r.url != home+"whoami" {
		t.Errorf("returned to %s", r.url)
	}
}

func TestAppFormPost(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) { cfg.ResponseType = "code id_token" })
	for _, c := range cookiesOf(t, w, "/login") {
		if strings.Contains(c.Name, "login") && (c.SameSite != http.SameSiteNoneMode || !c.Secure) {
			t.Errorf("the cookie of a pending login stays behind: %v", c)
		}
	}
	b := w.browser(t)
	form := url.Values{}
	w.On["/authorize"] = func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("response_mode") != "form_post" {
			t.Errorf("response_mode %q", q.Get("response_mode"))
		}
		form = w.Authorize(q)
		_, _ = io.WriteString(rw, "post it")
	}
	b.get(home + "login")
	b.post(home+"callback", form).must(t, "alice", "Sign out")

	// A form that some other site posts signs nobody in, and nobody out.
	rec := httptest.NewRecorder()
	forged := httptest.NewRequest(http.MethodPost, home+"callback", strings.NewReader("code=evil&state=evil"))
	forged.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.app.ServeHTTP(rec, forged)
	if rec.Code != http.StatusForbidden || len(rec.Result().Cookies()) != 0 || !strings.Contains(rec.Body.String(), "refused") {
		t.Errorf("%d %v", rec.Code, rec.Result().Cookies())
	}
}

// TestAppHost: a page whose name was made to point here is not served.
func TestAppHost(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) { cfg.AllowedHosts = []string{"alias.example"} })
	for host, want := range map[string]int{
		"app.example": 200, "127.0.0.1:9401": 200, "[::1]:9401": 200, "localhost": 200, "alias.example:80": 200,
		"evil.example": 421, "app.example.evil.example": 421, "10.0.0.1": 421,
	} {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w.app.ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("%s: %d, want %d", host, rec.Code, want)
		}
	}
}

// TestAppProviderDown: the app starts without its provider, says so, and works
// when it is there.
func TestAppProviderDown(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)
	w.On["/.well-known/openid-configuration"] = clienttest.Always(502, "text/html", "<h1>Bad Gateway</h1>")
	b.get(home+"login").must(t, "The sign-in was refused", "status 502 with text/html", "Nobody is signed in")
	delete(w.On, "/.well-known/openid-configuration")
	b.get(home+"login").must(t, "Sign out")
	w.On["/logout"] = nil
	delete(w.Metadata, "end_session_endpoint")
	w.Advance(2 * time.Hour) // the metadata is read again
	b.press("/logout").must(t, "You are signed out of this app.")
}

// TestAppUserInfoOfSomebodyElse: no claim of it is shown (OIDC Core 5.3.2).
func TestAppUserInfoOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	w.On["/userinfo"] = clienttest.Always(200, "application/json", `{"sub":"mallory","name":"Mallory"}`)
	p := w.browser(t).get(home + "login")
	p.must(t, "userinfo_sub", "Nobody is signed in")
	p.mustNot(t, "Mallory")
	w.On["/userinfo"] = clienttest.Always(500, "text/html", "down")
	w.browser(t).get(home+"login").must(t, "Sign out", "could not be had")
}

// TestAppSessionBound: of too many sessions the oldest gives way.
func TestAppSessionBound(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) { cfg.MaxSessions = 3 })
	var browsers []*browser
	for range 4 {
		b := w.browser(t)
		b.get(home + "login")
		browsers = append(browsers, b)
	}
	browsers[0].get(home).must(t, "Nobody is signed in")
	browsers[3].get(home).must(t, "Sign out")
	w.Advance(9 * time.Hour)
	browsers[3].get(home).must(t, "Nobody is signed in")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	_, err := app.New(app.Config{Config: client.Config{Issuer: clienttest.Issuer, ClientID: "app", RedirectURL: "https://app.example/"}})
	if err == nil || !strings.Contains(err.Error(), "/callback") {
		t.Error(err)
	}
}

// TestAppRefreshRefused: what a refresh can end in, on the page.
func TestAppRefreshRefused(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	b := w.browser(t)
	b.get(home + "login")
	w.On["/token"] = clienttest.Always(503, "text/html", "down")
	b.press("/refresh").must(t, "could not be refreshed", "status 503", "Sign out")
	w.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
	b.press("/refresh").must(t, "invalid_grant", "Nobody is signed in")
	delete(w.On, "/token")
	b.get(home+"login").must(t, "Sign out")
	w.Claims = map[string]any{"sub": "mallory", "name": "Mallory"}
	p := b.press("/refresh")
	p.must(t, "renewal", "✗", "Nobody is signed in")
	if strings.Contains(p.body, "<h1>Mallory") {
		t.Error("somebody else is shown")
	}
}
