package chromium_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
)

// chromiumOf returns a Chromium of the test's own, as an attack has it.
func chromiumOf(t *testing.T) *chromium.Chromium {
	t.Helper()
	c, err := chromium.Start(t.Context())
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("AUTHDRILL_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// user looks at pages and presses what is seen on them.
type user struct {
	t       *testing.T
	profile *chromium.Profile
	page    *agent.Page
}

func newUser(t *testing.T, c *chromium.Chromium, script bool) *user {
	p := &chromium.Profile{Chromium: c, WithoutScript: !script}
	t.Cleanup(p.Close)
	return &user{t: t, profile: p}
}

func (p *user) open(address string) {
	p.t.Helper()
	var err error
	if p.page, err = p.profile.Visit(p.t.Context(), agent.Request{URL: address}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *user) press(selector string) {
	p.t.Helper()
	page, err := p.profile.Click(p.t.Context(), selector)
	if err != nil {
		p.t.Fatalf("press %s at %s: %v\n%s", selector, p.page.URL, err, p.page.Body)
	}
	p.page = page
}

func (p *user) sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(string(p.page.Body), text) {
			p.t.Fatalf("%s does not show %q:\n%s", p.page.URL, text, p.page.Body)
		}
	}
}

// A person with a browser: the bundled client app, sign in, allow, look, refresh,
// call the API, sign out. With JavaScript and without, every button works.
func TestBrowser(t *testing.T) {
	c := chromiumOf(t)
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			address := appWith(t, mockprovider.Start(t), "")
			u := newUser(t, c, script)
			u.open(address)
			u.sees("Nobody is signed in")
			u.press(`a[href="/login"]`)
			u.sees("Sign in", "to continue to")
			u.press(`button[name=login][value=alice]`)
			u.press(`button[name=consent][value=allow]`)
			u.sees("Alice Example", "alice@example.com", "checks passed", "OIDC Core", "offline_access")
			if at := u.page.URL.String(); !strings.HasPrefix(at, address) || strings.Contains(at, "code=") {
				t.Errorf("the browser is at %s", at)
			}
			u.press(`form[action="/refresh"] button`)
			u.sees("used once")
			u.press(`form[action="/call"] button`)
			u.sees("The API’s answer", "200 OK")
			u.press(`form[action="/logout"] button`)
			u.sees("<h1>Signed out</h1>")
			u.open(address)
			u.sees("Nobody is signed in")
		})
	}
}

// The response comes as a form that the browser posts by itself, or, without
// JavaScript, by a button (OAuth 2.0 Form Post Response Mode).
func TestBrowserFormPost(t *testing.T) {
	c := chromiumOf(t)
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			op := mockprovider.Start(t)
			address := appWith(t, op, "form_post")
			u := newUser(t, c, script)
			u.open(address + "/login")
			u.press(`button[name=login][value=bob]`)
			u.press(`button[name=consent][value=allow]`)
			if !script {
				u.press(`form[action="` + address + `/callback"] button`)
			}
			u.sees("Bob Example", "checks passed")
		})
	}
}

// Deny is an answer too: the app says so, and nobody is signed in.
func TestBrowserDeny(t *testing.T) {
	u := newUser(t, chromiumOf(t), true)
	u.open(appWith(t, mockprovider.Start(t), "") + "/login")
	u.press(`button[name=login][value=carol]`)
	u.press(`button[name=consent][value=deny]`)
	u.sees("declined", "access_denied")
}

// appWith starts the bundled client app with a response mode, and returns its address.
func appWith(t *testing.T, op *mockprovider.Provider, mode string) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	handler, err := app.New(app.Config{APIURL: op.Issuer() + "/resource/me", Config: client.Config{
		Issuer: op.Issuer(), ClientID: op.Client().ID, ClientSecret: op.Client().Secret,
		RedirectURL: address + "/callback", ResponseMode: mode, Scopes: []string{"openid", "profile", "email", "offline_access"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	return address
}
