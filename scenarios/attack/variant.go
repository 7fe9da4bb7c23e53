package attack

import (
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// VariantFinding is the verdict on one variant of an entry.
type VariantFinding struct {
	Label     string        `json:"label"`
	Verdict   Verdict       `json:"verdict"`
	Reason    string        `json:"reason,omitempty"`
	Expected  bool          `json:"expected,omitempty"` // it is in the list of expected failures
	Witnesses []Witness     `json:"witnesses,omitempty"`
	Repeat    string        `json:"repeat"` // command that plays this variant again
	Duration  time.Duration `json:"duration_ns"`
}

// playVariants plays each variant of an entry, and returns the finding on the
// worst of them with the verdicts on all. An entry without variants is played as it
// is. The variants are judged one by one: one that did not reach the app is not
// exercised, whatever the others did.
func playVariants(e *catalog.Entry, expected []string, play func(*catalog.Entry) Finding) Finding {
	if len(e.Variants) == 0 {
		f := play(e)
		f.Expected = slices.Contains(expected, e.ID)
		return f
	}
	var all []VariantFinding
	var worst Finding
	var total time.Duration
	for i, v := range e.Variants {
		f := play(v)
		f.Expected = slices.Contains(expected, e.ID) || slices.Contains(expected, v.Name())
		f.Variant = v.Variant
		all = append(all, VariantFinding{Label: v.Variant, Verdict: f.Verdict, Reason: f.Reason, Expected: f.Expected, Witnesses: f.Witnesses, Repeat: f.Repeat, Duration: f.Duration})
		total += f.Duration
		if i == 0 || f.gravity() < worst.gravity() {
			worst = f
		}
	}
	worst.Variants, worst.Duration = all, total
	differ := slices.ContainsFunc(all, func(v VariantFinding) bool { return v.Verdict != all[0].Verdict || v.Reason != all[0].Reason })
	if worst.Verdict == Pass || worst.Verdict == NotExercised && !differ {
		worst.Variant = "" // it is true of all of them
		return worst
	}
	worst.Reason = "variant " + worst.Variant + ": " + worst.Reason
	return worst
}

// gravity orders findings, the worst first: failures, those that are expected, and
// the other verdicts.
func (f *Finding) gravity() int {
	g := slices.Index(Verdicts(), f.Verdict)
	switch {
	case f.Verdict.Failed() && f.Expected:
		return g + len(Verdicts())
	case !f.Verdict.Failed():
		return g + 2*len(Verdicts())
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
func (f *Finding) isStale(name string) bool {
	if name == f.ID {
		return !f.Verdict.Failed()
	}
	i := slices.IndexFunc(f.Variants, func(v VariantFinding) bool { return f.ID+"["+v.Label+"]" == name })
	return i >= 0 && !f.Variants[i].Verdict.Failed()
}
