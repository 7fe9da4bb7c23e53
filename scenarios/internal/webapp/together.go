package webapp

import (
	"context"
	"sync"
)

// together lets requests to the app wait for one another, so that they come at
// the same time however long each browser takes to send its own.
type together struct {
	mu      sync.Mutex
	missing int
	all     chan struct{} // closed when all are there, or one will not come
}

// start makes the next n requests of the trail's browsers to the app wait for one
// another. The function that it returns ends that.
func (t *trail) start(n int) (end func()) {
	g := &together{missing: n, all: make(chan struct{})}
	t.together.Store(g)
	return func() {
		t.together.CompareAndSwap(g, nil)
		g.arrive(n)
	}
}

// arrive counts requests, and lets them all go when none is missing.
func (g *together) arrive(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.missing <= 0 {
		return
	}
	if g.missing -= n; g.missing <= 0 {
		close(g.all)
	}
}

// wait waits for the others.
func (g *together) wait(ctx context.Context) {
	if g == nil {
		return
	}
	g.arrive(1)
	select {
	case <-g.all:
	case <-ctx.Done():
	}
}
