package report

import (
	"fmt"
	"strings"

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
