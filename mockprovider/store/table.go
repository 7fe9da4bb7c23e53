package store

import (
	"sync"
	"time"
)

// Table maps keys to values that expire. Expiry is judged by the instant the
// caller passes, so a table knows no clock. The zero Table is empty and ready;
// it is safe for parallel use.
type Table[K comparable, V any] struct {
	mu   sync.Mutex
	rows map[K]row[V]
	peak int // most rows since the map was made: maps never shrink by themselves
}

type row[V any] struct {
	value   V
	expires Instant // 0 = never
}

func (r row[V]) dead(now time.Time) bool { return r.expires != 0 && !r.expires.After(now) }

// Put keeps a value until expires; the zero time means for ever.
func (t *Table[K, V]) Put(key K, value V, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(key, value, expires)
}

// PutNew is Put unless there is a live value under the key already; it reports
// whether it kept the new one. Of any number of callers exactly one succeeds.
func (t *Table[K, V]) PutNew(key K, value V, expires, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, ok := t.rows[key]; ok && !old.dead(now) {
		return false
	}
	t.put(key, value, expires)
	return true
}

func (t *Table[K, V]) put(key K, value V, expires time.Time) {
	r := row[V]{value: value}
	if !expires.IsZero() {
		r.expires = At(expires)
	}
	if t.rows == nil {
		t.rows = make(map[K]row[V])
	}
	t.rows[key] = r
	t.peak = max(t.peak, len(t.rows))
}

// Get returns a live value.
func (t *Table[K, V]) Get(key K, now time.Time) (V, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, ok := t.rows[key]
	if !ok || r.dead(now) {
		var none V
		return none, false
	}
	return r.value, true
}

// Take returns a live value and removes it, in one step: of any number of
// callers exactly one gets it.
func (t *Table[K, V]) Take(key K, now time.Time) (V, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, ok := t.rows[key]
	delete(t.rows, key)
	if !ok || r.dead(now) {
		var none V
		return none, false
	}
	return r.value, true
}

// Delete removes a value.
func (t *Table[K, V]) Delete(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, key)
}

// DeleteFunc removes every value for which drop holds.
func (t *Table[K, V]) DeleteFunc(drop func(key K, v V) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, r := range t.rows {
		if drop(k, r.value) {
			delete(t.rows, k)
		}
	}
}

// All returns the live values, in no order.
func (t *Table[K, V]) All(now time.Time) []V {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]V, 0, len(t.rows))
	for _, r := range t.rows {
		if !r.dead(now) {
			out = append(out, r.value)
		}
	}
	return out
}

// Len returns how many values are kept, expired ones included until the next Sweep.
func (t *Table[K, V]) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rows)
}

// Sweep forgets what has expired and gives the memory of a table that has
// become much smaller back. It returns how many values it dropped.
func (t *Table[K, V]) Sweep(now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := len(t.rows)
	for k, r := range t.rows {
		if r.dead(now) {
			delete(t.rows, k)
		}
	}
	t.shrink()
	return before - len(t.rows)
}

// shrink gives the memory of a table that has become much smaller back.
func (t *Table[K, V]) shrink() {
	if t.peak > 1024 && len(t.rows) < t.peak/4 {
		smaller := make(map[K]row[V], len(t.rows))
		for k, r := range t.rows {
			smaller[k] = r
		}
		t.rows, t.peak = smaller, len(smaller)
	}
}

// Clear removes everything.
func (t *Table[K, V]) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows, t.peak = nil, 0
}
