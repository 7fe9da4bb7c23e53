package bundled

import (
	"errors"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestMain makes authdrill a program that tests can start.
func TestMain(m *testing.M) { commandtest.Main(m) }

// TestAttackInABrowser attacks apps that listen, with Chromium: one whose pages
// the server makes, and one whose pages are scripts, which nothing else can
// attack. The correct ones fail nothing, and each leak is found.
func TestAttackInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	ids := []string{"state-missing", "idt-nonce-wrong", "login-csrf", "code-in-history", "tokens-in-browser", "postmessage-wildcard"}
	bundled := func(mutants ...string) func(issuer, address string) http.Handler {
		return func(issuer, address string) http.Handler {
			app, err := mutant.NewApp(app.Config{Config: client.Config{
				Issuer: issuer, ClientID: setup.ClientID, ClientSecret: setup.ClientSecret, RedirectURL: address + "/callback",
			}}, mutants...)
			if err != nil {
				t.Fatal(err)
			}
			return app
		}
	}
	ofScripts := func(leaky bool) func(issuer, address string) http.Handler {
		return func(issuer, address string) http.Handler {
			c, err := client.New(client.Config{
				Issuer: issuer, ClientID: setup.ClientID, ClientSecret: setup.ClientSecret, RedirectURL: address + "/callback", Scopes: []string{"openid", "email"},
			})
			if err != nil {
				t.Fatal(err)
			}
			return &scripted{client: c, leaky: leaky, pending: map[string]*client.Authorization{}, users: map[string]string{}}
		}
	}
	shown := &target.Probe{URL: "/me", SignedIn: &target.Answer{Contains: "You are signed in as"}}
	for name, tc := range map[string]struct {
		app    func(issuer, address string) http.Handler
		whoami *target.Probe
		fails  []string
	}{
		"pages of a server":            {bundled(), &target.Probe{URL: "/whoami"}, nil},
		"pages of a server, and leaks": {bundled("tokens-in-storage"), &target.Probe{URL: "/whoami"}, []string{"tokens-in-browser"}},
		"scripts":                      {ofScripts(false), shown, nil},
		"scripts, and leaks":           {ofScripts(true), shown, []string{"postmessage-wildcard", "tokens-in-browser"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := freeAddress(t)
			address := commandtest.ServeApp(t, func(address string) http.Handler { return tc.app("http://"+provider, address) })
			card, err := attack.Run(t.Context(), attack.Options{
				App:    &target.App{BaseURL: address, Login: &target.Page{URL: "/login"}, WhoAmI: tc.whoami, Callback: "/callback"},
				Listen: provider, Entries: entriesOf(t, ids), Chromium: true,
			})
			if errors.Is(err, exec.ErrNotFound) {
				commandtest.Missing(t, err.Error())
			}
			if err != nil {
				t.Fatal(err)
			}
			if !card.Calibrated() {
				t.Fatalf("the calibration failed: %+v", card.Calibration)
			}
			for _, f := range card.Findings {
				if f.Verdict.Failed() != slices.Contains(tc.fails, f.ID) || f.Verdict == result.Invalid || f.Verdict == result.NotExercised {
					t.Errorf("%s: %s %s %+v", f.ID, f.Verdict, f.Reason, f.Witnesses)
				}
			}
			t.Logf("%d entries in %s", len(card.Findings), card.Duration)
		})
	}
}

func entriesOf(t *testing.T, ids []string) []*catalog.Entry {
	t.Helper()
	var out []*catalog.Entry
	for _, id := range ids {
		e, err := catalog.Embedded().Lookup(id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
