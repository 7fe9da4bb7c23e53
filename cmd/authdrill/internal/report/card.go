package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// cardDocument is the report of a report card.
func cardDocument(c *attack.Card, o Options) *document {
	d := &document{
		Title: "authdrill attack", Judged: c.Calibrated(), CutShort: cutShort(c), Target: c.Target, Took: c.Duration, Lasted: fmt.Sprintf("%.1f s", c.Duration.Seconds()),
		Started: c.Started, Version: o.Version, Checks: c.Calibration, Learned: c.Learned, Stale: c.Stale, Grade: o.Grade, Card: c,
	}
	for _, f := range c.Findings {
		d.Results = append(d.Results, entryResult(f).excuse(o.Grade))
	}
	for _, name := range groupNames(d.Results) {
		g := &group{Name: name, Results: selected(d.Results, func(r *row) bool { return r.Group == name })}
		g.Counts = tallyOf(g.Results).String()
		d.Groups = append(d.Groups, g)
	}
	n := tallyOf(d.Results)
	d.Causes = findCauses(c.Findings, d.Results)
	noteCauses(d)
	d.Unexercised, d.Choices, d.Unjudged = reasonsOf(d.Results, skipped), reasonsOf(d.Results, tolerated), reasonsOf(d.Results, unjudged)
	d.Counts, d.Headline, d.Failing = n.String(), cardHeadline(c, n, len(d.Causes)), sortFailing(d)
	d.Good = d.Judged && d.CutShort == "" && !d.counts(n) && n[result.Invalid] == 0 && n.exercised() > 0 && len(c.Stale) == 0
	d.Shares = []share{
		{"bad", "failed or invalid", n.failed() + n[result.Invalid]}, {"passed", "passed", n[result.Pass]},
		{"other", "tolerated, expected or not exercised", n[result.Tolerated] + n[result.NotExercised] + n[expectedFailure]},
	}
	if !c.Started.IsZero() {
		d.Facts = []string{c.Started.UTC().Format("2006-01-02 15:04 UTC")}
	}
	return d
}

// counts reports whether a failure counts.
func (d *document) counts(n tally) bool {
	if d.Grade != nil {
		return len(d.Grade.Counting) > 0
	}
	return n.failed() > 0
}

// cutShort is what ended an attack before its end.
func cutShort(c *attack.Card) string {
	switch {
	case c.OutOfTime:
		return "Out of time: this is what was known by then. --within gives it longer, --only and --group less to do."
	case c.Interrupted:
		return "Interrupted: this is what was known by then."
	}
	return ""
}

func cardHeadline(c *attack.Card, n tally, causes int) string {
	switch {
	case !c.Calibrated():
		return "Nothing can be said: the calibration failed"
	case n.failed() == 0 && n[expectedFailure] > 0:
		return fmt.Sprintf("Of %d exercised entries %d failed, as expected", n.exercised(), n[expectedFailure])
	case n.failed() > 0:
		return fmt.Sprintf("%d of %d exercised entries failed, for %s", n.failed(), n.exercised(), count(causes, "cause", "causes"))
	case n.exercised() == 0:
		return "Nothing was exercised, so nothing is proven"
	}
	return fmt.Sprintf("All %d exercised entries passed", n.exercised())
}

// entryResult is the verdict on an entry, as reports show it.
func entryResult(f result.Result) *row {
	r := &row{
		Entry: true, Anchor: strings.ReplaceAll(f.ID, " ", "-"), ID: f.ID, Name: f.ID, Label: f.ID + " " + string(f.Verdict), Title: f.Title, Group: f.Group, Tags: []string{f.Group}, Severity: f.Severity, Level: level(f.Severity),
		Standing: entryStanding(f), Verdict: string(f.Verdict), Reason: f.Reason, Why: f.Reason, Clauses: f.Spec, Sources: f.Sources, Took: f.Duration,
		Witnesses: f.Witnesses, Advice: advice{Done: f.Provider, Right: f.Client, Why: f.Why, Remedy: f.Remedy}, Messages: f.Messages, Again: f.Repeat,
	}
	for _, v := range f.Variants {
		r.Variants = append(r.Variants, variantResult(f, v))
	}
	if f.Provider != "" {
		r.Description = sentences("What is done: "+f.Provider, "A correct client: "+f.Client)
	}
	switch r.Standing {
	case expected:
		r.Why = strings.TrimSuffix("failed, as expected: "+f.Reason, ": ")
	case unjudged:
		r.Level = "warning"
	case passed, tolerated, skipped:
		return r
	}
	c := complaint{Kind: r.Verdict, About: f.Title, Clauses: f.Spec, Background: r.advise()}
	c.Message = f.Reason
	c.Account = c.About + "\n" + c.Background + "again: " + r.Again
	r.Complaints, r.Account = []complaint{c}, c.Account
	return r
}

