package attack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// newFinding returns a finding about an entry, without a verdict.
func newFinding(e *drill.Scenario) result.Result {
	f := result.Result{
		ID: nameOf(e), Group: e.Group, Severity: string(e.Severity), Title: e.Name,
		Provider: e.ProviderDoes, Client: e.ClientDoes, Why: e.Why, Remedy: e.Remedy, Sources: e.Sources,
	}
	for _, c := range e.Spec {
		f.Spec = append(f.Spec, string(c))
	}
	return f
}

// nameOf is what a finding is called: the id of an entry, or the name of a scenario
// that is not one.
func nameOf(s *drill.Scenario) string { return cmp.Or(s.ID, s.Name) }

// playVariants plays each variant of an entry, and returns the finding on the worst of
// them with the verdicts on all. An entry without variants is played as it is. Each
// variant is judged on its own: one that did not reach the app is not exercised, whatever
// the others did.
func playVariants(e *catalog.Entry, expected []string, play func(*drill.Scenario) result.Result) result.Result {
	if e.Variant == "" {
		f := play(e.Scenario)
		f.Expected = f.Expected || slices.Contains(expected, e.ID)
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
		if i == 0 || rank(&f) < rank(&worst) {
			worst = f
		}
	}
	worst.Variants, worst.Duration = all, total
	return summarise(worst)
}

// summarise returns the finding on the worst variant with a reason that says which
// variant it is of, or what each of them chose.
func summarise(worst result.Result) result.Result {
	all := worst.Variants
	same := !slices.ContainsFunc(all, func(v result.Result) bool { return v.Verdict != all[0].Verdict || v.Reason != all[0].Reason })
	chosen := !slices.ContainsFunc(all, func(v result.Result) bool { return v.Verdict != result.Tolerated })
	switch {
	case chosen && !same:
		worst.Variant, worst.Reason = "", describeChoices(all)
	case chosen, worst.Verdict == result.Pass, worst.Verdict == result.NotExercised && same:
		worst.Variant = "" // the verdict is that of all variants
	default:
		worst.Reason = describeWorst(&worst)
	}
	return worst
}

// mostDescribed is how many reasons, and how many variants of each, a reason names.
const mostDescribed = 3

// describeWorst says what was seen of the variants that are as bad as the worst, and
// begins with that one. A reason that several have is said once.
func describeWorst(worst *result.Result) string {
	labels := map[string][]string{}
	reasons := []string{worst.Reason}
	for _, v := range worst.Variants {
		if v.Verdict != worst.Verdict && !(v.Verdict.Failed() && worst.Verdict.Failed()) || v.Expected != worst.Expected {
			continue
		}
		if labels[v.Reason] == nil && v.Reason != worst.Reason {
			reasons = append(reasons, v.Reason)
		}
		labels[v.Reason] = append(labels[v.Reason], v.Variant)
	}
	var out []string
	for _, why := range reasons[:min(len(reasons), mostDescribed)] {
		word := "variant "
		if len(labels[why]) > 1 {
			word = "variants "
		}
		out = append(out, word+firstOf(labels[why], mostDescribed)+": "+why)
	}
	if left := len(reasons) - mostDescribed; left > 0 {
		out = append(out, fmt.Sprintf("and %d more", left))
	}
	return strings.Join(out, "; ")
}

// firstOf names the first of many.
func firstOf(names []string, most int) string {
	if left := len(names) - most; left > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), left)
	}
	return strings.Join(names, ", ")
}

// describeChoices says what was seen of each variant.
func describeChoices(all []result.Result) string {
	var out []string
	for _, v := range all {
		out = append(out, v.Variant+": "+v.Reason)
	}
	return strings.Join(out, "; ")
}

// rank orders findings, the worst first: failures, then expected failures, then the
// other verdicts.
func rank(f *result.Result) int {
	g := slices.Index(result.Verdicts(), f.Verdict)
	switch {
	case f.Verdict.Failed() && f.Expected:
		return g + len(result.Verdicts())
	case !f.Verdict.Failed():
		return g + 2*len(result.Verdicts())
	}
	return g
}

// isStale reports whether a name in the list of expected failures is that of an entry
// or a variant that was played and did not fail.
func isStale(f *result.Result, name string) bool {
	if name == f.ID {
		return !f.Verdict.Failed()
	}
	i := slices.IndexFunc(f.Variants, func(v result.Result) bool { return f.ID+"["+v.Variant+"]" == name })
	return i >= 0 && !f.Variants[i].Verdict.Failed()
}

// makePrintable returns a finding whose texts from the app, of its pages, paths and
// output, are safe to show in any report.
func makePrintable(f result.Result) result.Result {
	f.Reason = printableText(f.Reason)
	f.Witnesses, f.Causes, f.Variants = slices.Clone(f.Witnesses), slices.Clone(f.Causes), slices.Clone(f.Variants)
	for i := range f.Witnesses {
		f.Witnesses[i].Saw = printableText(f.Witnesses[i].Saw)
	}
	for i := range f.Causes {
		f.Causes[i] = makeCausePrintable(f.Causes[i])
	}
	for i := range f.Variants {
		f.Variants[i] = makePrintable(f.Variants[i])
	}
	makeMessagesPrintable(f.Messages)
	return f
}

func makeCausePrintable(c result.Cause) result.Cause {
	c.Saw, c.Request = printableText(c.Saw), printableText(c.Request)
	c.Cookies, c.Exchange = slices.Clone(c.Cookies), slices.Clone(c.Exchange)
	for i := range c.Cookies {
		c.Cookies[i] = printableText(c.Cookies[i])
	}
	makeMessagesPrintable(c.Exchange)
	return c
}

func makeMessagesPrintable(messages []result.Message) {
	for i := range messages {
		m := &messages[i]
		m.Label, m.Detail, m.Fault = printableText(m.Label), printableText(m.Detail), printableText(m.Fault)
	}
}
