package attack

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/result"
)

// takesLong reports whether an entry takes long and adds little here.
func takesLong(e *catalog.Entry) bool {
	return slices.ContainsFunc(e.Steps, func(m *drill.Step) bool {
		return m.Crowd != nil || m.LocalRegister != nil || m.Open != nil && m.Open.Times > 100 || m.SignIn != nil && m.SignIn.Times > 10
	})
}

// changesMuch reports whether an entry changes more of a provider than its answers.
func changesMuch(e *catalog.Entry) bool {
	return engine.KeptByApp(e.Scenario) == "keys" || slices.ContainsFunc(e.Steps, func(m *drill.Step) bool {
		return m.Set != nil || m.RotateKeys != nil || m.RestartProvider != nil || m.RevokeGrant != nil
	})
}

// TestVerdictsInAnyOrder plays a part of the catalogue against two apps that live
// through all of it, a correct one and one with bugs, and then again in ten
// random orders: an entry leaves nothing behind that another one meets.
func TestVerdictsInAnyOrder(t *testing.T) {
	t.Parallel()
	all := catalog.Embedded().Entries
	for name, bugs := range map[string][]string{
		"correct": nil,
		"buggy":   {"nonce-unchecked", "email-unverified-linked", "userinfo-sub-unchecked", "failure-crashes", "discovery-issuer-unchecked", "tokens-logged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := func() *worker {
				return calibrate(t, newTestWorker(t, bundledApp(), nil, func(cfg app.Config) (http.Handler, error) {
					return mutant.NewApp(cfg, bugs...)
				}))
			}
			want := map[string]result.Result{}
			var entries []*catalog.Entry
			first := app()
			for n, e := range all {
				if first.skipReason(e.Scenario) != "" || takesLong(e) || n%5 > 0 && !changesMuch(e) {
					continue
				}
				entries = append(entries, e)
				want[e.ID] = first.play(t.Context(), e)
			}
			failed := 0
			for _, f := range want {
				if f.Verdict.Failed() {
					failed++
				}
				if f.Verdict == result.Invalid || f.Verdict.Failed() && bugs == nil {
					t.Errorf("%s: %s %s", f.ID, f.Verdict, f.Reason)
				}
			}
			if len(bugs) > 0 && failed < len(bugs) {
				t.Errorf("%d entries find %d bugs: the orders prove nothing", failed, len(bugs))
			}
			each := 16
			if testing.Short() {
				each = 5
			}
			w := app()
			for seed := range uint64(10) {
				order := slices.Clone(entries)
				rand.New(rand.NewPCG(seed, 7)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				for n, e := range order[:each] {
					f := w.play(t.Context(), e)
					if f.Verdict == want[e.ID].Verdict || f.RacesLost+want[e.ID].RacesLost > 0 {
						continue // where a race is lost now and then, chance decides
					}
					before := "the beginning"
					if n > 0 {
						before = order[n-1].ID
					}
					t.Errorf("seed %d, after %s: %s is %s, and was %s: %s\n%s", seed, before, e.ID, f.Verdict, want[e.ID].Verdict, f.Reason, describeWitnesses(f))
				}
			}
		})
	}
}
