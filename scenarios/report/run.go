package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// runDocument is the report of a run.
func runDocument(results []*scenarios.Result, o Options) *document {
	s := summarize(results)
	bad := s.Failed + s.UnexpectedPasses + s.Broken
	took := o.duration(results)
	d := &document{
		title: "authdrill", headline: runHeadline(s, bad), good: bad == 0 && s.Total > 0, judged: true, counts: s.String(),
		shares: []share{{"bad", "went wrong", bad}, {"passed", "passed", s.Passed}, {"other", "skipped or known", s.Skipped + s.ExpectedFailures}},
		took:   took, lasted: fmt.Sprintf("%.2f s", took.Seconds()), seeds: seeds(results), started: o.Started, version: o.Version, listed: true,
		run: results,
	}
	if !o.Started.IsZero() {
		d.facts = append(d.facts, o.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for _, fact := range []string{d.seeds, o.Version} {
		if fact != "" {
			d.facts = append(d.facts, fact)
		}
	}
	at := map[string]*group{}
	for _, scenario := range results {
		r := scenarioResult(scenario, o)
		d.results = append(d.results, r)
		g := at[r.group]
		if g == nil {
			g = &group{name: r.group, file: r.group}
			at[r.group] = g
			d.groups = append(d.groups, g)
		}
		g.results = append(g.results, r)
		if r.failed() {
			d.failing = append(d.failing, r)
		}
	}
	for _, g := range d.groups {
		g.counts = fmt.Sprint(len(g.results))
	}
	return d
}

func runHeadline(s summary, bad int) string {
	switch {
	case s.Total == 0:
		return "No scenario was run"
	case bad > 0:
		return fmt.Sprintf("%d of %s went wrong", bad, count(s.Total, "scenario", "scenarios"))
	case s.Passed == s.Total && s.Total == 1:
		return "The scenario passed"
	case s.Passed == s.Total:
		return fmt.Sprintf("All %d scenarios passed", s.Total)
	}
	return fmt.Sprintf("%d of %s passed, none failed", s.Passed, count(s.Total, "scenario", "scenarios"))
}

// scenarioResult is what became of a scenario, as reports show it.
func scenarioResult(s *scenarios.Result, o Options) *result {
	r := &result{
		id: scenarioID(s), name: s.Name, label: s.Name, title: s.Name, description: s.Description, group: s.Place.File, tags: s.Tags, level: "error",
		standing: scenarioStanding(s.Outcome), verdict: string(s.Outcome), reason: s.Reason, why: whyOf(s), place: s.Place, clauses: s.Spec,
		seed: s.Seed, took: s.Duration, elapsed: s.Elapsed, issuer: s.Issuer, messages: s.Messages, journal: s.Journal, again: o.again(s),
	}
	for _, of := range s.Steps {
		st := step{StepResult: of, title: stepTitle(of)}
		for _, f := range of.Failures {
			st.complaints = append(st.complaints, r.complaint(st, f))
		}
		r.steps, r.complaints = append(r.steps, st), append(r.complaints, st.complaints...)
	}
	if r.standing != passed {
		r.account = r.explain()
	}
	return r
}

func scenarioStanding(o scenarios.Outcome) standing {
	switch o {
	case scenarios.Passed:
		return passed
	case scenarios.Skipped:
		return skipped
	case scenarios.ExpectedToFail:
		return expected
	case scenarios.Failed, scenarios.Unexpected:
		return failed
	}
	return unjudged // what has no outcome that is known must not pass
}

// whyOf is why a scenario ended as it did, in one line; empty where the outcome
// or the failures say enough.
func whyOf(s *scenarios.Result) string {
	reason := ": " + s.Reason
	if s.Reason == "" {
		reason = ""
	}
	switch s.Outcome {
	case scenarios.Passed, scenarios.Failed:
		return s.Reason
	case scenarios.Skipped:
		return "skipped" + reason
	case scenarios.ExpectedToFail:
		return "failed, as expected" + reason
	case scenarios.Unexpected:
		return "passed, though expect_failure says it would not" + reason
	case scenarios.Broken:
		return "could not be run" + reason
	}
	return fmt.Sprintf("unknown outcome %q", s.Outcome) + reason
}

// scenarioID is a name for a scenario that stays when its words are shown
// otherwise.
func scenarioID(s *scenarios.Result) string {
	sum := sha256.Sum256([]byte(s.Place.File + "\x00" + s.Name))
	return "scenario-" + hex.EncodeToString(sum[:6])
}

// stepTitle is the step as a person calls it.
func stepTitle(s scenarios.StepResult) string {
	for _, name := range []string{s.Name, s.Summary, s.Verb} {
		if name != "" {
			return fmt.Sprintf("step %d · %s", s.Number, name)
		}
	}
	return fmt.Sprintf("step %d", s.Number)
}

// complaint is a failure of a step. Its place is that of the expected value, else
// of the step, else of the scenario; its clause the failure's, else those of the
// scenario.
func (r *result) complaint(s step, f scenarios.Failure) complaint {
	c := complaint{Failure: f, kind: orElse(f.Path, s.Verb), about: s.title, at: r.place, exchange: deciding(r.journal, s.Journal, f.Path)}
	for _, at := range []strict.Place{f.Place, s.Place} {
		if !at.IsZero() {
			c.at = at
			break
		}
	}
	c.clauses = slices.DeleteFunc(slices.Clone(r.clauses), func(spec string) bool { return spec == "" })
	if f.Spec != "" {
		c.clauses = []string{f.Spec}
	}
	c.background = background(c)
	c.account = detail(c) + "again: " + r.again + "\n"
	return c
}

// deciding is the exchange that a failure is about: of those its step caused, the
// last at the endpoint whose answer was looked at, else the last one. Nil where
// the step caused none.
func deciding(all []*journal.Entry, step []int64, path string) *journal.Entry {
	head, _, _ := strings.Cut(path, ".")
	var endpoint protocol.Endpoint
	switch head {
	case "authorization_request", "authorization_response":
		endpoint = protocol.AuthorizationEndpoint
	case "token_response", "id_token", "access_token":
		endpoint = protocol.TokenEndpoint
	}
	var last *journal.Entry
	for _, e := range all {
		if e != nil && slices.Contains(step, e.Seq) && (last == nil || e.Endpoint == endpoint || last.Endpoint != endpoint) {
			last = e
		}
	}
	return last
}

// detail is a failure as plain text of several lines: its place, what the file
// says there, what was wanted and got, the exchange it is about and the clauses.
func detail(c complaint) string {
	var b strings.Builder
	if where := location(c.at); where != "" {
		fmt.Fprintf(&b, "%s   ", Printable(where))
	}
	fmt.Fprintf(&b, "%s\n", Printable(c.about))
	if c.Source != "" {
		b.WriteString(strict.Excerpt(c.at.Line, c.at.Column, c.Source, "") + "\n")
	}
	for _, line := range lines(c.sentence()) {
		b.WriteString(line + "\n")
	}
	return b.String() + c.background
}

// background is what lies behind a failure: the exchange it is about, what the
// provider had against that, the faults that struck it, and the clauses.
func background(c complaint) string {
	var b strings.Builder
	if e := c.exchange; e != nil {
		fmt.Fprintf(&b, "%s      journal #%d\n", Printable(exchange(e)), e.Seq)
		for _, line := range against(e) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	if spec := clauses(c.clauses); spec != "" {
		b.WriteString(spec + "\n")
	}
	return b.String()
}

// explain is all that is known of why a scenario is not simply passed: its
// failures, its place, and how to see it again.
func (r *result) explain() string {
	var b strings.Builder
	for _, c := range r.complaints {
		b.WriteString(detail(c))
	}
	if b.Len() == 0 && !r.place.IsZero() {
		b.WriteString(Printable(location(r.place)) + "\n")
	}
	if r.failed() {
		b.WriteString("again: " + r.again + "\n")
	}
	return b.String()
}

// again is the command that runs one scenario once more.
func (o Options) again(s *scenarios.Result) string {
	command := "authdrill run"
	if !o.Examples && s.Place.File != "" {
		command += " " + Quoted(s.Place.File)
	}
	return Printable(fmt.Sprintf("%s --run '^%s$' --seed %d", command,
		strings.ReplaceAll(regexp.QuoteMeta(s.Name), "'", `'\''`), s.Seed))
}
