package interop

import (
	"flag"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

var update = flag.Bool("update", false, "write what was proven to the table of testdata/clients/README.md")

// TestClients plays each client's cases, and holds what was proven against the
// table in testdata/clients/README.md. The long tier is played where
// AUTHDRILL_CLIENTS is all.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("the clients start programs in seven languages: not with -short")
	}
	var proven results
	t.Run("play", func(t *testing.T) {
		for _, c := range clients() {
			t.Run(c.name(), func(t *testing.T) {
				if c.long && os.Getenv("AUTHDRILL_CLIENTS") != "all" {
					t.Skip("of the long tier: AUTHDRILL_CLIENTS=all plays it")
				}
				commandtest.Installed(t, c.folder)
				t.Parallel()
				play := c.prove
				if c.begin != nil {
					play = c.begin(t)
				}
				for _, word := range c.cases {
					t.Run(word, func(t *testing.T) { proven.add(c, word, play(t, word)) })
				}
			})
		}
	})
	if !t.Failed() {
		proven.hold(t, readme)
	}
}

// TestTheTableHasManyClients: forty libraries in seven languages, each a row once,
// with cases that the table has words for, one of which it could fail.
func TestTheTableHasManyClients(t *testing.T) {
	names, libraries, languages := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range clients() {
		if names[c.name()] {
			t.Errorf("%s is there twice", c.name())
		}
		language, _, _ := strings.Cut(c.language, " in ") // where it runs is none
		names[c.name()], libraries[c.library], languages[language] = true, true, true
		if len(c.cases) == 0 {
			t.Errorf("%s is tried at nothing", c.name())
		}
		for _, word := range c.cases {
			if !slices.Contains(words(), word) {
				t.Errorf("%s: %q is no case: %s", c.name(), word, strings.Join(words(), ", "))
			}
		}
	}
	if len(libraries) < 40 || len(languages) < 7 {
		t.Errorf("%d libraries in %d languages, want 40 in 7", len(libraries), len(languages))
	}
}

// results are the cases that passed, by client.
type results struct {
	mu     sync.Mutex
	proven map[string]proof
}

type proof struct {
	client  client
	version string
	cases   []string
}

func (r *results) add(c client, word, version string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.proven == nil {
		r.proven = map[string]proof{}
	}
	p := r.proven[c.name()]
	p.client, p.cases = c, append(p.cases, word)
	if version != "" {
		p.version = version
	}
	r.proven[c.name()] = p
}
