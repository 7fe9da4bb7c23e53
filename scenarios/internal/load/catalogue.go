package load

import (
	"errors"

	"github.com/authdrill/authdrill/mockprovider/setup"
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

// emptyCatalogue is a catalogue without an entry.
type emptyCatalogue struct{}

func (emptyCatalogue) Knows(string) bool     { return false }
func (emptyCatalogue) Nearest(string) string { return "" }
func (emptyCatalogue) Stimulus(string) (setup.Setup, error) {
	return setup.Setup{}, errors.New("no catalogue is known")
}
