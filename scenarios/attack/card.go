// Package attack drives an app through the failure catalogue and judges it.
package attack

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// Verdict is how an app did at one entry of the catalogue.
type Verdict string

// The verdicts. Silence is never a Pass: what did not reach the app is
// NotExercised, with the reason.
const (
	Pass           Verdict = "PASS"
	FailSecurity   Verdict = "FAIL(security)"   // signed in, or as somebody else, or a secret or a script got out
	FailRobustness Verdict = "FAIL(robustness)" // a server error, a hang, a loop, no recovery
	FailUX         Verdict = "FAIL(ux)"         // a blank page, raw JSON
	Tolerated      Verdict = "TOLERATED"        // the specifications leave a choice: it is told what was chosen
	NotExercised   Verdict = "NOT_EXERCISED"    // the stimulus did not reach the app
	Invalid        Verdict = "INVALID"          // the control failed: nothing can be said
)

// Failed reports whether the app got it wrong.
func (v Verdict) Failed() bool { return v == FailSecurity || v == FailRobustness || v == FailUX }

// Verdicts returns them all, the worst first.
func Verdicts() []Verdict {
	return []Verdict{FailSecurity, FailRobustness, FailUX, Invalid, NotExercised, Tolerated, Pass}
}

// Card is the report card of an app.
type Card struct {
	Target      string        `json:"target"` // the login page
	Started     time.Time     `json:"started"`
	Duration    time.Duration `json:"duration_ns"`
	Seed        uint64        `json:"seed"`
	Interrupted bool          `json:"interrupted,omitempty"`
	OutOfTime   bool          `json:"out_of_time,omitempty"` // interrupted, for it took too long

	Calibration []Calibration `json:"calibration"`
	Learned     []Trait       `json:"learned"`
	Findings    []Finding     `json:"findings"`
	Stale       []string      `json:"stale,omitempty"` // expected failures that no longer fail
}

// printable returns the finding with all that came from the app, the texts of its
// pages, its paths and its output, as they can be shown in any report.
func (f Finding) printable() Finding {
	f.Reason = shown(f.Reason)
	for i := range f.Witnesses {
		f.Witnesses[i].Saw = shown(f.Witnesses[i].Saw)
	}
	f.Variants = slices.Clone(f.Variants)
	for i := range f.Variants {
		v := &f.Variants[i]
		v.Reason, v.Witnesses = shown(v.Reason), slices.Clone(v.Witnesses)
		for j := range v.Witnesses {
			v.Witnesses[j].Saw = shown(v.Witnesses[j].Saw)
		}
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

// Finding is the verdict on one entry.
type Finding struct {
	ID       string  `json:"id"`
	Group    string  `json:"group"`
	Severity string  `json:"severity"`
	Title    string  `json:"title"`
	Verdict  Verdict `json:"verdict"`
	Reason   string  `json:"reason,omitempty"`   // what was seen against what was due; why it was not exercised
	Expected bool    `json:"expected,omitempty"` // it stands in the list of expected failures

	Provider string   `json:"provider"` // what was done to the app
	Client   string   `json:"client"`   // what a correct one does
	Why      string   `json:"why,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`
	Spec     []string `json:"spec,omitempty"` // clauses, like OIDC.Core#3.1.3.7
	Sources  []string `json:"sources,omitempty"`

	Variant  string           `json:"variant,omitempty"`  // label of the variant that decided, the worst
	Variants []VariantFinding `json:"variants,omitempty"` // all that were played, of an entry that has some

	Witnesses []Witness           `json:"witnesses,omitempty"`
	Messages  []scenarios.Message `json:"messages,omitempty"` // the conversation with the stimulus, for the sequence diagram
	Repeat    string              `json:"repeat"`             // command that does it again
	Duration  time.Duration       `json:"duration_ns"`
}

// Witness is what one of the four saw: provider, user agent, app, recovery.
type Witness struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Saw  string `json:"saw"`
}

// interrupted notes whether the attack was ended before its end, and by what.
func (c *Card) interrupted(ctx context.Context) {
	c.Interrupted, c.OutOfTime = ctx.Err() != nil, errors.Is(ctx.Err(), context.DeadlineExceeded)
}
