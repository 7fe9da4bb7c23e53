package attack

import (
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// playVariants plays each variant of an entry, and returns the finding on the
// worst of them with the verdicts on all. An entry without variants is played as it
// is. The variants are judged one by one: one that did not reach the app is not
// exercised, whatever the others did.
func playVariants(e *catalog.Entry, expected []string, play func(*drill.Scenario) result.Result) result.Result {
	if e.Variant == "" {
		f := play(e.Scenario)
		f.Expected = slices.Contains(expected, e.ID)
		return f
	}
	var all []result.Result
	var worst result.Result
	var total time.Duration
	for i, v := range e.Variants {
		f := play(v)
		f.Expected = slices.Contains(expected, e.ID) || slices.Contains(expected, v.FullID())
		f.Variant = v.Variant
		all = append(all, result.Result{Variant: v.Variant, Verdict: f.Verdict, Reason: f.Reason, Expected: f.Expected, Causes: f.Causes, Witnesses: f.Witnesses, Repeat: f.Repeat, Duration: f.Duration})
		total += f.Duration
		if i == 0 || gravity(&f) < gravity(&worst) {
			worst = f
		}
	}
	worst.Variants, worst.Duration = all, total
	differ := slices.ContainsFunc(all, func(v result.Result) bool { return v.Verdict != all[0].Verdict || v.Reason != all[0].Reason })
	if worst.Verdict == result.Pass || worst.Verdict == result.NotExercised && !differ {
		worst.Variant = "" // it is true of all of them
		return worst
	}
	worst.Reason = "variant " + worst.Variant + ": " + worst.Reason
	return worst
}

// gravity orders findings, the worst first: failures, those that are expected, and
// the other verdicts.
func gravity(f *result.Result) int {
	g := slices.Index(result.Verdicts(), f.Verdict)
	switch {
	case f.Verdict.Failed() && f.Expected:
		return g + len(result.Verdicts())
	case !f.Verdict.Failed():
		return g + 2*len(result.Verdicts())
	}
	return g
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if !strings.ContainsAny(name, "[ ") {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// isStale reports whether a name in the list of expected failures, of an entry or
// of a variant, names one that was played and did not fail.
func isStale(f *result.Result, name string) bool {
	if name == f.ID {
		return !f.Verdict.Failed()
	}
	i := slices.IndexFunc(f.Variants, func(v result.Result) bool { return f.ID+"["+v.Variant+"]" == name })
	return i >= 0 && !f.Variants[i].Verdict.Failed()
}
