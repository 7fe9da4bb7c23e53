// Package attack plays the failure catalogue against an app and judges it. Run returns
// the report card of an app; a Bench plays entries against the bundled client, to prove
// the catalogue.
package attack

import (
	"context"
	"errors"
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
	OutOfTime   bool          `json:"out_of_time,omitempty"` // interrupted because its time was over

	Calibration []Calibration   `json:"calibration"`
	Learned     []Trait         `json:"learned"`
	Findings    []result.Result `json:"findings"`
	Stale       []string        `json:"stale,omitempty"` // expected failures that no longer fail
}

// makePrintable makes texts of the app that the calibration has collected safe to show
// in any report.
func (c *Card) makePrintable() {
	for i := range c.Calibration {
		c.Calibration[i].Saw = printableText(c.Calibration[i].Saw)
	}
	for i := range c.Learned {
		c.Learned[i].Saw = printableText(c.Learned[i].Saw)
	}
}

// printableText returns a text as one line of limited length, without control
// characters.
func printableText(text string) string {
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

	// Optional is a check without which only the entries that depend on it are not
	// exercised.
	Optional bool `json:"optional,omitempty"`
}

// Trait is something that the app was seen to do, or not to do.
type Trait struct {
	Name string `json:"name"` // nonce, pkce, state, userinfo, refresh, client authentication …
	Has  bool   `json:"has"`
	Saw  string `json:"saw,omitempty"`
}

// noteInterruption notes whether the attack was interrupted, and why.
func (c *Card) noteInterruption(ctx context.Context) {
	c.Interrupted, c.OutOfTime = ctx.Err() != nil, errors.Is(ctx.Err(), context.DeadlineExceeded)
}
