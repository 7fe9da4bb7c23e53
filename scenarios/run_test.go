package scenarios_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/scenarios"
)

func examples(t testing.TB) []*scenarios.Scenario {
	t.Helper()
	all, err := scenarios.Load(context.Background(), scenarios.Examples(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func report(t *testing.T, r *scenarios.Result) {
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
			t.Errorf("%s: %s cites no clause", s.Place(), s.Name)
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
	byBugs := map[string][]*scenarios.Scenario{}
	for _, s := range examples(t) {
		if len(s.ProvenBy) == 0 && s.Skip == "" {
			t.Errorf("%s: %s names no bug that it catches", s.Place(), s.Name)
		}
		if len(s.ProvenBy) > 0 {
			key := strings.Join(s.ProvenBy, " ")
			byBugs[key] = append(byBugs[key], s)
		}
	}
	for names, all := range byBugs {
		var bugs []client.Bug
		for _, name := range strings.Fields(names) {
			bugs = append(bugs, client.Bug(name))
		}
		for _, r := range scenarios.Run(context.Background(), all, scenarios.Options{Seed: 7, Bugs: bugs}) {
			if r.Outcome == scenarios.Passed {
				t.Errorf("%s: %s passes with a client that is %s", r.Place, r.Name, names)
			}
			if r.Outcome == scenarios.Broken {
				t.Errorf("%s: %s: %s", r.Place, r.Name, r.Reason)
			}
			for _, s := range r.Steps {
				for _, f := range s.Failures {
					if strings.Contains(f.Message, "Bugs: unknown") {
						t.Errorf("%s: %s: %s", r.Place, r.Name, f.Message)
					}
				}
			}
		}
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
