package load

import (
	"errors"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Catalogue is the failure catalogue that scenarios may take a stimulus from.
type Catalogue interface {
	Knows(id string) bool
	Stimulus(id string) (setup.Setup, error) // what the entry lays over a provider; the error is an entry that does not exist, or lays nothing
	Nearest(id string) string                // remedy for an id that does not exist
}

// WithCatalogue sets the catalogue whose entries scenarios may name in attack. Without
// it no entry exists.
func WithCatalogue(c Catalogue) Option { return func(l *loader) { l.catalogue = c } }

// WithExamples sets the names of the example scenarios that entries may name. Without
// it any name is taken.
func WithExamples(names func() []string) Option { return func(l *loader) { l.examples = names } }

// checkExample refuses an example that does not exist.
func (c *checker) checkExample(names func() []string) {
	name, n := c.s.Example, c.root.Get("example")
	if names == nil || name == "" || n == nil {
		return
	}
	known := names()
	if slices.Contains(known, name) {
		return
	}
	hint := "authdrill list shows the names"
	if near, ok := strict.Nearest(name, known); ok {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.problems.Report(n.Problem(strict.Use, hint, "unknown example scenario %q", name))
}

// emptyCatalogue is a catalogue without an entry.
type emptyCatalogue struct{}

func (emptyCatalogue) Knows(string) bool     { return false }
func (emptyCatalogue) Nearest(string) string { return "" }
func (emptyCatalogue) Stimulus(string) (setup.Setup, error) {
	return setup.Setup{}, errors.New("no catalogue is known")
}
