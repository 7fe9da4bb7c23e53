package app

import (
	"slices"
	"sync"
	"time"
)

// timedMap keeps values for a while under keys that cannot be guessed. When it is
// full, the oldest is dropped.
type timedMap[T any] struct {
	most int
	age  time.Duration
	now  func() time.Time

	mu    sync.Mutex
	items map[string]timed[T]
	order []string // oldest first; may name items that were deleted
}

type timed[T any] struct {
	value T
	since time.Time
}

func newTimedMap[T any](most int, age time.Duration, now func() time.Time) *timedMap[T] {
	return &timedMap[T]{most: most, age: age, now: now, items: map[string]timed[T]{}}
}

func (m *timedMap[T]) put(key string, value T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[key] = timed[T]{value, m.now()}
	m.order = append(m.order, key)
	if len(m.order) > 2*len(m.items)+64 { // many were deleted before their time
		m.order = slices.DeleteFunc(m.order, func(k string) bool { _, kept := m.items[k]; return !kept })
	}
	for len(m.order) > 0 {
		oldest, kept := m.items[m.order[0]]
		if kept && len(m.items) <= m.most && m.now().Sub(oldest.since) < m.age {
			break
		}
		delete(m.items, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *timedMap[T]) get(key string) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, ok := m.items[key]
	if !ok || m.now().Sub(item.since) >= m.age {
		return value, false
	}
	return item.value, true
}

func (m *timedMap[T]) delete(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, key)
}

// newest returns the youngest value that fits, and its key.
func (m *timedMap[T]) newest(fits func(T) bool) (value T, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.order) - 1; i >= 0; i-- {
		item, ok := m.items[m.order[i]]
		if ok && fits(item.value) && m.now().Sub(item.since) < m.age {
			return item.value, m.order[i]
		}
	}
	return value, ""
}

// all returns every value.
func (m *timedMap[T]) all() []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []T
	for _, item := range m.items {
		all = append(all, item.value)
	}
	return all
}
