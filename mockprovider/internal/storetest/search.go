package storetest

import (
	"fmt"
	"slices"
	"time"
)

// event is an operation that was done: when it began and ended, and what came of it.
type event struct {
	op           op
	about        string
	after        *event // of the same request: it comes later
	followed     bool   // another event comes after it
	began, ended int64
	now          time.Time // what its request took for the time
	answer       answer
}

// explained reports whether there is an order of the events in which the model gives
// the same answers: of two that do not overlap the earlier one comes first.
func explained(history []*event) bool {
	slices.SortFunc(history, func(a, b *event) int { return int(a.began - b.began) })
	s := search{history: history, seen: map[string]struct{}{}, done: make([]uint64, (len(history)+63)/64)}
	return s.from(model{}, len(history))
}

// search is the state of looking for an order.
type search struct {
	history []*event
	done    []uint64            // which events have been put in order
	seen    map[string]struct{} // where it led nowhere
}

func (s *search) has(n int) bool { return s.done[n/64]&(1<<(n%64)) != 0 }
func (s *search) flip(n int)     { s.done[n/64] ^= 1 << (n % 64) }

// from looks for an order of the events that are left.
func (s *search) from(m model, left int) bool {
	if left == 0 {
		return true
	}
	key := fmt.Sprint(s.done, m.key())
	if _, ok := s.seen[key]; ok {
		return false
	}
	s.seen[key] = struct{}{}
	first := s.firstEnd()
	for n, e := range s.history {
		if s.has(n) || e.began > first || s.waits(e) || s.yields(e, first) {
			continue
		}
		next, answer := m.do(e.op, e.now)
		if answer != e.answer {
			continue
		}
		s.flip(n)
		if s.from(next, left-1) {
			return true
		}
		s.flip(n)
	}
	return false
}

// yields reports whether an event like this one can come now and ended before: where
// this one may come first, that one may too.
func (s *search) yields(e *event, first int64) bool {
	if e.followed || e.after != nil {
		return false
	}
	for n, o := range s.history {
		if o.began > first {
			break
		}
		if o.ended < e.ended && !s.has(n) && !o.followed && o.after == nil && o.op == e.op && o.answer == e.answer && o.now.Equal(e.now) {
			return true
		}
	}
	return false
}

// firstEnd is when the first of the events that are left ended: none that began later
// can come before it.
func (s *search) firstEnd() int64 {
	first := int64(-1)
	for n, e := range s.history {
		if !s.has(n) && (first < 0 || e.ended < first) {
			first = e.ended
		}
	}
	return first
}

// waits reports whether an event's predecessor is left.
func (s *search) waits(e *event) bool {
	if e.after == nil {
		return false
	}
	n := slices.Index(s.history, e.after)
	return n >= 0 && !s.has(n)
}
