package main

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/agent/chromium"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider"
)

// required tells whether a test may be skipped where what it needs is missing.
func required(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("AUTHDRILL_REQUIRE") == "all" {
		t.Fatalf("%s is missing, and AUTHDRILL_REQUIRE=all", what)
	}
	t.Skipf("%s is missing: skipped", what)
}

// browser is a Chromium of the test's own.
func browser(t *testing.T) *chromium.Chromium {
	t.Helper()
	c, err := chromium.Start(t.Context())
	if errors.Is(err, chromium.ErrMissing) {
		required(t, "chromium")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// person looks at pages and presses what is seen on them.
type person struct {
	t       *testing.T
	profile *chromium.Profile
	page    *agent.Page
}

func newPerson(t *testing.T, c *chromium.Chromium, script bool) *person {
	p := c.Profile(chromium.Options{WithoutScript: !script})
	t.Cleanup(p.Close)
	return &person{t: t, profile: p}
}

func (p *person) open(address string) {
	p.t.Helper()
	var err error
	if p.page, err = p.profile.Open(p.t.Context(), address); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) press(selector string) {
	p.t.Helper()
	page, err := p.profile.Click(p.t.Context(), selector)
	if err != nil {
		p.t.Fatalf("press %s at %s: %v\n%s", selector, p.page.URL, err, p.page.Body)
	}
	p.page = page
}

func (p *person) sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(string(p.page.Body), text) {
			p.t.Fatalf("%s does not show %q:\n%s", p.page.URL, text, p.page.Body)
		}
	}
}

// A person with a browser: the client app of serve, sign in, allow, look, refresh,
// call the API, sign out. With JavaScript and without, every button works.
func TestBrowser(t *testing.T) {
	browser := browser(t)
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			r := commandtest.Serve(t)
			c := newPerson(t, browser, script)
			c.open(r.ClientApp)
			c.sees("Nobody is signed in")
			c.press(`a[href="/login"]`)
			c.sees("Sign in", "to continue to")
			c.press(`button[name=login][value=alice]`)
			c.press(`button[name=consent][value=allow]`)
			c.sees("Alice Example", "alice@example.com", "checks passed", "OIDC Core", "offline_access")
			if at := c.page.URL.String(); !strings.HasPrefix(at, r.ClientApp) || strings.Contains(at, "code=") {
				t.Errorf("the browser is at %s", at)
			}
			c.press(`form[action="/refresh"] button`)
			c.sees("used once")
			c.press(`form[action="/call"] button`)
			c.sees("The API’s answer", "200 OK")
			c.press(`form[action="/logout"] button`)
			c.sees("<h1>Signed out</h1>")
			c.open(r.ClientApp)
			c.sees("Nobody is signed in")
		})
	}
}

// The response comes as a form that the browser posts by itself, or, without
// JavaScript, by a button (OAuth 2.0 Form Post Response Mode).
func TestBrowserFormPost(t *testing.T) {
	browser := browser(t)
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			op := mockprovider.Start(t)
			address := appWith(t, op, "form_post")
			c := newPerson(t, browser, script)
			c.open(address + "/login")
			c.press(`button[name=login][value=bob]`)
			c.press(`button[name=consent][value=allow]`)
			if !script {
				c.press(`form[action="` + address + `/callback"] button`)
			}
			c.sees("Bob Example", "checks passed")
		})
	}
}

// Deny is an answer too: the app says so, and nobody is signed in.
func TestBrowserDeny(t *testing.T) {
	r := commandtest.Serve(t)
	c := newPerson(t, browser(t), true)
	c.open(r.ClientApp + "/login")
	c.press(`button[name=login][value=carol]`)
	c.press(`button[name=consent][value=deny]`)
	c.sees("declined", "access_denied")
}

// appWith lets a client app listen that asks for a response mode.
func appWith(t *testing.T, op *mockprovider.Provider, mode string) string {
	t.Helper()
	return serveApp(t, func(address string) http.Handler {
		app, err := app.New(app.Config{Config: client.Config{
			Issuer: op.Issuer(), ClientID: op.Client().ID, ClientSecret: op.Client().Secret,
			RedirectURL: address + "/callback", ResponseMode: mode,
		}})
		if err != nil {
			t.Fatal(err)
		}
		return app
	})
}
