package attack

import (
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestAppThatVerifiesNoSignature: where that is allowed, a failure is a choice of the
// app, and what keys it would take is not seen.
func TestAppThatVerifiesNoSignature(t *testing.T) {
	t.Parallel()
	signedIn := []result.Cause{{Verdict: result.FailSecurity, Rule: "app.signed_in"}}
	for _, c := range []struct {
		id     string
		seen   result.Verdict
		causes []result.Cause
		want   result.Verdict
	}{
		{"idt-bad-sig-rs256", result.FailSecurity, signedIn, result.Tolerated},
		{"idt-bad-sig-rs256", result.Pass, nil, result.Pass},
		{"idt-iss-wrong", result.FailSecurity, signedIn, result.FailSecurity},
		{"kid-absent-single", result.Pass, nil, result.NotExercised},
		{"kid-absent-multiple", result.Tolerated, nil, result.NotExercised},
		{"jwks-uri-fresh-path", result.FailRobustness, []result.Cause{{Verdict: result.FailRobustness, Rule: "provider.requests.jwks_uri"}}, result.NotExercised},
		{"jwks-unknown-kty", result.FailRobustness, []result.Cause{{Verdict: result.FailRobustness}}, result.FailRobustness},
	} {
		e, err := catalog.Embedded().Lookup(c.id)
		if err != nil {
			t.Fatal(err)
		}
		f := result.Result{Verdict: c.seen, Causes: c.causes}
		(&worker{unsigned: true}).settleUnsigned(e.Scenario, &f)
		if f.Verdict != c.want {
			t.Errorf("%s: %s is settled as %s, want %s", c.id, c.seen, f.Verdict, c.want)
		}
		if f.Verdict != result.FailSecurity && f.Verdict != result.FailRobustness && len(f.Causes) > 0 {
			t.Errorf("%s: the causes %v are left", c.id, f.Causes)
		}
	}
}
