package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// cardDocument is the report of a report card.
func cardDocument(c *attack.Card, o Options) *document {
	d := &document{
		title: "authdrill attack", judged: c.Calibrated(), cutShort: cutShort(c), target: c.Target, took: c.Duration, lasted: fmt.Sprintf("%.1f s", c.Duration.Seconds()),
		started: c.Started, version: o.Version, checks: c.Calibration, learned: c.Learned, stale: c.Stale, card: c,
	}
	for _, f := range c.Findings {
		d.results = append(d.results, entryResult(f))
	}
	for _, name := range groupNames(d.results) {
		g := &group{name: name, results: selected(d.results, func(r *result) bool { return r.group == name })}
		g.counts = tallyOf(g.results).String()
		d.groups = append(d.groups, g)
	}
	n := tallyOf(d.results)
	d.counts, d.headline, d.failing, d.causes = n.String(), cardHeadline(c, n), bySeverity(d.results), causes(d.results)
	d.good = d.judged && d.cutShort == "" && n.failed() == 0 && n[attack.Invalid] == 0 && n.exercised() > 0 && len(c.Stale) == 0
	d.shares = []share{
		{"bad", "failed or invalid", n.failed() + n[attack.Invalid]}, {"passed", "passed", n[attack.Pass]},
		{"other", "tolerated, expected or not exercised", n[attack.Tolerated] + n[attack.NotExercised] + n[expectedFailure]},
	}
	if !c.Started.IsZero() {
		d.facts = []string{c.Started.UTC().Format("2006-01-02 15:04 UTC")}
	}
	return d
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

func cardHeadline(c *attack.Card, n tally) string {
	switch {
	case !c.Calibrated():
		return "Nothing can be said: the calibration failed"
	case n.failed() == 0 && n[expectedFailure] > 0:
		return fmt.Sprintf("Of %d exercised entries %d failed, as expected", n.exercised(), n[expectedFailure])
	case n.failed() > 0:
		return fmt.Sprintf("%d of %d exercised entries failed", n.failed(), n.exercised())
	case n.exercised() == 0:
		return "Nothing was exercised, so nothing is proven"
	}
	return fmt.Sprintf("All %d exercised entries passed", n.exercised())
}

// entryResult is the verdict on an entry, as reports show it.
func entryResult(f attack.Finding) *result {
	r := &result{
		entry: true, id: f.ID, name: f.ID, label: f.ID + " " + string(f.Verdict), title: f.Title, group: f.Group, tags: []string{f.Group}, severity: f.Severity, level: level(f.Severity),
		standing: entryStanding(f), verdict: string(f.Verdict), reason: f.Reason, why: f.Reason, clauses: f.Spec, sources: f.Sources, took: f.Duration,
		witnesses: f.Witnesses, advice: advice{Done: f.Provider, Right: f.Client, Why: f.Why, Remedy: f.Remedy}, messages: f.Messages, again: f.Repeat,
	}
	r.description = sentences("What is done: "+f.Provider, "A correct client: "+f.Client)
	switch r.standing {
	case expected:
		r.why = strings.TrimSuffix("failed, as expected: "+f.Reason, ": ")
	case unjudged:
		r.level = "warning"
	case passed, tolerated, skipped:
		return r
	}
	c := complaint{kind: r.verdict, about: f.Title, clauses: f.Spec, background: r.advise()}
	c.Message = f.Reason
	c.account = c.about + "\n" + c.background + "again: " + r.again
	r.complaints, r.account = []complaint{c}, c.account
	return r
}

func entryStanding(f attack.Finding) standing {
	switch {
	case f.Verdict.Failed() && f.Expected:
		return expected
	case f.Verdict.Failed():
		return failed
	case f.Verdict == attack.Pass:
		return passed
	case f.Verdict == attack.Tolerated:
		return tolerated
	case f.Verdict == attack.NotExercised:
		return skipped
	}
	return unjudged // what has no verdict that is known must not pass
}

// advise is what was done, what is right, what each witness saw and what helps,
// a line each.
func (r *result) advise() string {
	out := []string{"", "what was done: " + r.advice.Done, "what is right: " + r.advice.Right}
	for _, w := range r.witnesses {
		out = append(out, w.Name+": "+w.Saw)
	}
	if r.advice.Why != "" {
		out = append(out, "why: "+r.advice.Why)
	}
	if r.advice.Remedy != "" {
		out = append(out, "remedy: "+r.advice.Remedy)
	}
	for _, c := range r.clauses {
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

// causes groups what did not reach the app by its reason.
func causes(results []*result) []cause {
	at := map[string]int{}
	var out []cause
	for _, r := range results {
		if r.standing != skipped {
			continue
		}
		reason := r.reason
		if strings.HasPrefix(reason, "planned: ") {
			reason = "planned: authdrill does not have the mechanism yet"
		}
		i, there := at[reason]
		if !there {
			i = len(out)
			at[reason] = i
			out = append(out, cause{Reason: reason})
		}
		out[i].Count++
		out[i].IDs = append(out[i].IDs, r.id)
	}
	slices.SortStableFunc(out, func(a, b cause) int { return b.Count - a.Count })
	return out
}

// bySeverity sorts failures, the worst first, and of these the expected ones
// last.
func bySeverity(results []*result) []*result {
	out := selected(results, func(r *result) bool { return r.standing == failed || r.standing == expected })
	slices.SortStableFunc(out, func(a, b *result) int {
		if a.standing != b.standing {
			return int(b.standing) - int(a.standing)
		}
		return rank(a.severity) - rank(b.severity)
	})
	return out
}

func rank(severity string) int {
	return slices.Index(catalog.Severities(), catalog.Severity(severity))
}

// groupNames are the groups of entries in the catalogue's order.
func groupNames(results []*result) []string {
	var out []string
	for _, g := range catalog.Groups() {
		if slices.ContainsFunc(results, func(r *result) bool { return r.group == g }) {
			out = append(out, g)
		}
	}
	for _, r := range results {
		if !slices.Contains(out, r.group) {
			out = append(out, r.group) // of no catalogue we know, and in the report all the same
		}
	}
	return out
}

// selected are the results that a predicate holds for.
func selected(results []*result, is func(*result) bool) []*result {
	return slices.DeleteFunc(slices.Clone(results), func(r *result) bool { return !is(r) })
}
