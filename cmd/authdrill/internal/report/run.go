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
	"github.com/authdrill/authdrill/scenarios/result"
)

// runDocument is the report of a run.
func runDocument(results []*result.Result, o Options) *document {
	s := summarize(results)
	bad := s.Failed + s.UnexpectedPasses + s.Broken
	took := o.duration(results)
	d := &document{
		Title: "authdrill", Headline: runHeadline(s, bad), Good: bad == 0 && s.Total > 0, Judged: true, Counts: s.String(),
		Shares: []share{{"bad", "went wrong", bad}, {"passed", "passed", s.Passed}, {"other", "skipped or known", s.Skipped + s.ExpectedFailures}},
		Took:   took, Lasted: fmt.Sprintf("%.2f s", took.Seconds()), Seeds: seeds(results), Started: o.Started, Version: o.Version, Listed: true,
		Run: results,
	}
	if !o.Started.IsZero() {
		d.Facts = append(d.Facts, o.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for _, fact := range []string{d.Seeds, o.Version} {
		if fact != "" {
			d.Facts = append(d.Facts, fact)
		}
	}
	at := map[string]*group{}
	for i, scenario := range results {
		r := scenarioResult(scenario, o)
		r.Anchor = fmt.Sprintf("s%d", i+1)
		d.Results = append(d.Results, r)
		g := at[r.Group]
		if g == nil {
			g = &group{Name: r.Group, File: r.Group}
			at[r.Group] = g
			d.Groups = append(d.Groups, g)
		}
		g.Results = append(g.Results, r)
		if r.failed() {
			d.Failing = append(d.Failing, r)
		}
	}
	for _, g := range d.Groups {
		g.Counts = fmt.Sprint(len(g.Results))
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
func scenarioResult(s *result.Result, o Options) *row {
	r := &row{
		ID: scenarioID(s), Name: s.Name, Label: s.Name, Title: s.Name, Description: s.Description, Group: s.Place.File, Tags: s.Tags, Level: "error",
		Standing: scenarioStanding(s.Outcome), Verdict: string(s.Outcome), Reason: s.Reason, Why: whyOf(s), Place: s.Place, Clauses: s.Spec,
		Seed: s.Seed, Took: s.Duration, Elapsed: s.Elapsed, Issuer: s.Issuer, Messages: s.Messages, Again: o.again(s),
	}
	r.Journal = slices.DeleteFunc(slices.Clone(s.Journal), func(e *journal.Entry) bool { return e == nil })
	for _, of := range s.Steps {
		st := step{Step: of, Title: stepTitle(of)}
		for _, f := range of.Failures {
			st.Complaints = append(st.Complaints, r.complaint(st, f))
		}
		r.Steps, r.Complaints = append(r.Steps, st), append(r.Complaints, st.Complaints...)
	}
	if r.Standing != passed {
		r.Account = r.explain()
	}
	return r
}

func scenarioStanding(o result.Outcome) standing {
	switch o {
	case result.Passed:
		return passed
	case result.Skipped:
		return skipped
	case result.ExpectedToFail:
		return expected
	case result.Failed, result.Unexpected:
		return failed
	}
	return unjudged // what has no outcome that is known must not pass
}

// whyOf is why a scenario ended as it did, in one line; empty where the outcome
// or the failures say enough.
func whyOf(s *result.Result) string {
	reason := ": " + s.Reason
	if s.Reason == "" {
		reason = ""
	}
	switch s.Outcome {
	case result.Passed, result.Failed:
		return s.Reason
	case result.Skipped:
		return "skipped" + reason
	case result.ExpectedToFail:
		return "failed, as expected" + reason
	case result.Unexpected:
		return "passed, though expect_failure says it would not" + reason
	case result.Broken:
		return "could not be run" + reason
	}
	return fmt.Sprintf("unknown outcome %q", s.Outcome) + reason
}

// scenarioID is a name for a scenario that stays when its words are shown
// otherwise.
func scenarioID(s *result.Result) string {
	sum := sha256.Sum256([]byte(s.Place.File + "\x00" + s.Name))
	return "scenario-" + hex.EncodeToString(sum[:6])
}

// stepTitle is the step as a person calls it.
func stepTitle(s result.Step) string {
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
func (r *row) complaint(s step, f result.Failure) complaint {
	c := complaint{Failure: f, Kind: orElse(f.Path, s.Verb), About: s.Title, At: r.Place, Exchange: deciding(r.Journal, s.Journal, f.Path)}
	for _, at := range []strict.Place{f.Place, s.Place} {
		if at != (strict.Place{}) {
			c.At = at
			break
		}
	}
	c.Clauses = slices.DeleteFunc(slices.Clone(r.Clauses), func(spec string) bool { return spec == "" })
	if f.Spec != "" {
		c.Clauses = []string{f.Spec}
	}
	c.Background = background(c)
	c.Account = detail(c) + "again: " + r.Again + "\n"
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
		if slices.Contains(step, e.Seq) && (last == nil || e.Endpoint == endpoint || last.Endpoint != endpoint) {
			last = e
		}
	}
	return last
}

// detail is a failure as plain text of several lines: its place, what the file
// says there, what was wanted and got, the exchange it is about and the clauses.
func detail(c complaint) string {
	var b strings.Builder
	if where := location(c.At); where != "" {
		fmt.Fprintf(&b, "%s   ", Printable(where))
	}
	fmt.Fprintf(&b, "%s\n", Printable(c.About))
	if c.Source != "" {
		b.WriteString(strict.Excerpt(c.At.Line, c.At.Column, c.Source, "") + "\n")
	}
	for _, line := range lines(c.sentence()) {
		b.WriteString(line + "\n")
	}
	return b.String() + c.Background
}

// background is what lies behind a failure: the exchange it is about, what the
// provider had against that, the faults that struck it, and the clauses.
func background(c complaint) string {
	var b strings.Builder
	if e := c.Exchange; e != nil {
		fmt.Fprintf(&b, "%s      journal #%d\n", Printable(exchange(e)), e.Seq)
		for _, line := range against(e) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	if spec := clauses(c.Clauses); spec != "" {
		b.WriteString(spec + "\n")
	}
	return b.String()
}

// explain is all that is known of why a scenario is not simply passed: its
// failures, its place, and how to see it again.
func (r *row) explain() string {
	var b strings.Builder
	for _, c := range r.Complaints {
		b.WriteString(detail(c))
	}
	if b.Len() == 0 && r.Place != (strict.Place{}) {
		b.WriteString(Printable(location(r.Place)) + "\n")
	}
	if r.failed() {
		b.WriteString("again: " + r.Again + "\n")
	}
	return b.String()
}

// again is the command that runs one scenario once more.
func (o Options) again(s *result.Result) string {
	command := "authdrill run"
	if !o.Examples && s.Place.File != "" {
		command += " " + Quoted(s.Place.File)
	}
	return Printable(fmt.Sprintf("%s --run '^%s$' --seed %d", command,
		strings.ReplaceAll(regexp.QuoteMeta(s.Name), "'", `'\''`), s.Seed))
}
