package webapp

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/target"
)

// newAppSite returns the site of an app that is a handler.
func newAppSite(t *testing.T, app *target.App, handler http.Handler) *Site {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	p := mockprovider.Start(t)
	app.BaseURL = server.URL
	return &Site{
		App: app, Providers: [2]*mockprovider.Provider{p}, ClientID: p.Client().ID, Now: p.Clock().Now,
		Transport: http.DefaultTransport,
	}
}

// TestAccountIsReadFromPage reads the account from a page that has it in each way, and
// in HTML only for a browser that asks for HTML.
func TestAccountIsReadFromPage(t *testing.T) {
	whoami := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-User", "header-7")
		if strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"user": {"id": 7}, "email": "alice@example.com"}`)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<main><h1>Hello <span id="user">u7</span></h1></main><p>alice@example.com`)
	})
	for account, want := range map[string]string{
		"user.id": "7", "#user": "u7", "main h1": "Hello u7", `/"id": (\d+)/`: "7", "X-User:": "header-7", "absent": "", "": "",
	} {
		site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me", Account: account}}, whoami)
		who := whoamiIn(t, site)
		if who.account != want || len(who.as) != 1 || who.as[0] != "alice" {
			t.Errorf("account: %q reads %q of %v, want %q of alice", account, who.account, who.as, want)
		}
	}
}

func TestWrongAccountIsAnError(t *testing.T) {
	site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me", Account: "/("}}, http.NotFoundHandler())
	trail := newTrail(site)
	defer trail.close()
	_, err := newBrowser("main", site, trail).whoami(t.Context())
	if err == nil || !strings.Contains(err.Error(), "app.whoami.account: the regular expression") {
		t.Errorf("got %v", err)
	}
}

// whoamiIn asks an app in a fresh browser who is signed in.
func whoamiIn(t *testing.T, site *Site) *whoamiAnswer {
	t.Helper()
	trail := newTrail(site)
	defer trail.close()
	who, err := newBrowser("main", site, trail).whoami(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// TestRedirectToLoginPageIsSignedOut takes a page with status 200 that the whoami page
// redirects to for no sign-in, unless that page has the account.
func TestRedirectToLoginPageIsSignedOut(t *testing.T) {
	app := http.NewServeMux()
	app.Handle("/settings", http.RedirectHandler("/", http.StatusFound))
	app.Handle("/me", http.RedirectHandler("/users/7", http.StatusFound))
	app.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/users/7" {
			_, _ = io.WriteString(w, `<p id="user">u7</p>`)
		}
	})
	for page, want := range map[string]bool{"/settings": false, "/me": true} {
		site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: page, Account: "#user"}}, app)
		who := whoamiIn(t, site)
		if who.signedIn != want {
			t.Errorf("%s: signed in is %v, want %v", page, who.signedIn, want)
		}
	}
}

// TestAccountSaysWho knows the user of a page by the account, where the page has neither
// e-mail address nor name.
func TestAccountSaysWho(t *testing.T) {
	for body, want := range map[string]string{
		`<b id="user">alice</b>`:                    "alice",
		`<b id="user">1</b>`:                        "",
		`<b id="user">alice</b> bob@example.com`:    "bob",
		`<b id="user">someone</b> the alice awards`: "",
	} {
		site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me", Account: "#user"}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, body)
		}))
		who := whoamiIn(t, site)
		if got := strings.Join(who.as, " "); got != want {
			t.Errorf("%s shows %q, want %q", body, got, want)
		}
	}
}

// TestUserNameIsSuggestedAsAccount: of a page that shows only a user name, the selector
// that finds it there is suggested.
func TestUserNameIsSuggestedAsAccount(t *testing.T) {
	for body, want := range map[string]string{
		`<button title="Logged in as alice">Logout</button>`: `/title="Logged in as ([^"'<]+)/`,
		`<p>alice</p><script>var user = "alice";</script>`:   `/user = "([^"'<]+)/`,
		`<p>nobody</p>`: "",
	} {
		site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, body)
		}))
		who := whoamiIn(t, site)
		if who.named != want {
			t.Errorf("%s suggests %s, want %s", body, who.named, want)
		}
	}
}
