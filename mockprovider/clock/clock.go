// Package clock is an issuer's virtual time.
//
// A Clock either runs, as far from the real time as it was moved, or stands
// still (is frozen) until somebody advances it. Everything an issuer dates or
// expires reads its own Clock: codes, tokens, sign-in sessions, keys, the
// journal. So a test moves one issuer a year ahead and no other notices.
//
// This is the only package of the provider that reads the machine's time.
package clock

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Epoch is where a frozen clock starts when nobody says otherwise. A fixed
// instant keeps the tokens and the journal of a scenario the same in every run.
func Epoch() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }

// Clock is safe for parallel use. Make one with Running or Frozen.
type Clock struct {
	mu      sync.RWMutex
	frozen  bool
	virtual time.Time // the virtual instant at the anchor
	anchor  time.Time // the real instant (with its monotonic part) of the anchor
}

// State is what the control API tells of a clock.
type State struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

// Running returns a clock that runs with the machine's, starting at its time.
func Running() *Clock {
	now := time.Now()
	return &Clock{virtual: now.UTC().Round(0), anchor: now}
}

// RunningFrom returns a clock that starts at t and runs.
func RunningFrom(t time.Time) *Clock {
	return &Clock{virtual: t.UTC().Round(0), anchor: time.Now()}
}

// Frozen returns a clock that stands at t.
func Frozen(t time.Time) *Clock { return &Clock{frozen: true, virtual: t.UTC().Round(0)} }

// Now returns the issuer's time, in UTC and without a monotonic part.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.frozen {
		return c.virtual
	}
	return c.virtual.Add(time.Since(c.anchor))
}

// State returns the time and whether the clock stands still, in one look.
func (c *Clock) State() State {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return State{Now: c.now(), Frozen: c.frozen}
}

// Advance moves the clock by d, backwards if d is negative. The error is that of
// Reachable; the clock then stays where it is.
func (c *Clock) Advance(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := Reachable(c.now().Add(d)); err != nil {
		return err
	}
	c.virtual = c.virtual.Add(d)
	return nil
}

// Reachable returns an error for a time that an issuer's clock cannot be moved to: tokens are kept by their nanoseconds since 1970, which reach to 2262.
func Reachable(t time.Time) error {
	if year := t.UTC().Year(); year < 1970 || year > 2199 {
		return fmt.Errorf("%s is out of reach: an issuer's clock goes from 1970 to 2199", t.UTC().Format(time.RFC3339))
	}
	return nil
}

// Set moves the clock to t. It goes on running, or standing, as before. The
// error is that of Reachable; the clock then stays where it is.
func (c *Clock) Set(t time.Time) error {
	if err := Reachable(t); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.virtual = t.UTC().Round(0)
	if !c.frozen {
		c.anchor = time.Now()
	}
	return nil
}

// Freeze stops the clock where it is.
func (c *Clock) Freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.virtual = c.now()
	c.frozen = true
}

// Resume lets a frozen clock run on from where it stands.
func (c *Clock) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		c.frozen = false
		c.anchor = time.Now()
	}
}

// Sleep lets d pass on this clock: a running clock waits, a frozen one is
// advanced by d, as far as it can go, and returns at once. It ends early with
// ctx's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	c.mu.Lock()
	if c.frozen {
		if later := c.virtual.Add(d); Reachable(later) == nil {
			c.virtual = later
		}
		c.mu.Unlock()
		return nil
	}
	c.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
