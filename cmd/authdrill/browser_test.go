package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/mockprovider"
)

// A person with a browser: the client app of serve, sign in, allow, look, refresh,
// call the API, sign out. With JavaScript and without, every button works.
func TestBrowser(t *testing.T) {
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			r := served(t)
			c := startChromium(t)
			if !script {
				c.withoutScript()
			}
			c.open(r.ClientApp)
			c.sees("Nobody is signed in")
			c.press(`a[href="/login"]`)
			c.sees("Sign in", "to continue to")
			c.press(`button[name=login][value=alice]`)
			c.press(`button[name=consent][value=allow]`)
			c.sees("Alice Example", "alice@example.test", "checks passed", "OIDC Core", "offline_access")
			if at := c.address(); !strings.HasPrefix(at, r.ClientApp) || strings.Contains(at, "code=") {
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
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			op := mockprovider.Start(t)
			address := appWith(t, op, "form_post")
			c := startChromium(t)
			if !script {
				c.withoutScript()
			}
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
	r := served(t)
	c := startChromium(t)
	c.open(r.ClientApp + "/login")
	c.press(`button[name=login][value=carol]`)
	c.press(`button[name=consent][value=deny]`)
	c.sees("declined", "access_denied")
}

// appWith lets a client app listen that asks for a response mode.
func appWith(t *testing.T, op *mockprovider.Provider, mode string) string {
	t.Helper()
	listener, err := listen("127.0.0.1", 0, "port", false)
	if err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "http", Host: listener.Addr().String()}).String()
	app, err := client.NewApp(client.AppConfig{Config: client.Config{
		Issuer: op.Issuer(), ClientID: op.Client().ID, ClientSecret: op.Client().Secret,
		RedirectURL: address + "/callback", ResponseMode: mode,
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: app}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return address
}
