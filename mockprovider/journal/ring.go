package journal

import (
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
)

// ring is the Log of a journal in this process.
type ring struct {
	mu      sync.Mutex
	slots   []*Entry      // grows up to most
	start   int           // index of the oldest entry
	kept    int           // how many entries there are
	weight  int           // their bytes
	most    int           // how many there may be
	now     Position      //
	changed chan struct{} // closed at the next entry; nil while none waits

	pool *budget.Pool // of all journals of a host; nil where there is one
	full func()       // called when bytes are the reason to forget
}

// Append keeps an entry within the journal's bytes and the pool's.
func (r *ring) Append(e *Entry, volume int) {
	e.weigh()
	r.mu.Lock()
	if volume != r.now.Volume {
		r.mu.Unlock()
		return
	}
	r.now.Last++
	e.Seq = r.now.Last
	heavy := r.makeRoom(e.weight)
	r.slots[(r.start+r.kept)%len(r.slots)] = e
	r.kept++
	r.weight += e.weight
	r.wake()
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

// wake lets those that wait look again.
func (r *ring) wake() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Entries returns the kept entries, oldest first.
func (r *ring) Entries() ([]*Entry, Position) {
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

// Position returns where the log is.
func (r *ring) Position() Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// Changed returns a channel that is closed at the next entry or volume.
func (r *ring) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return r.changed
}

// Reset forgets everything and begins a new volume.
func (r *ring) Reset() Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slots, r.start, r.kept, r.weight = nil, 0, 0, 0
	r.now = Position{Volume: r.now.Volume + 1}
	r.wake()
	return r.now
}

func (r *ring) bytes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.weight
}

func (r *ring) shed(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for want := r.weight - bytes; r.kept > 0 && r.weight > want; {
		r.forgetOldest()
	}
}
