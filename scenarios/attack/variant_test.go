package attack

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// variantsOf makes an entry whose variants have those labels.
func variantsOf(labels ...string) *catalog.Entry {
	e := &catalog.Entry{ID: "it"}
	for _, label := range labels {
		e.Variants = append(e.Variants, &catalog.Entry{ID: "it", Variant: label})
	}
	return e
}

// TestWorstVariantDecides: the finding is on the worst variant, and a failure that
// is expected is less than one that is not.
func TestWorstVariantDecides(t *testing.T) {
	for name, tc := range map[string]struct {
		verdicts []Verdict
		reasons  []string
		expected []string
		want     Verdict
		variant  string
		reason   string
		excused  bool
		stale    string
	}{
		"all pass":               {verdicts: []Verdict{Pass, Pass}, want: Pass},
		"one fails":              {verdicts: []Verdict{Pass, FailUX}, want: FailUX, variant: "b", reason: "variant b: b failed"},
		"the worse of two":       {verdicts: []Verdict{FailRobustness, FailSecurity}, want: FailSecurity, variant: "b", reason: "variant b: b failed"},
		"silence is no pass":     {verdicts: []Verdict{Pass, NotExercised}, want: NotExercised, variant: "b", reason: "variant b: b failed"},
		"none is reached":        {verdicts: []Verdict{NotExercised, NotExercised}, reasons: []string{"no pkce", "no pkce"}, want: NotExercised, reason: "no pkce"},
		"one is expected":        {verdicts: []Verdict{FailSecurity, FailUX}, expected: []string{"it[a]"}, want: FailUX, variant: "b", reason: "variant b: b failed"},
		"each is expected":       {verdicts: []Verdict{FailSecurity, Pass}, expected: []string{"it[a]"}, want: FailSecurity, variant: "a", reason: "variant a: a failed", excused: true},
		"the entry is expected":  {verdicts: []Verdict{FailSecurity, FailUX}, expected: []string{"it"}, want: FailSecurity, variant: "a", reason: "variant a: a failed", excused: true},
		"what passes is stale":   {verdicts: []Verdict{Pass, Pass}, expected: []string{"it[b]"}, want: Pass, stale: "it[b]", excused: false},
		"one of them is stale":   {verdicts: []Verdict{Pass, FailUX}, expected: []string{"it[a]", "it[b]"}, want: FailUX, variant: "b", reason: "variant b: b failed", excused: true, stale: "it[a]"},
		"the same reason of all": {verdicts: []Verdict{FailUX, FailUX}, reasons: []string{"blank", "blank"}, want: FailUX, variant: "a", reason: "variant a: blank"},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			f := playVariants(variantsOf("a", "b"), tc.expected, func(v *catalog.Entry) Finding {
				f := Finding{ID: v.ID, Verdict: tc.verdicts[n], Duration: time.Second}
				if f.Reason = v.Variant + " failed"; tc.reasons != nil {
					f.Reason = tc.reasons[n]
				}
				if f.Verdict == Pass {
					f.Reason = ""
				}
				n++
				return f
			})
			if f.Verdict != tc.want || f.Variant != tc.variant || f.Reason != tc.reason || f.Expected != tc.excused && f.Verdict.Failed() || len(f.Variants) != 2 || f.Duration != 2*time.Second {
				t.Errorf("%+v", f)
			}
			c := &campaign{Options: Options{Expected: tc.expected}, findings: map[string]Finding{"it": f}}
			if got := c.stale(); len(got) > 1 || len(got) == 1 && got[0] != tc.stale || tc.stale != "" && len(got) == 0 {
				t.Errorf("stale: %q, want %q", got, tc.stale)
			}
		})
	}
}