// excuse adds to an expected failure why it is expected.
func (r *row) excuse(g *grade.Grade) *row {
	for _, v := range r.Variants {
		v.excuse(g)
	}
	if why := g.Reason(strings.Replace(r.Name, " [", "[", 1)); why != "" && r.Standing == expected {
		r.Reason = strings.TrimLeft(r.Reason+"; expected: "+why, "; ")
		r.Why = "failed, as expected: " + r.Reason
	}
	return r
}

// variantResult is the verdict on one variant of an entry.
func variantResult(f result.Result, v result.Result) *row {
	f.Verdict, f.Reason, f.Expected, f.Repeat, f.Duration = v.Verdict, v.Reason, v.Expected, v.Repeat, v.Duration
	f.Witnesses, f.Variants, f.Messages = v.Witnesses, nil, nil
	out := entryResult(f)
	out.Name += " [" + v.Variant + "]"
	out.Label = out.Name + " " + string(v.Verdict)
	return out
}

func entryStanding(f result.Result) standing {
	switch {
	case f.Verdict.Failed() && f.Expected:
		return expected
	case f.Verdict.Failed():
		return failed
	case f.Verdict == result.Pass:
		return passed
	case f.Verdict == result.Tolerated:
		return tolerated
	case f.Verdict == result.NotExercised:
		return skipped
	}
	return unjudged // what has no verdict that is known must not pass
}

// advise is what was done, what is right, what each witness saw and what helps,
// a line each.
func (r *row) advise() string {
	out := []string{""}
	if r.Advice.Done != "" {
		out = append(out, "what was done: "+r.Advice.Done, "what is right: "+r.Advice.Right)
	}
	for _, w := range r.Witnesses {
		out = append(out, w.Name+": "+w.Saw)
	}
	for _, v := range r.Variants {
		out = append(out, v.Label)
	}
	if r.Advice.Why != "" {
		out = append(out, "why: "+r.Advice.Why)
	}
	if r.Advice.Remedy != "" {
		out = append(out, "remedy: "+r.Advice.Remedy)
	}
	for _, c := range r.Clauses {
		out = append(out, "clause: "+clauseText(c)+" "+clauseURL(c))
	}
	return strings.Join(out, "\n") + "\n"
}

// level is how loud a failure of a severity is.
func level(severity string) string {
	switch severity {
	case "critical", "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "note"
}

// sortFailing sorts failures by their first cause, as the causes are sorted, and the
// expected ones last, by severity.
func sortFailing(d *document) []*row {
	var out []*row
	for _, c := range d.Causes {
		for _, r := range c.Rows {
			if r.Causes[0] == c {
				out = append(out, r)
			}
		}
	}
	excused := selected(d.Results, func(r *row) bool { return r.Standing == expected })
	slices.SortStableFunc(excused, func(a, b *row) int { return rank(a.Severity) - rank(b.Severity) })
	return append(out, excused...)
}

func rank(severity string) int {
	known := drill.Severity("").Values("")
	if i := slices.Index(known, severity); i >= 0 {
		return i
	}
	return len(known) // a scenario that is not an entry
}

// groupNames are the groups of entries in the catalogue's order.
func groupNames(results []*row) []string {
	var out []string
	for _, g := range catalog.Groups() {
		if slices.ContainsFunc(results, func(r *row) bool { return r.Group == g }) {
			out = append(out, g)
		}
	}
	for _, r := range results {
		if !slices.Contains(out, r.Group) {
			out = append(out, r.Group) // of no catalogue we know, and in the report all the same
		}
	}
	return out
}

// selected are the results that a predicate holds for.
func selected(results []*row, is func(*row) bool) []*row {
	return slices.DeleteFunc(slices.Clone(results), func(r *row) bool { return !is(r) })
}
