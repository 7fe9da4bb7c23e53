// Package memory keeps the state of an issuer in this process: it is the default
// implementation of package record. Begin with Backend.
package memory

import (
	"sync"
	"sync/atomic"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// Backend is the record.Backend of this process.
type Backend struct {
	clock     *clock.Clock
	journal   *journal.Journal
	seed      uint64
	replacing sync.Mutex // held while another state is made and put in place
	current   atomic.Pointer[record.State]
}

var _ record.Backend = (*Backend)(nil)

// New returns the backend of an issuer, whose first state is that of the first Reset.
// Its journal keeps the latest most exchanges, and the chances of its faults follow
// seed.
func New(c *clock.Clock, most int, seed uint64) *Backend {
	return &Backend{clock: c, journal: journal.New(c, most), seed: seed}
}

// Clock returns the issuer's clock.
func (b *Backend) Clock() *clock.Clock { return b.clock }

// Journal returns the issuer's journal.
func (b *Backend) Journal() *journal.Journal { return b.journal }

// Current returns the current state.
func (b *Backend) Current() *record.State { return b.current.Load() }

// Reset puts a filled state in the place of the current one.
func (b *Backend) Reset(fill func(*record.State) error) error {
	b.replacing.Lock()
	defer b.replacing.Unlock()
	next := &record.State{Store: NewStore(nil), Settings: &settings{}, Faults: NewFaults(b.seed), Clock: b.clock}
	if err := fill(next); err != nil {
		return err
	}
	next.Journal = b.journal.Reset()
	b.current.Store(next)
	return nil
}

// Restart forgets what a provider without a disk forgets.
func (b *Backend) Restart() {
	b.replacing.Lock()
	defer b.replacing.Unlock()
	next := *b.current.Load()
	next.Store = NewStore(next.Store.(*Store).Directory)
	b.current.Store(&next)
}

// settings are the record.Settings of this process.
type settings struct {
	persona atomic.Pointer[persona.Persona]
}

func (s *settings) Persona() *persona.Persona { return s.persona.Load() }

func (s *settings) EditPersona(edit func(*persona.Persona) persona.Persona) {
	for {
		old := s.persona.Load()
		next := edit(old)
		if s.persona.CompareAndSwap(old, &next) {
			return
		}
	}
}
