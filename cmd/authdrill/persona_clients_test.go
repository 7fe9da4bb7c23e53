package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// foreign is an app that was written for a real provider.
type foreign struct {
	folder, persona string
	callback        string
	id, secret      string
	env             func(issuer string) []string // the provider's URLs, and nothing else
}

func foreigners() []foreign {
	return []foreign{flaskOAuthlib()}
}

func flaskOAuthlib() foreign {
	return foreign{
		folder: "flask-oauthlib", persona: "google", callback: "/login/authorized",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		env: func(issuer string) []string {
			return []string{
				"GOOGLE_CLIENT_ID=1034-app.apps.googleusercontent.com", "GOOGLE_CLIENT_SECRET=GOCSPX-a-secret",
				"GOOGLE_BASE_URL=" + issuer + "/oauth2/v1/", "GOOGLE_ACCESS_TOKEN_URL=" + issuer + "/o/oauth2/token", "GOOGLE_AUTHORIZE_URL=" + issuer + "/o/oauth2/auth",
			}
		},
	}
}

// run starts the app on a free port, and returns its address when it listens.
func (f foreign) run(t *testing.T, issuer string, env ...string) string {
	t.Helper()
	folder := filepath.Join(clientsFolder, f.folder)
	python, err := filepath.Abs(filepath.Join(folder, ".venv", "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "app.py")
	cmd.Dir = folder
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OAUTHLIB_") })
	cmd.Env = slices.Concat(cmd.Env, []string{"PORT=0", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"}, f.env(issuer), env)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listens, ended := make(chan string, 1), make(chan struct{})
	var mu sync.Mutex
	var words strings.Builder
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(said); lines.Scan(); {
			mu.Lock()
			words.WriteString(lines.Text() + "\n")
			mu.Unlock()
			if m := regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`).FindStringSubmatch(lines.Text()); m != nil {
				select {
				case listens <- m[1]:
				default: // it has said so before
				}
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("%s says:\n%s", f.folder, words.String())
		}
	})
	select {
	case address := <-listens:
		return address
	case <-ended:
		t.Fatalf("%s ends before it listens", f.folder)
	case <-time.After(patience):
		t.Fatalf("%s does not listen after %s", f.folder, patience)
	}
	return ""
}

// guest is an app in front of a persona's provider, with somebody at a browser.
type guest struct {
	t       *testing.T
	app     foreign
	op      *mockprovider.Provider
	at      string // where the app is
	wire    http.RoundTripper
	browser *agent.Agent
	page    *agent.Page
}

func newGuest(t *testing.T, f foreign, env []string, opts ...mockprovider.Option) *guest {
	t.Helper()
	installed(t, filepath.Join(clientsFolder, f.folder))
	base, err := persona.Named(f.persona)
	if err != nil {
		t.Fatal(err)
	}
	op := mockprovider.Start(t, append([]mockprovider.Option{mockprovider.WithProvider(base)}, opts...)...)
	return &guest{t: t, app: f, op: op, at: f.run(t, op.Issuer(), env...)}
}

// insecure lets oauthlib speak plain http, as its users do on their own machine.
const insecure = "OAUTHLIB_INSECURE_TRANSPORT=1"

// anew is the same app and provider, as if nobody had signed in yet.
func (g *guest) anew(t *testing.T) *guest {
	t.Helper()
	if err := g.op.Reset(); err != nil {
		t.Fatal(err)
	}
	g.op.SetClient(store.Client{ID: g.app.id, Secret: g.app.secret, Name: "The App", RedirectURIs: []string{g.at + g.app.callback}})
	out := *g
	out.t, out.browser, out.page = t, agent.New(agent.Options{Transport: g.wire}), nil
	return &out
}

// open goes to a page of the app.
func (g *guest) open(path string) {
	g.t.Helper()
	var err error
	if g.page, err = g.browser.Open(g.t.Context(), g.at+path); err != nil {
		g.t.Fatal(err)
	}
}

// signIn goes by the app's login to the provider, is alice there, and allows or
// declines what the app asks for.
func (g *guest) signIn(login string, allow bool) {
	g.t.Helper()
	g.open(login)
	var err error
	if g.page, err = g.browser.Login(g.t.Context(), g.page, "alice", ""); err != nil {
		g.t.Fatal(err)
	}
	if g.page, err = g.browser.Consent(g.t.Context(), g.page, agent.Decision{Allow: allow}); err != nil {
		g.t.Fatal(err)
	}
}

// sees fails unless the page in front is the app's, and has each of the words.
func (g *guest) sees(words ...string) {
	g.t.Helper()
	for _, w := range words {
		if !strings.HasPrefix(g.page.URL.String(), g.at+"/") || !strings.Contains(string(g.page.Body), w) {
			g.t.Fatalf("no %q at %s: %d %s", w, g.page.URL, g.page.Status, g.page.Body)
		}
	}
}

// refreshed counts the refresh tokens that the app redeemed.
func (g *guest) refreshed() int {
	return len(g.op.Journal().Find(journal.Query{Endpoint: "token_endpoint", Params: map[string]any{"grant_type": "refresh_token"}, Status: 200}))
}

// TestAppsForRealProviders lets apps that were written for Google, GitHub and
// Facebook sign in at the personas, with nothing but their URLs changed.
func TestAppsForRealProviders(t *testing.T) {
	for _, f := range foreigners() {
		t.Run(f.folder, func(t *testing.T) {
			t.Parallel()
			g := newGuest(t, f, []string{insecure})
			for name, test := range f.tests() {
				t.Run(name, func(t *testing.T) { test(g.anew(t)) })
			}
		})
	}
}

func (f foreign) tests() map[string]func(*guest) {
	out := map[string]func(*guest){
		"signs in": func(g *guest) {
			g.signIn("/login", true)
			g.sees("alice@example.test")
			g.open("/logout")
			g.sees("Sign in")
		},
		"is told of a denial": func(g *guest) {
			g.signIn("/login", false)
			g.sees("Access denied", "access_denied")
		},
	}
	if f.persona == "google" {
		out["signs in again when the token has expired"] = func(g *guest) {
			g.signIn("/login", true)
			g.op.Clock().Advance(61 * time.Minute)
			g.open("/")
			g.sees("Please sign in again: the access token has expired")
		}
		out["refreshes a token that has expired at Google"] = func(g *guest) {
			g.signIn("/login?stay=1", true)
			for n := range 2 {
				g.op.Clock().Advance(61 * time.Minute)
				g.open("/")
				g.sees("alice@example.test")
				if got := g.refreshed(); got != n+1 {
					g.t.Errorf("%d refreshes, want %d", got, n+1)
				}
			}
		}
		out["refreshes a token that has expired by its own clock"] = func(g *guest) {
			if _, err := g.op.Fault(fault.Fault{On: "token_response", Tamper: &fault.Tamper{Set: map[string]any{"expires_in": 0}}}); err != nil {
				g.t.Fatal(err)
			}
			g.signIn("/login?stay=1", true)
			g.sees("alice@example.test")
			if got := g.refreshed(); got != 1 {
				g.t.Errorf("%d refreshes, want 1", got)
			}
		}
		out["tells that the user took it back"] = func(g *guest) {
			g.signIn("/login?stay=1", true)
			g.op.RevokeGrant("alice", g.app.id)
			g.open("/")
			g.sees("Please sign in again: Token has been expired or revoked.")
		}
	}
	return out
}

// Over TLS the app trusts the test's authority as it would trust a company's: by
// the environment. What it asks of oauthlib is what it asks in production.
func TestFlaskOAuthlibOverTLS(t *testing.T) {
	t.Parallel()
	authority, err := certificate.New(clock.Running().Now())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, authority.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, flaskOAuthlib(), []string{"SSL_CERT_FILE=" + file, "REQUESTS_CA_BUNDLE=" + file}, mockprovider.WithTLS(authority))
	g.wire = g.op.HTTPClient().Transport
	g = g.anew(t)
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.test")
	g.op.Clock().Advance(61 * time.Minute)
	g.open("/")
	g.sees("alice@example.test")
	if got := g.refreshed(); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

// The way of the README: the command stands in for Google, and is told what
// happens by its control API.
func TestFlaskOAuthlibAtTheCommand(t *testing.T) {
	t.Parallel()
	f := flaskOAuthlib()
	installed(t, filepath.Join(clientsFolder, f.folder))
	r := served(t, "--persona", "google")
	g := &guest{t: t, app: f, at: f.run(t, r.Issuer, insecure), browser: agent.New(agent.Options{})}
	tell := func(method, path string, body any) {
		t.Helper()
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, r.Control+path, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %s", method, path, resp.Status)
		}
	}
	tell("PUT", "/clients/"+f.id, map[string]any{"client_secret": f.secret, "redirect_uris": []string{g.at + f.callback}})
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.test")
	tell("POST", "/clock/advance", map[string]any{"by": "61m"})
	g.open("/")
	g.sees("alice@example.test")
	tell("POST", "/grants/revoke", map[string]any{"user": "alice", "client_id": f.id})
	g.open("/")
	g.sees("Please sign in again: Token has been expired or revoked.")
}
