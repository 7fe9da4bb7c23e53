package journal

import (
	"context"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/budget"
)

// Journal keeps the latest exchanges of one issuer. Safe for parallel use.
type Journal struct {
	clock *clock.Clock

	mu      sync.Mutex
	ring    []*Entry      // grows up to most
	start   int           // index of the oldest entry
	kept    int           // how many entries there are
	weight  int           // their bytes
	most    int           // how many there may be
	seq     int64         // number of the latest entry
	resets  int           // how often it was emptied
	changed chan struct{} // closed at the next entry; nil while nobody waits

	pool *budget.Pool // of all journals of a host; nil where there is one
	full func()       // told that bytes were the reason to forget
}

// DefaultCapacity is how many exchanges a journal keeps before it forgets the oldest.
const DefaultCapacity = 2000

// New returns an empty journal that keeps the latest most exchanges,
// DefaultCapacity if most is not positive.
func New(c *clock.Clock, most int) *Journal {
	if most <= 0 {
		most = DefaultCapacity
	}
	return &Journal{clock: c, most: most}
}

// Volume is a journal from one Reset to the next. An exchange that began in an
// earlier volume is not written into a later one: it is about what was forgotten.
type Volume struct {
	journal *Journal
	number  int
}

// Volume returns the current volume.
func (j *Journal) Volume() Volume {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Volume{j, j.resets}
}

// append numbers an entry of a volume and keeps it, within the journal's bytes and
// the pool's.
func (j *Journal) append(e *Entry, volume int) {
	e.weigh()
	j.mu.Lock()
	if volume != j.resets {
		j.mu.Unlock()
		return
	}
	j.seq++
	e.Seq = j.seq
	if j.kept == j.most {
		j.forgetOldest()
	}
	heavy := j.weight+e.weight > mostBytes
	for j.kept > 0 && j.weight+e.weight > mostBytes {
		j.forgetOldest()
	}
	if j.kept == len(j.ring) {
		grown := make([]*Entry, min(j.most, max(16, 2*len(j.ring))))
		copy(grown, j.list())
		j.ring, j.start = grown, 0
	}
	j.ring[(j.start+j.kept)%len(j.ring)] = e
	j.kept++
	j.weight += e.weight
	j.wake()
	j.mu.Unlock()
	if heavy && j.full != nil {
		j.full()
	}
	j.pool.Add(e.weight)
}

func (j *Journal) forgetOldest() {
	j.weight -= j.ring[j.start].weight
	j.ring[j.start] = nil
	j.start = (j.start + 1) % len(j.ring)
	j.kept--
}

// wake lets those who wait look again.
func (j *Journal) wake() {
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// Entries returns the kept exchanges, oldest first. They are shared and must
// not be changed.
func (j *Journal) Entries() []*Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.list()
}

func (j *Journal) list() []*Entry {
	end := j.start + j.kept
	if end <= len(j.ring) {
		return slices.Clone(j.ring[j.start:end])
	}
	return slices.Concat(j.ring[j.start:], j.ring[:end-len(j.ring)])
}

// Last returns the number of the latest exchange, 0 before the first.
func (j *Journal) Last() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// Find returns the kept exchanges that q describes, oldest first.
func (j *Journal) Find(q Query) []*Entry {
	return q.filter(j.Entries())
}

// Wait returns as soon as at least n exchanges match q, with those found, or
// with ctx's error and what there is by then.
func (j *Journal) Wait(ctx context.Context, q Query, n int) ([]*Entry, error) {
	found, _, err := j.wait(ctx, q, n, -1)
	return found, err
}

// wait also returns when the journal was not emptied resets times, unless that
// is negative, and tells how often it was.
func (j *Journal) wait(ctx context.Context, q Query, n, resets int) ([]*Entry, int, error) {
	for {
		j.mu.Lock()
		found, now := q.filter(j.list()), j.resets
		if len(found) >= n || resets >= 0 && resets != now {
			j.mu.Unlock()
			return found, now, nil
		}
		if j.changed == nil {
			j.changed = make(chan struct{})
		}
		changed := j.changed
		j.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return found, now, ctx.Err()
		}
	}
}

// Follow calls yield for every exchange after number since that matches q, and
// for each new one, until yield returns false or ctx ends. After a Reset it goes
// on with number one.
func (j *Journal) Follow(ctx context.Context, since int64, q Query, yield func(*Entry) bool) error {
	j.mu.Lock()
	resets := j.resets
	if since > j.seq {
		since = 0 // a number from before a Reset
	}
	j.mu.Unlock()
	for {
		next := q
		next.Since = since
		found, now, err := j.wait(ctx, next, 1, resets)
		if now != resets {
			resets, since = now, 0
			continue
		}
		for _, e := range found {
			if !yield(e) {
				return nil
			}
			since = e.Seq
		}
		if err != nil {
			return err
		}
	}
}

// Reset forgets everything and starts numbering at one again, in a new volume,
// which it returns.
func (j *Journal) Reset() Volume {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.start, j.kept, j.weight, j.seq = nil, 0, 0, 0, 0
	j.resets++
	j.wake()
	return Volume{j, j.resets}
}
