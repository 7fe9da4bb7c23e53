package scenarios_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

func examples(t testing.TB) []*drill.Scenario {
	t.Helper()
	all, err := scenarios.Load(context.Background(), scenarios.Examples(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func report(t *testing.T, r *result.Result) {
	t.Helper()
	t.Errorf("%s: %s: %s %s", r.Place, r.Name, r.Outcome, r.Reason)
	for _, s := range r.Steps {
		for _, f := range s.Failures {
			t.Logf("    step %d %s: %s: %s want %s got %s %s", s.Number, s.Verb, f.Place, f.Path, f.Want, f.Got, f.Message)
		}
	}
}

func TestEveryExamplePasses(t *testing.T) {
	all := examples(t)
	for _, s := range all {
		if len(s.Spec) == 0 {
			t.Errorf("%s: %s cites no clause", s.Place, s.Name)
		}
	}
	if len(all) < 60 {
		t.Errorf("%d scenarios: at least 60 are promised", len(all))
	}
	results := scenarios.Run(context.Background(), all, scenarios.Options{Seed: 7})
	for _, r := range results {
		if !r.Outcome.Good() {
			report(t, r)
		}
	}
	t.Logf("%+v", scenarios.Summarize(results))
}

// TestEveryProofHolds runs each scenario again with a client that has the bug
// it is proven by: a scenario that still passes holds nothing.
func TestEveryProofHolds(t *testing.T) {
	byBugs := map[drill.KnownBad][]*drill.Scenario{}
	for _, s := range examples(t) {
		if len(s.ProvenBy) == 0 && s.Skip == "" {
			t.Errorf("%s: %s names no bug that it catches", s.Place, s.Name)
		}
		for _, bad := range s.ProvenBy {
			byBugs[bad] = append(byBugs[bad], s)
		}
	}
	for bad, all := range byBugs {
		for _, r := range scenarios.Run(context.Background(), all, scenarios.Options{Seed: 7, Mutants: bad.Bugs()}) {
			if r.Outcome == result.Passed {
				t.Errorf("%s: %s passes with a client that is %s", r.Place, r.Name, bad)
			}
			if r.Outcome == result.Broken {
				t.Errorf("%s: %s: %s", r.Place, r.Name, r.Reason)
			}
			for _, s := range r.Steps {
				for _, f := range s.Failures {
					if strings.Contains(f.Message, "unknown bug") {
						t.Errorf("%s: %s: %s", r.Place, r.Name, f.Message)
					}
				}
			}
		}
	}
}

// TestEveryBugIsProven: each bug that the bundled client can have is in a
// known-bad client that an entry of the catalogue or a scenario must fail. That it
// does fail is TestKillMatrix's and TestEveryProofHolds' to show.
func TestEveryBugIsProven(t *testing.T) {
	var proofs []drill.KnownBad
	for _, e := range catalog.Embedded().Entries {
		if e.Planned == "" {
			proofs = append(proofs, e.KnownBad()...)
		}
	}
	for _, s := range examples(t) {
		proofs = append(proofs, s.ProvenBy...)
	}
	unproven := map[string]bool{}
	for _, name := range mutant.Names() {
		unproven[name] = true
	}
	for _, bad := range proofs {
		for _, bug := range bad.Bugs() {
			delete(unproven, bug)
		}
	}
	for bug := range unproven {
		t.Errorf("nothing fails the client with %s: name it in proven_by of an entry or a scenario", bug)
	}
}

// TestOneSeedOneJournal compares two runs byte by byte, one of them in
// parallel and in another order.
func TestOneSeedOneJournal(t *testing.T) {
	shuffle := uint64(3)
	run := func(o scenarios.Options) string {
		o.Seed = 7
		var out bytes.Buffer
		for _, r := range scenarios.Run(context.Background(), examples(t), o) {
			r.Duration = 0
			raw, err := json.Marshal(r.Journal)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(r.Name + "\n" + string(raw) + "\n")
		}
		return out.String()
	}
	want := run(scenarios.Options{Parallel: 1})
	got := run(scenarios.Options{Parallel: 4, Shuffle: &shuffle})
	if want != got {
		a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("%s differs:\n%s\n%s", a[i-1], a[i], b[i])
			}
		}
	}
}

func BenchmarkExamples(b *testing.B) {
	all := examples(b)
	for b.Loop() {
		scenarios.Run(context.Background(), all, scenarios.Options{Seed: 7})
	}
	b.ReportMetric(float64(len(all)), "scenarios")
}
