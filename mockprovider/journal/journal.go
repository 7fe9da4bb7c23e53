package journal

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// Journal is the record of what one issuer saw and did. Safe for parallel use.
type Journal struct {
	clock *clock.Clock
	log   ring
}

// position is where a log is.
type position struct {
	last   int64 // number of the latest exchange, 0 before the first
	volume int   // how often the log was reset
}

// DefaultCapacity is how many exchanges a journal keeps before it forgets the oldest.
const DefaultCapacity = 2000

// New returns an empty journal that keeps the latest most exchanges,
// DefaultCapacity if most is not positive.
func New(c *clock.Clock, most int) *Journal {
	if most <= 0 {
		most = DefaultCapacity
	}
	return &Journal{clock: c, log: ring{most: most}}
}

// Volume is a journal from one Reset to the next. An exchange that began in an
// earlier volume is not written into a later one: it is about what was forgotten.
type Volume struct {
	journal *Journal
	number  int
}

// Begin returns the entry of an exchange that begins now.
func (v Volume) Begin() *Entry { return &Entry{Time: v.journal.clock.Now()} }

// Append keeps the entry of an exchange that ends now. It must not be changed
// afterwards.
func (v Volume) Append(e *Entry) {
	e.Duration = clock.Duration(v.journal.clock.Now().Sub(e.Time))
	v.journal.log.append(e, v.number)
}

// RequestHeaders are the header fields of requests that are recorded.
func RequestHeaders() []string {
	return []string{"Accept", "Authorization", "Content-Type", "Origin", "User-Agent"}
}

// Entries returns the kept exchanges, oldest first. They are shared and must
// not be changed.
func (j *Journal) Entries() []*Entry {
	entries, _ := j.log.entries()
	return entries
}

// Last returns the number of the latest exchange, 0 before the first.
func (j *Journal) Last() int64 { return j.log.position().last }

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

// wait also returns when the log is not in volume any more, unless that is
// negative, and tells in which it is.
func (j *Journal) wait(ctx context.Context, q Query, n, volume int) ([]*Entry, int, error) {
	for {
		changed := j.log.next() // before the look: none is missed
		all, now := j.log.entries()
		found := q.filter(all)
		if len(found) >= n || volume >= 0 && volume != now.volume {
			return found, now.volume, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found, now.volume, ctx.Err()
		}
	}
}

// Follow calls yield for every exchange after number since that matches q, and
// for each new one, until yield returns false or ctx ends. After a Reset it goes
// on with number one.
func (j *Journal) Follow(ctx context.Context, since int64, q Query, yield func(*Entry) bool) error {
	at := j.log.position()
	volume := at.volume
	if since > at.last {
		since = 0 // a number from before a Reset
	}
	for {
		next := q
		next.Since = since
		found, now, err := j.wait(ctx, next, 1, volume)
		if now != volume {
			volume, since = now, 0
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
func (j *Journal) Reset() Volume { return Volume{j, j.log.reset().volume} }
