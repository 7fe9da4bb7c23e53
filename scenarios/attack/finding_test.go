package attack

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// variantsOf makes an entry whose variants have these labels.
func variantsOf(labels ...string) *catalog.Entry {
	e := &catalog.Entry{}
	for _, label := range labels {
		e.Variants = append(e.Variants, &drill.Scenario{Entry: drill.Entry{ID: "it", Variant: label}})
	}
	e.Scenario = e.Variants[0]
	return e
}

// TestWorstVariantDecides: the finding is on the worst variant, and a failure that
// is expected is less than one that is not.
func TestWorstVariantDecides(t *testing.T) {
	for name, tc := range map[string]struct {
		verdicts []result.Verdict
		reasons  []string
		expected []string
		want     result.Verdict
		variant  string
		reason   string
		excused  bool
		stale    string
	}{
		"all pass":               {verdicts: []result.Verdict{result.Pass, result.Pass}, want: result.Pass},
		"one fails":              {verdicts: []result.Verdict{result.Pass, result.FailUX}, want: result.FailUX, variant: "b", reason: "variant b: b failed"},
		"the worse of two":       {verdicts: []result.Verdict{result.FailRobustness, result.FailSecurity}, want: result.FailSecurity, variant: "b", reason: "variant b: b failed; variant a: a failed"},
		"silence is no pass":     {verdicts: []result.Verdict{result.Pass, result.NotExercised}, want: result.NotExercised, variant: "b", reason: "variant b: b failed"},
		"none is reached":        {verdicts: []result.Verdict{result.NotExercised, result.NotExercised}, reasons: []string{"no pkce", "no pkce"}, want: result.NotExercised, reason: "no pkce"},
		"one is expected":        {verdicts: []result.Verdict{result.FailSecurity, result.FailUX}, expected: []string{"it[a]"}, want: result.FailUX, variant: "b", reason: "variant b: b failed"},
		"each is expected":       {verdicts: []result.Verdict{result.FailSecurity, result.Pass}, expected: []string{"it[a]"}, want: result.FailSecurity, variant: "a", reason: "variant a: a failed", excused: true},
		"the entry is expected":  {verdicts: []result.Verdict{result.FailSecurity, result.FailUX}, expected: []string{"it"}, want: result.FailSecurity, variant: "a", reason: "variant a: a failed; variant b: b failed", excused: true},
		"what passes is stale":   {verdicts: []result.Verdict{result.Pass, result.Pass}, expected: []string{"it[b]"}, want: result.Pass, stale: "it[b]", excused: false},
		"one of them is stale":   {verdicts: []result.Verdict{result.Pass, result.FailUX}, expected: []string{"it[a]", "it[b]"}, want: result.FailUX, variant: "b", reason: "variant b: b failed", excused: true, stale: "it[a]"},
		"each is a choice":       {verdicts: []result.Verdict{result.Tolerated, result.Tolerated}, want: result.Tolerated, reason: "a: a failed; b: b failed"},
		"the same choice":        {verdicts: []result.Verdict{result.Tolerated, result.Tolerated}, reasons: []string{"signed in", "signed in"}, want: result.Tolerated, reason: "signed in"},
		"the same reason of all": {verdicts: []result.Verdict{result.FailUX, result.FailUX}, reasons: []string{"blank", "blank"}, want: result.FailUX, variant: "a", reason: "variants a, b: blank"},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			f := playVariants(variantsOf("a", "b"), tc.expected, func(v *drill.Scenario) result.Result {
				f := result.Result{ID: v.ID, Verdict: tc.verdicts[n], Duration: time.Second}
				if f.Reason = v.Variant + " failed"; tc.reasons != nil {
					f.Reason = tc.reasons[n]
				}
				if f.Verdict == result.Pass {
					f.Reason = ""
				}
				n++
				return f
			})
			if f.Verdict != tc.want || f.Variant != tc.variant || f.Reason != tc.reason || f.Expected != tc.excused && f.Verdict.Failed() || len(f.Variants) != 2 || f.Duration != 2*time.Second {
				t.Errorf("%+v", f)
			}
			c := &campaign{Options: Options{Expected: tc.expected}, findings: map[string]result.Result{"it": f}}
			if got := c.findStale(); len(got) > 1 || len(got) == 1 && got[0] != tc.stale || tc.stale != "" && len(got) == 0 {
				t.Errorf("stale: %q, want %q", got, tc.stale)
			}
		})
	}
}
