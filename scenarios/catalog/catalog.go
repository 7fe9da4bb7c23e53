package catalog

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

//go:embed *.yaml
var files embed.FS

// Groups are the groups in the order of a sign-in's life.
func Groups() []string {
	return []string{
		"request-lint", "authorization-response", "token-response", "id-token", "jwks-keys", "userinfo",
		"discovery-registration", "refresh-expiry", "revocation-logout", "transport-network", "attack", "persona",
	}
}

// catalogue is what was read.
type catalogue struct {
	entries []*Entry
	byID    map[string]*Entry
}

// embedded makes the catalogue at its first use.
var embedded = sync.OnceValues(func() (*catalogue, error) {
	entries, err := Load(files)
	if err != nil {
		return nil, err
	}
	c := &catalogue{entries: entries, byID: make(map[string]*Entry, len(entries))}
	for _, e := range entries {
		c.byID[e.ID] = e
	}
	return c, nil
})

// All returns the entries in the order of groups and files. The error is one of
// the embedded files, which a test holds good.
func All() ([]*Entry, error) {
	c, err := embedded()
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.entries), nil
}

// Lookup returns the entry of that id; of a name like ID[LABEL] the entry with that
// variant only. The error has the nearest name there is.
func Lookup(id string) (*Entry, error) {
	c, err := embedded()
	if err != nil {
		return nil, err
	}
	if e := c.byID[id]; e != nil {
		return e, nil
	}
	if strings.Contains(id, "[") {
		return c.variant(id)
	}
	return nil, c.unknown(id)
}

// unknown is the error of an id that no entry has.
func (c *catalogue) unknown(id string) error {
	text := fmt.Sprintf("unknown entry %q in the failure catalogue", id)
	if near := c.nearest(id); near != "" {
		text += ": " + near
	}
	return errors.New(text)
}

// Nearest says which id was most likely meant by one that is not there.
func Nearest(id string) string {
	c, err := embedded()
	if err != nil {
		return ""
	}
	return c.nearest(id)
}

func (c *catalogue) nearest(id string) string {
	ids := make([]string, len(c.entries))
	for i, e := range c.entries {
		ids[i] = e.ID
	}
	return strict.Suggest(id, ids)
}

// Stimulus returns what the entry of that id lays over a provider.
func Stimulus(id string) (setup.Setup, error) {
	e, err := Lookup(id)
	switch {
	case err != nil:
		return setup.Setup{}, err
	case e.Stimulus == nil:
		return setup.Setup{}, fmt.Errorf("the entry %s does nothing to the provider: it is for authdrill attack --only %s", id, id)
	}
	return *e.Stimulus, nil
}

// Runnable reports whether the entry can be run, and is not only planned.
func (e *Entry) Runnable() bool { return e.Planned == "" }

// Load reads the files of a catalogue, <group>.yaml each. The error has every
// problem, as strict.Problems.
func Load(fsys fs.FS) ([]*Entry, error) {
	var out []*Entry
	var problems strict.Problems
	seen := map[string]bool{}
	for _, group := range Groups() {
		name := group + ".yaml"
		data, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		docs, ps := strict.Parse(name, data, strict.Options{})
		problems = append(problems, ps...)
		for _, doc := range docs {
			e, ps := readEntry(doc, group)
			problems = append(problems, ps...)
			if len(ps) > 0 {
				continue
			}
			for _, text := range e.inconsistencies() {
				problems = append(problems, doc.Problem(strict.Check, "", "%s: %s", e.ID, text))
			}
			if seen[e.ID] {
				problems = append(problems, doc.Get("entry").Problem(strict.Duplicate, "", "there are two entries %s", e.ID))
			}
			seen[e.ID] = true
			out = append(out, e)
		}
	}
	return out, problems.Sorted().Err()
}

// settle fills in what an entry means without saying it: its faults strike
// every time.
func (e *Entry) settle() {
	if e.Stimulus == nil {
		return
	}
	always := 0
	for i := range e.Stimulus.Faults {
		f := &e.Stimulus.Faults[i]
		if f.Times == nil {
			f.Times = &always
		}
		if f.ID == "" {
			f.ID = e.ID
			if i > 0 {
				f.ID = fmt.Sprintf("%s-%d", e.ID, i+1)
			}
		}
	}
}

// mayBeRefused reports whether a client can do right by refusing what an entry
// lays over the provider from the start.
func (e *Entry) mayBeRefused() bool {
	armedLater := slices.ContainsFunc(e.Play, func(m Move) bool { return m.Arm != nil })
	return e.Stimulus != nil && !armedLater && (e.Record || e.Expect.SignedIn == false)
}

// inconsistencies are what in an entry cannot be meant.
func (e *Entry) inconsistencies() []string {
	var out []string
	say := func(bad bool, text string) {
		if bad {
			out = append(out, text)
		}
	}
	runs := e.Stimulus != nil || len(e.Play) > 0 || e.Lint != "" || e.Scenario != "" || e.TLS != ""
	say(!e.Runnable() && runs, "it is planned, and yet has what to run: keep either")
	say(e.Runnable() && !runs && e.Severity != Control, "it does nothing: give it a stimulus, a play, a lint or a scenario, or the mechanism it is planned for")
	say(e.Runnable() && len(e.KnownBad()) == 0 && e.Severity != Control && !e.Record, "no known-bad client proves it: name the bugs in proven_by")
	say(len(e.Variants) > 0 && slices.ContainsFunc(e.ProvenBy, func(k KnownBad) bool { return !slices.Contains(e.KnownBad(), k) }), "each of its variants has a proven_by of its own: leave out that of the entry")
	say(e.Runnable() && (e.Why == "" || e.Remedy == "") && e.Severity != Control, "a developer needs why and remedy")
	say(len(e.Spec) == 0 && len(e.Sources) == 0, "it has neither a clause nor a source")
	say(e.MayRefuse && !e.mayBeRefused(), "may_refuse_start is for a stimulus that is armed from the start, and for an entry that expects signed_in: false, or records what is seen")
	say(strings.ToLower(e.ID) != e.ID || strings.ContainsAny(e.ID, " /?#"), "an id is lower case and fits a path")
	return out
}
