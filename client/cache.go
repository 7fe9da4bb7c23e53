package client

import (
	"sync"
	"time"
)

// cache keeps a document that was fetched. Several callers that want it at once
// cause one fetch; those who can use what is there never wait for it.
type cache[T any] struct {
	mu    sync.Mutex // guards held
	fetch sync.Mutex // held while fetching
	held  cached[T]
}

// cached is a document and how it got here. generation is 0 when there is none.
type cached[T any] struct {
	value      T
	till       time.Time
	generation int
}

// isFresh reports whether there is a document whose time is not over.
func (k cached[T]) isFresh(now time.Time) bool { return k.generation > 0 && now.Before(k.till) }

func (c *cache[T]) get() cached[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// renew replaces the document of that generation. If another caller has done so
// by now, what that one fetched is returned.
func (c *cache[T]) renew(generation int, load func() (T, time.Time, error)) (cached[T], error) {
	c.fetch.Lock()
	defer c.fetch.Unlock()
	if now := c.get(); now.generation != generation {
		return now, nil
	}
	value, till, err := load()
	if err != nil {
		return cached[T]{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = cached[T]{value, till, generation + 1}
	return c.held, nil
}
