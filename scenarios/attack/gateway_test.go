package attack

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// gateway is an app whose first page is for users who are signed in. It answers other
// users in one of several ways.
type gateway struct {
	client *client.Client
	refuse string // redirect, welcome, refresh, script, page, json or 401

	mu      sync.Mutex
	pending map[string]*client.Authorization
	emails  map[string]string // by session
}

func newGateway(refuse string, mutants ...string) func(app.Config) (http.Handler, error) {
	return func(cfg app.Config) (http.Handler, error) {
		cfg.Second = nil
		c, err := mutant.New(cfg.Config, mutants...)
		return &gateway{client: c, refuse: refuse, pending: map[string]*client.Authorization{}, emails: map[string]string{}}, err
	}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	value := func(name string) string {
		c, err := r.Cookie(name)
		if err != nil {
			return ""
		}
		return c.Value
	}
	page := func(status int, text string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Gateway</title>"+text)
	}
	cookie := func(name, value string) {
		http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	email := g.emails[value("session")]
	switch {
	case r.URL.Path == "/" && email != "" && g.refuse == "json":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"email": email})
	case r.URL.Path == "/" && email != "":
		page(http.StatusOK, "<p>Welcome, "+html.EscapeString(email))
	case r.URL.Path == "/" && g.refuse == "welcome":
		http.Redirect(w, r, "/welcome", http.StatusFound)
	case r.URL.Path == "/welcome":
		page(http.StatusOK, `<p>Please <a href="/login">sign in</a>`)
	case r.URL.Path == "/" && g.refuse == "401":
		page(http.StatusUnauthorized, "<p>Not for you")
	case r.URL.Path == "/" && g.refuse == "page":
		page(http.StatusOK, `<p>Please <a href="/login">sign in</a>`)
	case r.URL.Path == "/" && g.refuse == "json":
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"email":null}`)
	case r.URL.Path == "/" || r.URL.Path == "/login":
		a, err := g.client.Authorize(r.Context(), client.AuthorizeOptions{})
		if err != nil {
			page(http.StatusBadGateway-100, "<p>The provider cannot be used")
			return
		}
		browser := rand.Text()
		g.pending[browser] = a
		cookie("pending", browser)
		switch {
		case g.refuse == "refresh":
			page(http.StatusOK, `<meta http-equiv="refresh" content="0; url='`+html.EscapeString(a.URL)+`'">`)
		case g.refuse == "script" && r.URL.Path == "/":
			page(http.StatusOK, fmt.Sprintf("<script>location.replace(%q)</script>", a.URL))
		default:
			http.Redirect(w, r, a.URL, http.StatusFound)
		}
	case r.URL.Path == "/callback":
		browser := value("pending")
		a := g.pending[browser]
		delete(g.pending, browser)
		if a == nil {
			page(http.StatusBadRequest, "<p>No sign-in was begun here")
			return
		}
		session, err := g.client.Callback(r.Context(), a, r.URL.Query())
		if err != nil || session.IDToken == nil {
			page(http.StatusForbidden, "<p>The sign-in failed")
			return
		}
		id := rand.Text()
		g.emails[id], _ = session.IDToken.Claims["email"].(string)
		cookie("session", id)
		http.Redirect(w, r, "/", http.StatusFound)
	case r.URL.Path == "/logout":
		delete(g.emails, value("session"))
		page(http.StatusOK, "<p>Signed out")
	default:
		page(http.StatusNotFound, "<p>Nothing is here")
	}
}

func gatewayApp(login string, probe target.Probe) *target.App {
	probe.URL = "/"
	return &target.App{Login: &target.Page{URL: login}, WhoAmI: &probe, Logout: &target.Page{URL: "/logout"}, Callback: "/callback"}
}

// TestProbeStopsAtTheApp calibrates apps that refuse users in every way, with and
// without a description of the answer: each calibration is right, or says what to
// change.
func TestProbeStopsAtTheApp(t *testing.T) {
	contains := func(text string) *target.Answer { return &target.Answer{Contains: text} }
	status := func(n ...any) *target.Answer { return &target.Answer{Status: n} }
	tell, only := "what tells its two answers apart", "that only its own page has"
	cases := map[string]struct {
		refuse string
		login  string
		probe  target.Probe
		remedy string // of the check that fails; "" where none does
		real   bool   // also in Chromium, where the calibration holds
	}{
		"redirect":                            {refuse: "redirect", login: "/", real: true},
		"redirect, described":                 {refuse: "redirect", login: "/", probe: target.Probe{SignedOut: status(302)}},
		"redirect to a page of its own":       {refuse: "welcome", login: "/login", real: true},
		"meta refresh":                        {refuse: "refresh", login: "/", real: true},
		"script":                              {refuse: "script", login: "/login", remedy: tell, real: true},
		"script, described":                   {refuse: "script", login: "/login", probe: target.Probe{SignedOut: contains("location.replace")}},
		"page":                                {refuse: "page", login: "/login", remedy: tell},
		"page, described":                     {refuse: "page", login: "/login", probe: target.Probe{SignedOut: contains("sign in")}},
		"page, the other described":           {refuse: "page", login: "/login", probe: target.Probe{SignedIn: contains("Welcome")}},
		"page, both described":                {refuse: "page", login: "/login", probe: target.Probe{SignedIn: contains("Welcome"), SignedOut: contains("sign in")}},
		"page, both described by a matcher":   {refuse: "page", login: "/login", probe: target.Probe{SignedIn: &target.Answer{Contains: map[string]any{"$matches": "Wel.ome"}}, SignedOut: contains("sign in")}},
		"page, both described as one":         {refuse: "page", login: "/login", probe: target.Probe{SignedIn: status(200), SignedOut: status(200)}, remedy: only},
		"page, one for strangers as for both": {refuse: "page", login: "/login", probe: target.Probe{SignedIn: contains("Welcome"), SignedOut: status(200)}, remedy: only},
		"json":                                {refuse: "json", login: "/login", remedy: tell},
		"json, described":                     {refuse: "json", login: "/login", probe: target.Probe{SignedOut: contains(`"email":null`)}},
		"401":                                 {refuse: "401", login: "/login"},
		"401, described":                      {refuse: "401", login: "/login", probe: target.Probe{SignedOut: status(401)}},
		"401, described wrongly":              {refuse: "401", login: "/login", probe: target.Probe{SignedOut: status(403)}, remedy: tell},
	}
	for name, tc := range cases {
		t.Run("scripted/"+name, func(t *testing.T) {
			t.Parallel()
			w := newTestWorker(t, gatewayApp(tc.login, tc.probe), nil, newGateway(tc.refuse))
			for range 2 { // never by chance
				checks, _ := w.calibrate(t.Context())
				if good := (&Card{Calibration: checks}).Calibrated(); good != (tc.remedy == "") || !strings.Contains(checks[len(checks)-1].Remedy, tc.remedy) {
					t.Fatalf("%+v", checks)
				}
			}
		})
	}
	t.Run("Chromium", func(t *testing.T) {
		t.Parallel()
		c := realChromium(t)
		for name, tc := range cases {
			if !tc.real {
				continue
			}
			t.Run(name, func(t *testing.T) {
				calibrate(t, newTestWorker(t, gatewayApp(tc.login, tc.probe), c, newGateway(tc.refuse)))
			})
		}
	})
}

// TestGatewayIsJudgedByItsOwnPages attacks gateways: a correct one fails nothing
// for security, although its protected page starts a sign-in at a provider that
// knows the browser, and each planted bug is found.
func TestGatewayIsJudgedByItsOwnPages(t *testing.T) {
	t.Parallel()
	all := catalog.Embedded().Entries
	for _, refuse := range []string{"redirect", "refresh"} {
		t.Run(refuse, func(t *testing.T) {
			t.Parallel()
			w := calibrate(t, newTestWorker(t, gatewayApp("/", target.Probe{}), nil, newGateway(refuse)))
			exercised := 0
			for n, e := range all {
				if testing.Short() && n%4 > 0 {
					continue
				}
				f := w.play(t.Context(), e)
				if f.Verdict == result.FailSecurity || f.Verdict == result.Invalid {
					t.Errorf("%s: %s %s\n%s", e.ID, f.Verdict, f.Reason, describeWitnesses(f))
				}
				if f.Verdict.Failed() || f.Verdict == result.Pass {
					exercised++
				}
			}
			if exercised < 30 {
				t.Errorf("%d entries were exercised", exercised)
			}
		})
	}
	for name, id := range map[string]string{"nonce-unchecked": "idt-nonce-wrong", "state-unchecked": "state-missing", "exp-unchecked": "idt-exp-past"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := catalog.Embedded().Lookup(id)
			if err != nil {
				t.Fatal(err)
			}
			w := calibrate(t, newTestWorker(t, gatewayApp("/", target.Probe{}), nil, newGateway("redirect", name)))
			if f := w.play(t.Context(), e); f.Verdict != result.FailSecurity {
				t.Errorf("%s %s\n%s", f.Verdict, f.Reason, describeWitnesses(f))
			}
		})
	}
}
