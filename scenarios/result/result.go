// Package result is the result of playing a scenario, or an entry of the failure
// catalogue: a verdict with its evidence. Begin with Result.
package result

import (
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Outcome is how a scenario ended.
type Outcome string

// The outcomes. The first three leave the exit code of a run at 0.
const (
	Passed         Outcome = "passed"
	Skipped        Outcome = "skipped"         // the file says so, with a reason, or leaves out every step
	ExpectedToFail Outcome = "expected_fail"   // it failed, as expect_failure says it would
	Failed         Outcome = "failed"          //
	Unexpected     Outcome = "unexpected_pass" // it passed though expect_failure says it would not
	Broken         Outcome = "broken"          // it could not be run: the environment, or not built yet
)

// Good reports whether the outcome leaves a run green.
func (o Outcome) Good() bool { return o == Passed || o == Skipped || o == ExpectedToFail }

// Result is the result of one scenario, or of one entry of a failure catalogue.
// A scenario has an outcome, a name and steps; an entry has an id, a verdict, its
// witnesses and what the catalogue says of it.
type Result struct {
	ID       string       `json:"id,omitempty"`
	Group    string       `json:"group,omitempty"`
	Severity string       `json:"severity,omitempty"`
	Title    string       `json:"title,omitempty"` // of an entry
	Name     string       `json:"name,omitempty"`  // of a scenario
	Place    strict.Place `json:"place,omitzero"`  // of the scenario in its file

	Description string   `json:"description,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Spec        []string `json:"spec,omitempty"` // clauses it is about, like RFC6749#4.1.2

	Outcome  Outcome `json:"outcome,omitempty"`
	Verdict  Verdict `json:"verdict,omitempty"`
	Reason   string  `json:"reason,omitempty"`   // what was seen against what was due; why it was skipped, not exercised, is expected to fail or is broken
	Expected bool    `json:"expected,omitempty"` // it is in the list of expected failures

	Provider string   `json:"provider,omitempty"` // what was done to the app
	Client   string   `json:"client,omitempty"`   // what a correct one does
	Why      string   `json:"why,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`
	Sources  []string `json:"sources,omitempty"`

	Variant  string   `json:"variant,omitempty"`  // label of this variant, or of the one that decided, the worst
	Variants []Result `json:"variants,omitempty"` // all that were played, of an entry that has some

	Races     int       `json:"races,omitempty"`      // how often it was played, where chance decides which of several requests comes first
	RacesLost int       `json:"races_lost,omitempty"` // how often it failed then: once is too often
	Causes    []Cause   `json:"causes,omitempty"`     // what it failed for, the worst first
	Witnesses []Witness `json:"witnesses,omitempty"`

	Steps    []Step           `json:"steps,omitempty"`
	Messages []Message        `json:"messages,omitempty"` // the conversation, in order, for the sequence diagram
	Journal  []*journal.Entry `json:"journal,omitempty"`  // redacted unless secrets are shown

	Repeat   string        `json:"repeat,omitempty"`             // command that does it again
	Duration time.Duration `json:"duration_ns"`                  // real time it took
	Elapsed  time.Duration `json:"virtual_elapsed_ns,omitempty"` // time that passed on the issuer's clock
	Seed     uint64        `json:"seed,omitempty"`
	Issuer   string        `json:"issuer,omitempty"`
}

// Step is the result of one step.
type Step struct {
	Number   int          `json:"number"` // from 1
	Name     string       `json:"name,omitempty"`
	Verb     string       `json:"verb"`
	Summary  string       `json:"summary,omitempty"` // the step in one line, as it was run
	Place    strict.Place `json:"place"`
	Ran      bool         `json:"ran"` // false: not reached, or its `if` did not hold
	Failures []Failure    `json:"failures,omitempty"`
	Journal  []int64      `json:"journal,omitempty"` // numbers of the exchanges it caused
}

// Failure is an expectation that did not hold, or an error where none was expected.
type Failure struct {
	Place   strict.Place `json:"place"`          // of the expected value, or of the step
	Path    string       `json:"path,omitempty"` // what was compared, like token_response.scope
	Want    string       `json:"want,omitempty"`
	Got     string       `json:"got,omitempty"`
	Message string       `json:"message,omitempty"` // instead of want and got: an error in words
	Source  string       `json:"source,omitempty"`  // the line of the file it is in
	Spec    string       `json:"spec,omitempty"`    // clause, where one is known
}

// Text returns the failure in words, without its place.
func (f Failure) Text() string {
	if f.Message != "" {
		return f.Message
	}
	return f.Path + ": want " + f.Want + ", got " + f.Got
}

// Message is one arrow of the sequence diagram.
type Message struct {
	Step   int       `json:"step"`
	From   string    `json:"from"` // user, browser, client, provider, resource
	To     string    `json:"to"`
	Label  string    `json:"label"`            // GET /authorize, 302, 400 invalid_grant …
	Detail string    `json:"detail,omitempty"` // parameters, shortened
	Reply  bool      `json:"reply,omitempty"`  // an answer: drawn dashed
	Fault  string    `json:"fault,omitempty"`  // the fault that was applied to it
	Seq    int64     `json:"seq,omitempty"`    // exchange in the journal
	Time   time.Time `json:"time,omitzero"`    // on the issuer's clock
}
