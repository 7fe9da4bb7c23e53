package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Faults are the faults of one issuer in memory. They draw chances from a seed.
type Faults struct {
	mu     sync.Mutex
	armed  []*fault.Status // in the order they were added
	random *rand.Rand
	named  int
	filled atomic.Bool // spares the lock while no fault exists
}

// mostArmed is how many faults an issuer may have: each request looks at all.
const mostArmed = 1000

// NewFaults returns no faults; the chances of those that are added follow seed.
func NewFaults(seed uint64) *Faults {
	return &Faults{random: rand.New(rand.NewPCG(seed, 0x6661756c74))}
}

// Add arms a fault and returns its id. An id already in use is an error.
func (s *Faults) Add(f fault.Fault) (string, error) {
	if err := f.Check(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		s.named++
		f.ID = fmt.Sprintf("fault-%d", s.named)
	}
	for _, a := range s.armed {
		if a.ID == f.ID {
			return "", fmt.Errorf("a fault named %s exists already: remove it first, or choose another id", f.ID)
		}
	}
	if len(s.armed) >= mostArmed {
		return "", fmt.Errorf("%d faults are armed: remove some first", mostArmed)
	}
	s.armed = append(s.armed, &fault.Status{Fault: f})
	s.filled.Store(true)
	return f.ID, nil
}

// Remove disarms the fault with that id and reports whether there was one.
func (s *Faults) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.armed)
	s.armed = slices.DeleteFunc(s.armed, func(a *fault.Status) bool { return a.ID == id })
	s.filled.Store(len(s.armed) > 0)
	return len(s.armed) < before
}

// Clear disarms all faults.
func (s *Faults) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = nil
	s.filled.Store(false)
}

// List returns the armed faults with their counts.
func (s *Faults) List() []fault.Status {
	if !s.filled.Load() {
		return []fault.Status{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]fault.Status, len(s.armed))
	for i, a := range s.armed {
		out[i] = *a
	}
	return out
}

// At returns the faults that strike a request to an endpoint, as record.Faults.At.
func (s *Faults) At(endpoint protocol.Endpoint, r record.Parameters) []fault.Fault {
	return s.strike(func(f *fault.Fault) bool { return f.At == endpoint }, r)
}

// On returns the faults that strike an artifact, as record.Faults.On.
func (s *Faults) On(artifact protocol.Artifact, r record.Parameters) []fault.Fault {
	return s.strike(func(f *fault.Fault) bool { return f.On == artifact }, r)
}

func (s *Faults) strike(here func(*fault.Fault) bool, r record.Parameters) []fault.Fault {
	if !s.filled.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []fault.Fault
	for _, a := range s.armed {
		if !here(&a.Fault) || !effect.Matches(&a.Fault, r.Param) || !effect.Consider(a, s.random.Float64) {
			continue
		}
		out = append(out, a.Fault)
		if effect.Answers(&a.Fault) {
			break
		}
	}
	return out
}

// Draw returns how long a delay takes.
func (s *Faults) Draw(d *fault.Delay) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return effect.Draw(d, s.random.NormFloat64)
}
