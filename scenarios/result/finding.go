package result

import "time"

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

	Witnesses []Witness     `json:"witnesses,omitempty"`
	Messages  []Message     `json:"messages,omitempty"` // the conversation with the stimulus, for the sequence diagram
	Repeat    string        `json:"repeat"`             // command that does it again
	Duration  time.Duration `json:"duration_ns"`
}

// Unexercised is the finding with a reason for which the entry was not exercised.
func (f Finding) Unexercised(reason string) Finding {
	f.Verdict, f.Reason = NotExercised, reason
	return f
}

// Invalid is the finding with a reason for which nothing can be said.
func (f Finding) Invalid(reason string) Finding {
	f.Verdict, f.Reason = Invalid, reason
	return f
}

// Witness is what one of the four saw: provider, user agent, app, recovery.
type Witness struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Saw  string `json:"saw"`
}

// VariantFinding is the verdict on one variant of an entry.
type VariantFinding struct {
	Label     string        `json:"label"`
	Verdict   Verdict       `json:"verdict"`
	Reason    string        `json:"reason,omitempty"`
	Expected  bool          `json:"expected,omitempty"` // it is in the list of expected failures
	Witnesses []Witness     `json:"witnesses,omitempty"`
	Repeat    string        `json:"repeat"` // command that plays this variant again
	Duration  time.Duration `json:"duration_ns"`
}
