// Package cache keeps documents that are fetched, such as metadata and key sets. Begin
// with Cache.
package cache

import (
	"sync"
	"time"
)

// Cache keeps a document that was fetched. Several callers that want it at once
// cause one fetch; those who can use what is there never wait for it.
type Cache[T any] struct {
	mu    sync.Mutex // guards held
	fetch sync.Mutex // held while fetching
	held  Cached[T]
}

// Cached is a document and how it got here. Generation is 0 when there is none.
type Cached[T any] struct {
	Value      T
	Generation int
	till       time.Time
}

// IsFresh reports whether there is a document whose time is not over.
func (k Cached[T]) IsFresh(now time.Time) bool { return k.Generation > 0 && now.Before(k.till) }

// Get returns what is kept, without waiting for a fetch.
func (c *Cache[T]) Get() Cached[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// Renew replaces the document of that generation. If another caller has done so
// by now, what that one fetched is returned.
func (c *Cache[T]) Renew(generation int, load func() (T, time.Time, error)) (Cached[T], error) {
	c.fetch.Lock()
	defer c.fetch.Unlock()
	if now := c.Get(); now.Generation != generation {
		return now, nil
	}
	value, till, err := load()
	if err != nil {
		return Cached[T]{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = Cached[T]{Value: value, Generation: generation + 1, till: till}
	return c.held, nil
}
