package memory

import (
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// guesses counts the failed guesses of something short, each against several
// counters: who guessed, and from where. The zero value is empty and ready; it is
// safe for parallel use.
type guesses struct {
	mu     sync.Mutex
	failed map[digest]*guessed // a name may be long, and is chosen by who guesses
}

// guessed is how often something was guessed in a window of time.
type guessed struct {
	times int
	until time.Time // when the window ends
}

// count is Store.CountGuess.
func (g *guesses) count(counters []record.Counter, window time.Duration, now time.Time) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range counters {
		if f := g.current(c.Name, window, now); f != nil && f.times >= c.Most {
			wait = max(wait, f.until.Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	if g.failed == nil {
		g.failed = map[digest]*guessed{}
	}
	for _, c := range counters {
		f := g.current(c.Name, window, now)
		if f == nil {
			f = &guessed{until: now.Add(window)}
			g.failed[digestOf(c.Name)] = f
		}
		f.times++
	}
	return 0
}

// current returns a counter whose window lasts, or nil. Where the clock was moved
// back to before the window, it does not.
func (g *guesses) current(name string, window time.Duration, now time.Time) *guessed {
	f := g.failed[digestOf(name)]
	if f == nil || !now.Before(f.until) || f.until.Sub(now) > window {
		return nil
	}
	return f
}

// uncount is Store.UncountGuess.
func (g *guesses) uncount(counters []record.Counter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range counters {
		if f := g.failed[digestOf(c.Name)]; f != nil && f.times > 0 {
			f.times--
		}
	}
}

// sweep forgets the windows that are over and returns how many.
func (g *guesses) sweep(now time.Time) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := len(g.failed)
	for name, f := range g.failed {
		if !now.Before(f.until) {
			delete(g.failed, name)
		}
	}
	return before - len(g.failed)
}
