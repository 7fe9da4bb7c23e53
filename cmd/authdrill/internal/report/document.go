package report

import (
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// document is a report before it is written: what each format shows, of a run of
// scenarios (runDocument) and of the report card of an app (cardDocument) alike.
// Its texts are as they were said, and each format escapes them. Fields are
// exported for the template of the page.
type document struct {
	Title    string // of the command: authdrill, authdrill attack
	Headline string // what came of it, in a sentence
	Good     bool   // nothing went wrong, and something was proven
	Judged   bool   // the method works, so that something can be said
	CutShort string // what ended it before its end, in a sentence
	Target   string // what was drilled; a run has none
	Counts   string // the summary in words
	Shares   []share
	Took     time.Duration
	Lasted   string // took, as precise as it is worth
	Seeds    string // in words; empty where nothing was run
	Started  time.Time
	Version  string   // of the program
	Facts    []string // more about the whole, for the head of a page

	Checks  []attack.Calibration // of the method itself, before any verdict
	Learned []attack.Trait
	Listed  bool // results that did not fail are shown one by one, not only counted
	Results []*row
	Groups  []*group // the results by the file or the part of the catalogue they are of
	Failing []*row   // the worst first, expected ones last
	Causes  []*cause // why an app failed, what is to be fixed first at the top

	Unexercised, Choices, Unjudged []reason // why results prove nothing, what the app chose, why nothing can be said

	Stale []string // expected failures that no longer fail
	Grade *grade.Grade

	// What it was made of, one of the two: JSON shows it as it is.
	Run  []*result.Result
	Card *attack.Card
}

// share is a count of results that have the same class.
type share struct {
	Class, Word string
	Count       int
}

type group struct {
	Name    string
	File    string // that the scenarios are written in
	Counts  string
	Results []*row
}

// standing is how a result counts, be it a scenario or an entry of the catalogue.
type standing int

const (
	passed    standing = iota
	tolerated          // the specifications leave the choice
	skipped            // it was not run, or did not reach the app: it proves nothing
	expected           // it failed, and the file or the list of expected failures says so
	failed
	unjudged // it could not be run, or its control failed
)

// row is what became of one scenario or of one entry.
type row struct {
	Entry       bool   // of the catalogue, else a scenario
	Anchor      string // its fragment in a page
	ID          string // stays when words are shown otherwise
	Name        string // of a scenario, or the id of an entry
	Label       string // name, and of an entry the verdict
	Title       string // in one line
	Description string
	Group       string
	Tags        []string
	Severity    string // of an entry
	Level       string // error, warning, note: how loud it is where it failed
	Standing    standing
	Verdict     string // the outcome as it was given
	Reason      string // what was seen, or why it is not simply passed
	Why         string // reason, with the standing in words where the verdict does not say it
	Place       strict.Place
	Clauses     []string
	Sources     []string
	Seed        uint64
	Took        time.Duration
	Elapsed     time.Duration // on the issuer's clock
	Issuer      string

	Complaints []complaint
	Causes     []*cause // of an entry that failed
	Witnesses  []result.Witness
	Variants   []*row // of an entry: what became of each, by the name ID [LABEL]
	Advice     advice
	Steps      []step
	Messages   []result.Message
	Journal    []*journal.Entry
	Account    string // all that is known of why it is not simply passed, as plain text
	Again      string // the command that repeats it
}

// advice is what the catalogue says of an entry.
type advice struct{ Done, Right, Why, Remedy string }

type step struct {
	result.Step
	Title      string
	Complaints []complaint
}

// complaint is one thing that a result got wrong: what was wanted and what was
// got, or of an entry a message.
type complaint struct {
	result.Failure
	Kind       string // what was compared, or the verb of the step, or the verdict
	About      string // the step that it happened in, or the title of the entry
	At         strict.Place
	Clauses    []string
	Exchange   *journal.Entry // the one that decided it
	Background string         // what lies behind it, as plain text: lines that each have their end
	Account    string         // all that is known of it, and the command that repeats it
}

// parts returns the variants of an entry, or the result itself.
func (r *row) parts() []*row {
	if len(r.Variants) == 0 {
		return []*row{r}
	}
	return r.Variants
}

// failed reports whether a result counts against what was run.
func (r *row) failed() bool { return r.Standing == failed || r.Standing == unjudged }

// appearance is the class of a result, which its filter and colour go by, and its
// mark.
func (r *row) appearance() (class, mark string) {
	switch {
	case r.Standing == passed:
		return "passed", "✓"
	case r.Standing == unjudged && r.Entry:
		return "bad", "!"
	case r.failed():
		return "bad", "✗"
	}
	return "other", "○"
}

// appearance is the class of a step, which its colour goes by, and its mark.
func (s step) appearance() (class, mark string) {
	switch {
	case len(s.Complaints) > 0:
		return "bad", "✗"
	case !s.Ran:
		return "other", "○"
	}
	return "passed", "✓"
}

// sentence is a complaint in words: status: want 400, got 200. Where a value has
// several lines, so has the sentence, and the values are below one another.
func (c complaint) sentence() string {
	var parts []string
	if c.Message != "" {
		parts = append(parts, c.Message)
	}
	switch {
	case strings.Contains(c.Want+c.Got, "\n"):
		hang := func(s string) string {
			return strings.ReplaceAll(orNothing(strings.TrimRight(s, "\n")), "\n", "\n       ")
		}
		parts = append(parts, "\n  want "+hang(c.Want)+"\n  got  "+hang(c.Got))
	case c.Want != "" || c.Got != "" || c.Message == "":
		parts = append(parts, "want "+orNothing(c.Want)+", got "+orNothing(c.Got))
	}
	text := strings.ReplaceAll(strings.Join(parts, "; "), "; \n  want ", "\n  want ")
	if c.Path != "" {
		text = c.Path + ": " + text
	}
	return text
}

func orNothing(s string) string { return orElse(s, "nothing") }
