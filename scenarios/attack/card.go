// Package attack drives an app through the failure catalogue and judges it.
package attack

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Card is the report card of an app.
type Card struct {
	Target      string        `json:"target"` // the login page
	Started     time.Time     `json:"started"`
	Duration    time.Duration `json:"duration_ns"`
	Seed        uint64        `json:"seed"`
	Interrupted bool          `json:"interrupted,omitempty"`
	OutOfTime   bool          `json:"out_of_time,omitempty"` // interrupted, for it took too long

	Calibration []Calibration   `json:"calibration"`
	Learned     []Trait         `json:"learned"`
	Findings    []result.Result `json:"findings"`
	Stale       []string        `json:"stale,omitempty"` // expected failures that no longer fail
}

// printable returns a finding with all that came from the app, the texts of its
// pages, its paths and its output, as they can be shown in any report.
func printable(f result.Result) result.Result {
	f.Reason = shown(f.Reason)
	f.Witnesses, f.Causes, f.Variants = slices.Clone(f.Witnesses), slices.Clone(f.Causes), slices.Clone(f.Variants)
	for i := range f.Witnesses {
		f.Witnesses[i].Saw = shown(f.Witnesses[i].Saw)
	}
	for i := range f.Causes {
		f.Causes[i].Saw = shown(f.Causes[i].Saw)
	}
	for i := range f.Variants {
		f.Variants[i] = printable(f.Variants[i])
	}
	for i := range f.Messages {
		m := &f.Messages[i]
		m.Label, m.Detail, m.Fault = shown(m.Label), shown(m.Detail), shown(m.Fault)
	}
	return f
}

// printable makes what the calibration saw and learned of the app such that it
// can be shown in any report.
func (c *Card) printable() {
	for i := range c.Calibration {
		c.Calibration[i].Saw = shown(c.Calibration[i].Saw)
	}
	for i := range c.Learned {
		c.Learned[i].Saw = shown(c.Learned[i].Saw)
	}
}

// shown is a text in one line that steers nothing and has an end.
func shown(text string) string {
	const most = 2000
	text = strict.Printable(text)
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Calibration is one check of the method itself, before any verdict.
type Calibration struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Saw    string `json:"saw"`
	Remedy string `json:"remedy,omitempty"`
}

// Trait is something the app was seen to do, or not.
type Trait struct {
	Name string `json:"name"` // nonce, pkce, state, userinfo, refresh, client authentication …
	Has  bool   `json:"has"`
	Saw  string `json:"saw,omitempty"`
}

// interrupted notes whether the attack was ended before its end, and by what.
func (c *Card) interrupted(ctx context.Context) {
	c.Interrupted, c.OutOfTime = ctx.Err() != nil, errors.Is(ctx.Err(), context.DeadlineExceeded)
}
