package clock

import (
	"sync"
	"sync/atomic"
	"time"
)

// reading is how a clock tells the time: a frozen one tells virtual, a running one
// as much more as has passed on the machine since anchor.
type reading struct {
	frozen  bool
	virtual time.Time
	anchor  time.Time
}

// now returns the virtual time.
func (r reading) now() time.Time {
	if r.frozen {
		return r.virtual
	}
	return r.virtual.Add(time.Since(r.anchor))
}

// keeper keeps the reading of a clock.
type keeper struct {
	changing sync.Mutex
	first    reading
	current  atomic.Pointer[reading] // never written
}

// newClock returns a clock that begins with a reading.
func newClock(r reading) *Clock {
	c := &Clock{}
	c.keeper.first = r
	c.keeper.current.Store(&c.keeper.first)
	return c
}

func (k *keeper) reading() reading { return *k.current.Load() }

// change puts what change makes of the reading in its place, in one step: no other
// change comes between. Where change returns an error the reading stays.
func (k *keeper) change(change func(reading) (reading, error)) error {
	k.changing.Lock()
	defer k.changing.Unlock()
	next, err := change(*k.current.Load())
	if err == nil {
		k.current.Store(&next)
	}
	return err
}
