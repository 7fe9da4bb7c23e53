// Package attack drives an app through the failure catalogue and judges it.
package attack

import (
	"context"
	"errors"
	"time"

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
