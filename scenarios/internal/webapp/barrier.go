package webapp

import (
	"context"
	"sync"
)

// barrier makes requests to the app wait for one another, so that they arrive at the
// same time however long each browser takes to send its own.
type barrier struct {
	mu      sync.Mutex
	missing int
	all     chan struct{} // closed when all have arrived, or one will not
}

// raiseBarrier makes the next n requests of the trail's browsers to the app wait for
// one another. The function that it returns ends that.
func (t *trail) raiseBarrier(n int) (end func()) {
	g := &barrier{missing: n, all: make(chan struct{})}
	t.barrier.Store(g)
	return func() {
		t.barrier.CompareAndSwap(g, nil)
		g.arrive(n)
	}
}

// arrive counts n requests, and releases all when none is missing.
func (g *barrier) arrive(n int) {
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
func (g *barrier) wait(ctx context.Context) {
	if g == nil {
		return
	}
	g.arrive(1)
	select {
	case <-g.all:
	case <-ctx.Done():
	}
}
