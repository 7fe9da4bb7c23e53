package memory

import (
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Table maps keys to values that expire. Expiry is judged by the instant the
// caller passes, so a table knows no clock. The zero Table is empty and ready;
// it is safe for parallel use.
type Table[K comparable, V any] struct {
	mu   sync.Mutex
	rows map[K]*row[V]
	peak int // most rows since the map was made: maps never shrink by themselves
}

type row[V any] struct {
	value   V
	expires record.Instant // 0 = never
}

func (r *row[V]) isExpired(now time.Time) bool { return r.expires != 0 && !r.expires.After(now) }

// live returns the row of a key, nil if there is none or it is dead. The caller
// holds the lock.
func (t *Table[K, V]) live(key K, now time.Time) *row[V] {
	if r := t.rows[key]; r != nil && !r.isExpired(now) {
		return r
	}
	return nil
}

// Put keeps a value until expires; the zero time means for ever.
func (t *Table[K, V]) Put(key K, value V, expires time.Time) {
	r := &row[V]{value, expiry(expires)}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(key, r)
}

// PutNew is Put unless there is a live value under the key already; it reports
// whether it kept the new one. Of any number of callers exactly one succeeds.
func (t *Table[K, V]) PutNew(key K, value V, expires, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live(key, now) != nil {
		return false
	}
	t.put(key, &row[V]{value, expiry(expires)})
	return true
}

func (t *Table[K, V]) put(key K, r *row[V]) {
	if t.rows == nil {
		t.rows = make(map[K]*row[V])
	}
	t.rows[key] = r
	t.peak = max(t.peak, len(t.rows))
}

// expiry is the instant of a row, 0 for the zero time.
func expiry(t time.Time) record.Instant {
	if t.IsZero() {
		return 0
	}
	return record.At(t)
}

// Get returns a copy of a live value.
func (t *Table[K, V]) Get(key K, now time.Time) (value V, ok bool) {
	ok = t.Look(key, now, func(v *V) { value = *v })
	return value, ok
}

// Look calls look with a live value and reports whether there is one. The table
// waits meanwhile: of several looks at once each meets what the one before left.
func (t *Table[K, V]) Look(key K, now time.Time, look func(*V)) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(key, now)
	if r != nil {
		look(&r.value)
	}
	return r != nil
}

// Take returns a live value and removes it, in one step: of any number of
// callers exactly one gets it.
func (t *Table[K, V]) Take(key K, now time.Time) (V, bool) {
	return t.TakeIf(key, now, func(*V) bool { return true })
}

// TakeIf is Take for a value that fits; any other stays.
func (t *Table[K, V]) TakeIf(key K, now time.Time, fits func(*V) bool) (V, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.live(key, now)
	if r == nil || !fits(&r.value) {
		var none V
		return none, false
	}
	delete(t.rows, key)
	return r.value, true
}

// Edit puts what edit makes of a live value, or of the zero value if there is
// none, in its place until expires. Of several edits at once none is lost.
func (t *Table[K, V]) Edit(key K, edit func(V) V, expires, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var value V
	if r := t.live(key, now); r != nil {
		value = r.value
	}
	t.put(key, &row[V]{edit(value), expiry(expires)})
}

// Delete removes a value.
func (t *Table[K, V]) Delete(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, key)
}

// DeleteFunc removes every value for which drop holds.
func (t *Table[K, V]) DeleteFunc(drop func(key K, v *V) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, r := range t.rows {
		if drop(k, &r.value) {
			delete(t.rows, k)
		}
	}
}

// Each visits every value that is kept, expired ones included until the next
// Sweep, in no order. The table waits meanwhile: visit must not use it.
func (t *Table[K, V]) Each(visit func(*V)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		visit(&r.value)
	}
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
		if r.isExpired(now) {
			delete(t.rows, k)
		}
	}
	t.shrink()
	return before - len(t.rows)
}

// shrink gives the memory of a table that has become much smaller back.
func (t *Table[K, V]) shrink() {
	if t.peak > 1024 && len(t.rows) < t.peak/4 {
		smaller := make(map[K]*row[V], len(t.rows))
		for k, r := range t.rows {
			smaller[k] = r
		}
		t.rows, t.peak = smaller, len(smaller)
	}
}
