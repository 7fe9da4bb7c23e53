package journal

import (
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
)

// ring is where a journal keeps its exchanges.
type ring struct {
	mu      sync.Mutex
	slots   []*Entry // grows up to most
	start   int      // index of the oldest entry
	kept    int      // how many entries there are
	weight  int      // their bytes
	most    int      // how many there may be
	now     position
	changed chan struct{} // closed at the next entry; nil while none waits

	pool *budget.Pool // of all journals of a host; nil where there is one
	full func()       // called when bytes are the reason to forget
}

// append numbers an entry and keeps it, if its volume is the current one, within the journal's bytes and the pool's.
func (r *ring) append(e *Entry, volume int) {
	e.measure()
	r.mu.Lock()
	if volume != r.now.volume {
		r.mu.Unlock()
		return
	}
	r.now.last++
	e.Seq = r.now.last
	heavy := r.makeRoom(e.weight)
	r.slots[(r.start+r.kept)%len(r.slots)] = e
	r.kept++
	r.weight += e.weight
	r.wakeWaiting()
	r.mu.Unlock()
	if heavy && r.full != nil {
		r.full()
	}
	r.pool.Add(e.weight)
}

// makeRoom forgets the oldest entries until one of some bytes has room, and reports
// whether its bytes were a reason.
func (r *ring) makeRoom(bytes int) (heavy bool) {
	if r.kept == r.most {
		r.forgetOldest()
	}
	heavy = r.weight+bytes > mostBytes
	for r.kept > 0 && r.weight+bytes > mostBytes {
		r.forgetOldest()
	}
	if r.kept == len(r.slots) {
		grown := make([]*Entry, min(r.most, max(16, 2*len(r.slots))))
		copy(grown, r.list())
		r.slots, r.start = grown, 0
	}
	return heavy
}

func (r *ring) forgetOldest() {
	r.weight -= r.slots[r.start].weight
	r.slots[r.start] = nil
	r.start = (r.start + 1) % len(r.slots)
	r.kept--
}

// wakeWaiting lets those that wait look again.
func (r *ring) wakeWaiting() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// entries returns the kept entries, oldest first, and where the log is, in one look.
func (r *ring) entries() ([]*Entry, position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list(), r.now
}

func (r *ring) list() []*Entry {
	end := r.start + r.kept
	if end <= len(r.slots) {
		return slices.Clone(r.slots[r.start:end])
	}
	return slices.Concat(r.slots[r.start:], r.slots[:end-len(r.slots)])
}

// position returns where the log is.
func (r *ring) position() position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// next returns a channel that is closed at the next entry or volume.
func (r *ring) next() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return r.changed
}

// reset forgets everything and begins a new volume, whose first exchange is number
// one.
func (r *ring) reset() position {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slots, r.start, r.kept, r.weight = nil, 0, 0, 0
	r.now = position{volume: r.now.volume + 1}
	r.wakeWaiting()
	return r.now
}

// Weight is how many bytes the ring keeps, as nearly as that can be told.
func (r *ring) Weight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.weight
}

// Shed forgets the oldest exchanges, at least so many bytes where it has them.
func (r *ring) Shed(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for want := r.weight - bytes; r.kept > 0 && r.weight > want; {
		r.forgetOldest()
	}
}
