package journal

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// Journal is the record of what one issuer saw and did, in a Log. Safe for
// parallel use.
type Journal struct {
	clock *clock.Clock
	log   Log
}

// Log is where a journal keeps its exchanges. Several processes that serve one
// issuer share a log.
type Log interface {
	// Append numbers an exchange and keeps it, if its volume is the current one.
	Append(e *Entry, volume int)
	// Entries returns the kept exchanges, oldest first, and where the log is, in
	// one look.
	Entries() ([]*Entry, Position)
	// Position returns where the log is.
	Position() Position
	// Changed returns a channel that is closed when the log has another position
	// than at the call.
	Changed() <-chan struct{}
	// Reset forgets everything and begins a new volume, whose first exchange is
	// number one.
	Reset() Position
}

// Position is where a log is.
type Position struct {
	Last   int64 // number of the latest exchange, 0 before the first
	Volume int   // how often the log was reset
}

// DefaultCapacity is how many exchanges a journal keeps before it forgets the oldest.
const DefaultCapacity = 2000

// New returns an empty journal in this process that keeps the latest most
// exchanges, DefaultCapacity if most is not positive.
func New(c *clock.Clock, most int) *Journal {
	if most <= 0 {
		most = DefaultCapacity
	}
	return On(c, &ring{most: most})
}

// On returns the journal that is kept in a log.
func On(c *clock.Clock, l Log) *Journal { return &Journal{clock: c, log: l} }

// Volume is a journal from one Reset to the next. An exchange that began in an
// earlier volume is not written into a later one: it is about what was forgotten.
type Volume struct {
	journal *Journal
	number  int
}

// Volume returns the current volume.
func (j *Journal) Volume() Volume { return Volume{j, j.log.Position().Volume} }

// Begin returns the entry of an exchange that begins now.
func (v Volume) Begin() *Entry { return &Entry{Time: v.journal.clock.Now()} }

// Append keeps the entry of an exchange that ends now. It must not be changed
// afterwards.
func (v Volume) Append(e *Entry) {
	e.Duration = clock.Duration(v.journal.clock.Now().Sub(e.Time))
	v.journal.log.Append(e, v.number)
}

// RequestHeaders are the header fields of requests that are recorded.
func RequestHeaders() []string {
	return []string{"Accept", "Authorization", "Content-Type", "Origin", "User-Agent"}
}

// Entries returns the kept exchanges, oldest first. They are shared and must
// not be changed.
func (j *Journal) Entries() []*Entry {
	entries, _ := j.log.Entries()
	return entries
}

// Last returns the number of the latest exchange, 0 before the first.
func (j *Journal) Last() int64 { return j.log.Position().Last }

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
		changed := j.log.Changed() // before the look: none is missed
		all, now := j.log.Entries()
		found := q.filter(all)
		if len(found) >= n || volume >= 0 && volume != now.Volume {
			return found, now.Volume, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found, now.Volume, ctx.Err()
		}
	}
}

// Follow calls yield for every exchange after number since that matches q, and
// for each new one, until yield returns false or ctx ends. After a Reset it goes
// on with number one.
func (j *Journal) Follow(ctx context.Context, since int64, q Query, yield func(*Entry) bool) error {
	at := j.log.Position()
	volume := at.Volume
	if since > at.Last {
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
func (j *Journal) Reset() Volume { return Volume{j, j.log.Reset().Volume} }
