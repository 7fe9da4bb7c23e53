// Package clock is an issuer's virtual time. Its main type is Clock.
//
// A Clock either runs, ahead of or behind the real time, or is frozen until a test
// advances it. An issuer reads only its own Clock, for codes, tokens, sessions, keys
// and the journal, so that a test can move one issuer a year ahead and no other
// notices.
//
// This is the only package of the provider that reads the machine's time.
package clock

import (
	"context"
	"fmt"
	"time"
)

// Epoch is where a frozen clock starts unless it is told otherwise. A fixed
// instant keeps the tokens and the journal of a scenario the same in every run.
func Epoch() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }

// Clock is safe for parallel use. Make one with Running or Frozen.
type Clock struct{ keeper keeper }

// Machine returns the machine's time, in UTC and without a monotonic part.
func Machine() time.Time { return time.Now().UTC().Round(0) }

// Running returns a clock that runs with the machine's, starting at its time.
func Running() *Clock {
	now := time.Now()
	return newClock(reading{virtual: now.UTC().Round(0), anchor: now})
}

// runningFrom returns a clock that starts at t and runs.
func runningFrom(t time.Time) *Clock {
	return newClock(reading{virtual: t.UTC().Round(0), anchor: time.Now()})
}

// Frozen returns a clock that does not move by itself, at t.
func Frozen(t time.Time) *Clock { return newClock(reading{frozen: true, virtual: t.UTC().Round(0)}) }

// Now returns the issuer's time, in UTC and without a monotonic part.
func (c *Clock) Now() time.Time { return c.keeper.reading().now() }

// State returns the time and whether the clock is frozen, in one look.
func (c *Clock) State() (now time.Time, frozen bool) {
	r := c.keeper.reading()
	return r.now(), r.frozen
}

// Advance moves the clock by d, backwards if d is negative. The error is that of
// Reachable; the clock then stays where it is.
func (c *Clock) Advance(d time.Duration) error {
	return c.keeper.change(func(r reading) (reading, error) {
		err := Reachable(r.now().Add(d))
		r.virtual = r.virtual.Add(d)
		return r, err
	})
}

// Reachable returns an error for a time that an issuer's clock cannot be moved to:
// tokens are kept by their nanoseconds since 1970, which reach to 2262.
func Reachable(t time.Time) error {
	if year := t.UTC().Year(); year < 1970 || year > 2199 {
		return fmt.Errorf("%s is out of range: want a time between 1970 and 2199", t.UTC().Format(time.RFC3339))
	}
	return nil
}

// Set moves the clock to t. It goes on running, or stays frozen, as before. The
// error is that of Reachable; the clock then stays where it is.
func (c *Clock) Set(t time.Time) error {
	if err := Reachable(t); err != nil {
		return err
	}
	return c.keeper.change(func(r reading) (reading, error) {
		r.virtual = t.UTC().Round(0)
		if !r.frozen {
			r.anchor = time.Now()
		}
		return r, nil
	})
}

// Freeze stops the clock where it is, or lets a frozen one run on from there.
func (c *Clock) Freeze(frozen bool) {
	c.change(func(r reading) reading {
		switch {
		case frozen:
			return reading{frozen: true, virtual: r.now()}
		case r.frozen:
			r.frozen, r.anchor = false, time.Now()
		}
		return r
	})
}

// change is keeper.change with a change that is always possible.
func (c *Clock) change(change func(reading) reading) {
	_ = c.keeper.change(func(r reading) (reading, error) { return change(r), nil })
}

// Sleep lets d pass on this clock: a running clock waits, a frozen one is
// advanced by d, as far as it can go, and returns at once. It ends early with
// ctx's error.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	frozen := false
	c.change(func(r reading) reading {
		frozen = r.frozen
		if later := r.virtual.Add(d); frozen && Reachable(later) == nil {
			r.virtual = later
		}
		return r
	})
	if frozen {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
