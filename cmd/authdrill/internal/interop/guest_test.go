package interop

import (
	"bufio"
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
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// freePort is the environment of an app that listens on a free port, and calls
// this machine without a proxy.
func freePort() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OAUTHLIB_") })
	return append(env, "PORT=0", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
}

// listening starts an app, and returns its address when it says that it listens.
func listening(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	name := filepath.Base(cmd.Dir)
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
			t.Logf("%s says:\n%s", name, words.String())
		}
	})
	select {
	case address := <-listens:
		return address
	case <-ended:
		t.Fatalf("%s ends before it listens", name)
	case <-time.After(patience):
		t.Fatalf("%s does not listen after %s", name, patience)
	}
	return ""
}

// appIn starts the app of a folder as its language does, which the name of the folder
// tells.
func appIn(folder string) *exec.Cmd {
	name := filepath.Base(folder)
	cmd := exec.Command(filepath.Join(folder, ".venv", "bin", "python"), "app.py")
	switch language, _, _ := strings.Cut(name, "-"); language {
	case "go":
		cmd = exec.Command(filepath.Join(folder, name))
	case "node":
		cmd = exec.Command("node", "app.js")
	}
	cmd.Dir = folder
	return cmd
}

// guest is an app in front of a persona's provider, with somebody at a browser.
type guest struct {
	t       *testing.T
	app     webApp
	op      *mockprovider.Provider
	at      string // where the app is
	wire    http.RoundTripper
	browser *agent.Agent
	page    *agent.Page
}

// anew is the same app and provider, as if nobody had signed in yet.
func (g *guest) anew(t *testing.T) *guest {
	t.Helper()
	if err := g.op.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := g.op.Clock().Set(clock.Machine()); err != nil {
		t.Fatal(err)
	}
	g.op.SetClient(store.Client{ID: g.app.id, Secret: g.app.secret, JWKS: g.app.keys, Name: "The App", RedirectURIs: []string{g.at + g.app.callback}})
	out := *g
	out.t, out.browser, out.page = t, &agent.Agent{Transport: g.wire}, nil
	return &out
}

// open goes to a page of the app.
func (g *guest) open(path string) {
	g.t.Helper()
	var err error
	if g.page, err = g.browser.Visit(g.t.Context(), agent.Request{URL: g.at + path}); err != nil {
		g.t.Fatal(err)
	}
}

// signIn goes by the app's login to the provider, is alice there, and allows or
// declines what the app asks for; of the scopes all, or those that are ticked.
func (g *guest) signIn(login string, allow bool, ticked ...string) {
	g.t.Helper()
	g.open(login)
	var err error
	if g.page, err = g.page.Login(g.t.Context(), "alice", ""); err != nil {
		g.t.Fatal(err)
	}
	if g.page, err = g.page.Consent(g.t.Context(), allow, ticked); err != nil {
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

// expired lets the next token be one that has expired already.
func (g *guest) expired() {
	g.t.Helper()
	if _, err := g.op.Fault(fault.Fault{On: "token_response", Tamper: &fault.Tamper{Set: map[string]any{"expires_in": -1}}}); err != nil {
		g.t.Fatal(err)
	}
}
