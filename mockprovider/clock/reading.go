package clock

import (
	"sync"
	"sync/atomic"
	"time"
)

// Reading is how a clock tells the time: a frozen one tells Virtual, a running one
// as much more as has passed on the machine since Anchor.
type Reading struct {
	Frozen  bool
	Virtual time.Time
	Anchor  time.Time
}

// now returns the virtual time.
func (r Reading) now() time.Time {
	if r.Frozen {
		return r.Virtual
	}
	return r.Virtual.Add(time.Since(r.Anchor))
}

// Keeper is where the reading of a clock is kept. Several processes that serve one
// issuer share a keeper.
type Keeper interface {
	// Reading returns the current reading.
	Reading() Reading
	// Change puts what change makes of the reading in its place, in one step: no
	// other change comes between. Where change returns an error the reading stays,
	// and Change returns the error. change may be called again.
	Change(change func(Reading) (Reading, error)) error
}

// local is the Keeper of a clock in this process.
type local struct {
	changing sync.Mutex
	first    Reading
	reading  atomic.Pointer[Reading] // never written
}

// newLocal returns a clock that is kept in this process.
func newLocal(r Reading) *Clock {
	k := &local{first: r}
	k.reading.Store(&k.first)
	return On(k)
}

func (k *local) Reading() Reading { return *k.reading.Load() }

func (k *local) Change(change func(Reading) (Reading, error)) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	next, err := change(*k.reading.Load())
	if err == nil {
		k.reading.Store(&next)
	}
	return err
}
