package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// Set is the faults of one issuer, in the order they were added. It counts the
// requests each has seen, and draws chances from its seed. Safe for parallel use.
type Set struct {
	mu     sync.Mutex
	active []*armed
	random *rand.Rand
	named  int
	filled atomic.Bool // spares the lock while there is no fault at all
}

// mostArmed is how many faults an issuer may have: each request looks at all.
const mostArmed = 1000

type armed struct {
	Fault
	seen, struck int
}

// NewSet returns an empty set whose chances follow seed.
func NewSet(seed uint64) *Set {
	return &Set{random: rand.New(rand.NewPCG(seed, 0x6661756c74))}
}

// Add arms a fault and returns its id. An id already in use is an error.
func (s *Set) Add(f Fault) (string, error) {
	if err := f.Check(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		s.named++
		f.ID = fmt.Sprintf("fault-%d", s.named)
	}
	for _, a := range s.active {
		if a.ID == f.ID {
			return "", fmt.Errorf("a fault named %s exists already: remove it first, or choose another id", f.ID)
		}
	}
	if len(s.active) >= mostArmed {
		return "", fmt.Errorf("%d faults are armed: remove some first", mostArmed)
	}
	s.active = append(s.active, &armed{Fault: f})
	s.filled.Store(true)
	return f.ID, nil
}

// Remove disarms the fault with that id and reports whether there was one.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.active)
	s.active = slices.DeleteFunc(s.active, func(a *armed) bool { return a.ID == id })
	s.filled.Store(len(s.active) > 0)
	return len(s.active) < before
}

// Clear disarms all faults.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = nil
	s.filled.Store(false)
}

// Status is an armed fault and how often it was considered and struck.
type Status struct {
	Fault
	Seen   int `json:"seen"`
	Struck int `json:"struck"`
}

// List returns the armed faults with their counts.
func (s *Set) List() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Status, len(s.active))
	for i, a := range s.active {
		out[i] = Status{Fault: a.Fault, Seen: a.seen, Struck: a.struck}
	}
	return out
}

// At returns the faults that strike this request to an endpoint, counting it:
// delays, up to the first fault that answers. Those behind it wait for a later
// request. param looks a request parameter up.
func (s *Set) At(endpoint string, param func(string) (string, bool)) []Fault {
	return s.strike(func(f *Fault) bool { return f.At == endpoint }, param)
}

// On returns the faults that strike this artifact, counting it.
func (s *Set) On(artifact string, param func(string) (string, bool)) []Fault {
	return s.strike(func(f *Fault) bool { return f.On == artifact }, param)
}

func (s *Set) strike(here func(*Fault) bool, param func(string) (string, bool)) []Fault {
	if !s.filled.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Fault
	for _, a := range s.active {
		if !here(&a.Fault) || !a.matches(param) || a.spent() {
			continue
		}
		a.seen++
		if a.seen <= a.Skip || a.Probability != nil && s.random.Float64() >= *a.Probability {
			continue
		}
		a.struck++
		out = append(out, a.Fault)
		if a.At != "" && a.Delay == nil {
			break
		}
	}
	return out
}

func (a *armed) spent() bool { return a.Limit() > 0 && a.struck >= a.Limit() }

func (a *armed) matches(param func(string) (string, bool)) bool {
	for name, want := range a.Match {
		var got any = match.Missing{}
		if v, ok := param(name); ok {
			got = v
		}
		if !match.OK(want, got) {
			return false
		}
	}
	return true
}

// SigningKeys returns the kinds of keys that armed faults have tokens signed
// with: they are published.
func (s *Set) SigningKeys() []string {
	if !s.filled.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, a := range s.active {
		if a.Tamper != nil && a.Tamper.SigningKey != "" {
			out = append(out, a.Tamper.SigningKey)
		}
	}
	return out
}
