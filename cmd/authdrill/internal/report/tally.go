package report

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// expectedFailure counts failures that the list of expected ones has. They are in
// no other count.
const expectedFailure result.Verdict = "expected failure"

// tally counts verdicts.
type tally map[result.Verdict]int

func tallyOf(results []*row) tally {
	t := tally{}
	for _, r := range results {
		switch r.Standing {
		case expected:
			t[expectedFailure]++
		case unjudged:
			t[result.Invalid]++
		default:
			t[result.Verdict(r.Verdict)]++
		}
	}
	return t
}

// failed is how many an app got wrong that it should not have.
func (t tally) failed() int {
	return t[result.FailSecurity] + t[result.FailRobustness] + t[result.FailUX]
}

// exercised is how many reached the app.
func (t tally) exercised() int {
	return t.failed() + t[expectedFailure] + t[result.Pass] + t[result.Tolerated]
}

// String is the counts in words.
func (t tally) String() string {
	text := fmt.Sprintf("%d exercised: %d passed, %d failed", t.exercised(), t[result.Pass], t.failed())
	var kinds []string
	for _, v := range []struct {
		verdict result.Verdict
		word    string
	}{{result.FailSecurity, "security"}, {result.FailRobustness, "robustness"}, {result.FailUX, "ux"}} {
		if n := t[v.verdict]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, v.word))
		}
	}
	if len(kinds) > 0 {
		text += " (" + strings.Join(kinds, ", ") + ")"
	}
	if n := t[expectedFailure]; n > 0 {
		text += fmt.Sprintf(", %d failed as expected", n)
	}
	if n := t[result.Tolerated]; n > 0 {
		text += fmt.Sprintf(", %d tolerated", n)
	}
	if n := t[result.Invalid]; n > 0 {
		text += fmt.Sprintf("; %d invalid", n)
	}
	return text + fmt.Sprintf("; %d not exercised", t[result.NotExercised])
}

// verdictCounts counts by verdict, expected failures among them.
func verdictCounts(findings []result.Result) map[string]int {
	out := map[string]int{}
	for _, v := range result.Verdicts() {
		out[string(v)] = 0
	}
	for _, f := range findings {
		if _, known := out[string(f.Verdict)]; known {
			out[string(f.Verdict)]++
		}
	}
	return out
}

// bySeverityGroups returns the results by their severity, the worst first.
func bySeverityGroups(results []*row) []*group {
	var out []*group
	for _, v := range drill.Severity("").Values("") {
		out = append(out, &group{Name: v, Results: selected(results, func(r *row) bool { return r.Severity == v })})
	}
	return out
}

// table counts verdicts, a row for each group that has results.
func (t *Text) table(what string, groups []*group) {
	t.print("%s", t.bold(fmt.Sprintf("  %-24s %6s %8s %10s %4s %8s %9s %7s %13s", what, "passed", "security", "robustness", "ux", "expected", "tolerated", "invalid", "not exercised")))
	for _, g := range groups {
		if len(g.Results) == 0 {
			continue
		}
		n := tallyOf(g.Results)
		t.print("  %s %6d %8d %10d %4d %8d %9d %7d %13d", pad(shorten(Printable(g.Name), 24), 24), n[result.Pass], n[result.FailSecurity], n[result.FailRobustness], n[result.FailUX], n[expectedFailure], n[result.Tolerated], n[result.Invalid], n[result.NotExercised])
	}
}
