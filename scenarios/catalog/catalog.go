package catalog

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/load"
)

//go:embed *.yaml
var files embed.FS

// Groups are the groups of the embedded catalogue in the order of a sign-in's
// life. A group is a file.
func Groups() []string {
	return []string{
		"request-lint", "authorization-response", "token-response", "id-token", "jwks-keys", "userinfo",
		"discovery-registration", "refresh-expiry", "revocation-logout", "transport-network", "attack", "persona",
	}
}

// Catalogue is a set of entries that each have a name of their own.
type Catalogue struct {
	Entries []*Entry
	byID    map[string]*Entry
}

// Embedded returns the catalogue that comes with authdrill, read at the first
// call. Nothing is wrong with it, which a test shows.
var Embedded = sync.OnceValue(readEmbedded)

// readEmbedded reads the groups side by side.
func readEmbedded() *Catalogue {
	groups := Groups()
	scenarios := make([][]*drill.Scenario, len(groups))
	var reading sync.WaitGroup
	for n, group := range groups {
		reading.Go(func() {
			scenarios[n], _ = load.Load(context.Background(), files, []string{group + ".yaml"})
		})
	}
	reading.Wait()
	c, err := New(slices.Concat(scenarios...))
	if err != nil {
		return &Catalogue{}
	}
	return c
}

// read reads the entries of files and folders, as scenarios are read. Scenarios
// among them that are no entries are left out. The error has every problem, as
// strict.Problems.
func read(ctx context.Context, fsys fs.FS, paths []string, opts ...load.Option) (*Catalogue, error) {
	all, err := load.Load(ctx, fsys, paths, opts...)
	if err != nil {
		return nil, err
	}
	return New(all)
}

// New makes a catalogue of the entries among scenarios. The error is an id that
// two of them have.
func New(all []*drill.Scenario) (*Catalogue, error) {
	c := &Catalogue{Entries: slices.DeleteFunc(EntriesOf(all), func(e *Entry) bool { return e.ID == "" }), byID: map[string]*Entry{}}
	var problems strict.Problems
	for _, e := range c.Entries {
		if first := c.byID[e.ID]; first != nil {
			problems = append(problems, e.Node.Get("entry").Problem(strict.Duplicate, "name it differently", "%v has an entry %s already", first.Place, e.ID))
			continue
		}
		c.byID[e.ID] = e
	}
	return c, problems.Sorted().Err()
}

// Lookup returns the entry of that id; of a name like ID[LABEL] the entry with that
// variant only. The error has the nearest name there is.
func (c *Catalogue) Lookup(id string) (*Entry, error) {
	if e := c.byID[id]; e != nil {
		return e, nil
	}
	if slices.Contains([]byte(id), '[') {
		return c.variant(id)
	}
	return nil, &unknownEntry{c, id}
}

// unknownEntry is the error of an id that no entry has. It looks for the nearest id
// when it is read: a file may name thousands.
type unknownEntry struct {
	catalogue *Catalogue
	id        string
}

// Error names the nearest id.
func (e *unknownEntry) Error() string {
	ids := make([]string, len(e.catalogue.Entries))
	for i, entry := range e.catalogue.Entries {
		ids[i] = entry.ID
	}
	text := fmt.Sprintf("unknown entry %q in the failure catalogue", e.id)
	if near := strict.Suggest(e.id, ids); near != "" {
		text += ": " + near
	}
	return text
}

// Stimulus returns what the entry of that id in the embedded catalogue does to a
// provider. The error is an entry that does not exist, or one that does nothing to a
// provider.
func Stimulus(id string) (setup.Setup, error) {
	e, err := Embedded().Lookup(id)
	switch {
	case err != nil:
		return setup.Setup{}, err
	case e.Stimulus == nil:
		return setup.Setup{}, fmt.Errorf("the entry %s does nothing to the provider: it is for authdrill attack --only %s", id, id)
	}
	return *e.Stimulus, nil
}
