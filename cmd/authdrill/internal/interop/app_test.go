package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// webApp is an app that was written for a real provider, and is told of no more than
// other URLs.
type webApp struct {
	library  string // that it signs in with, as its registry calls it
	folder   string // below testdata/clients
	persona  string
	callback string
	id       string
	secret   string
	urls     map[string]string // the provider's, at the issuer, by the app's variables
	env      []string          // more of the app's variables
	named    bool              // it changes no URL, and meets the provider under the real host names
	tls      bool              // it speaks no plain http, or is not to

	// sign makes the secret of an app whose secret is a JWT, or the key that it signs
	// them with, and the public keys by which the provider knows it.
	sign func(t *testing.T, id string) (secret string, keys json.RawMessage)
	keys json.RawMessage

	// tests are what somebody does with it, by the case that it belongs to, and more
	// words after a colon where a case has several.
	tests map[string]func(*guest)
}

// appClients are the libraries of apps that were written for real providers.
func appClients() []client {
	out := []client{cliOAuth()}
	for _, a := range slices.Concat(flaskApps(), flaskDance(), flaskSocialCore(), passportSocial(), authJS(), gothApps()) {
		out = append(out, a.client())
	}
	return out
}

// client is the app's row of the table.
func (a webApp) client() client {
	first, _, _ := strings.Cut(a.folder, "-")
	language := map[string]string{"flask": "Python", "go": "Go", "node": "JavaScript"}[first]
	return client{library: a.library, language: language, folder: a.folder, persona: a.persona, named: a.named, cases: casesOf(a.tests), begin: a.begin}
}

// begin starts the app in front of its provider, and returns what plays a case.
func (a webApp) begin(t *testing.T) func(t *testing.T, word string) (version string) {
	g := newGuest(t, a)
	return func(t *testing.T, word string) string {
		for name, test := range a.tests {
			if caseOf(name) == word {
				t.Run(name, func(t *testing.T) { test(g.anew(t)) })
			}
		}
		return pinned(t, a.folder, a.library)
	}
}

// casesOf are the cases that tests belong to, in the order of the table.
func casesOf[V any](tests map[string]func(V)) []string {
	return slices.DeleteFunc(words(), func(word string) bool {
		for name := range tests {
			if caseOf(name) == word {
				return false
			}
		}
		return true
	})
}

func caseOf(name string) string {
	word, _, _ := strings.Cut(name, ":")
	return word
}

// pinned is the version of a library that the programs of a folder are installed
// with, by the file that their registry's tool reads.
func pinned(t *testing.T, folder, library string) string {
	t.Helper()
	name, _, _ := strings.Cut(library, " ") // what follows says which part of it
	for _, file := range []string{"requirements.txt", "package.json", "go.mod"} {
		text, err := os.ReadFile(filepath.Join(commandtest.ClientsFolder, folder, file))
		if err != nil {
			continue
		}
		version := regexp.MustCompile(`(?im)(?:^|[\s"])` + regexp.QuoteMeta(name) + `(?:==|": "| )([^\s",]+)`)
		if m := version.FindSubmatch(text); m != nil {
			return string(m[1])
		}
	}
	t.Fatalf("%s has no version of %s", folder, name)
	return ""
}

// newGuest starts the app and its provider.
func newGuest(t *testing.T, a webApp) *guest {
	t.Helper()
	base, err := persona.Named(a.persona)
	must(t, err)
	if a.sign != nil {
		a.secret, a.keys = a.sign(t, a.id)
	}
	g := &guest{t: t, app: a}
	switch {
	case a.named:
		n := underRealNames(t, setup.Setup{Provider: base})
		g.op, g.wire = n.op, n.wire
		g.at = a.run(t, "", n.env...)
	case a.tls:
		authority, trust := trusted(t)
		g.op = mockprovider.Start(t, mockprovider.WithProvider(base), func(o *mockprovider.Options) { o.Authority = authority })
		g.wire = g.op.HTTPClient().Transport
		g.at = a.run(t, g.op.Issuer(), trust...)
	default:
		g.op = mockprovider.Start(t, mockprovider.WithProvider(base))
		g.at = a.run(t, g.op.Issuer(), insecure)
	}
	return g
}

// insecure lets oauthlib speak plain http, as its users do on their own machine.
const insecure = "OAUTHLIB_INSECURE_TRANSPORT=1"

// run starts the app on a free port, and returns its address when it listens.
func (a webApp) run(t *testing.T, issuer string, env ...string) string {
	t.Helper()
	cmd := appIn(commandtest.FolderOf(t, a.folder))
	provider := strings.ToUpper(a.persona)
	cmd.Env = append(freePort(), provider+"_CLIENT_ID="+a.id, provider+"_CLIENT_SECRET="+a.secret)
	cmd.Env = append(cmd.Env, a.env...)
	for name, path := range a.urls {
		cmd.Env = append(cmd.Env, name+"="+issuer+path)
	}
	cmd.Env = append(cmd.Env, env...)
	return listening(t, cmd)
}
