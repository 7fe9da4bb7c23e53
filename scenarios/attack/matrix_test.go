package attack

import (
	"context"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// TestKillMatrix: every entry that can run is passed by the strict client, and
// failed by the known-bad client that it names. A catalogue in which a broken
// client passes proves nothing.
func TestKillMatrix(t *testing.T) {
	t.Parallel()
	bench, err := NewBench(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bench.Close() })
	all, err := catalog.All()
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string][]*catalog.Entry{}
	for n, e := range all {
		if testing.Short() && n%4 > 0 {
			continue // a quarter of the entries, where it has to be quick
		}
		if e.Runnable() && !needsBrowser(e) {
			groups[e.Group] = append(groups[e.Group], e)
		}
	}
	for _, group := range catalog.Groups() {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, e := range groups[group] {
				t.Run(e.ID, func(t *testing.T) {
					t.Parallel()
					kill(t, bench, e)
				})
			}
		})
	}
}

func kill(t *testing.T, bench *Bench, e *catalog.Entry) {
	strict := bench.Drill(context.Background(), e)
	if want := verdictOf(e); strict.Verdict != want {
		t.Errorf("the strict client: %s, want %s: %s\n%s", strict.Verdict, want, strict.Reason, testimony(strict))
	}
	for _, bad := range e.ProvenBy {
		if f := bench.Drill(context.Background(), e, bad.Bugs()...); !f.Verdict.Failed() {
			t.Errorf("the client with %s survives: %s %s\n%s", bad, f.Verdict, f.Reason, testimony(f))
		}
		needed(t, bench, e, bad)
	}
}

// needed: each bug of a known-bad client does its part; without it the client is
// not failed. A bug that only stands by is proven by nothing.
func needed(t *testing.T, bench *Bench, e *catalog.Entry, bad catalog.KnownBad) {
	names := bad.Bugs()
	if len(names) == 1 {
		return
	}
	for i, name := range names {
		others := slices.Concat(names[:i], names[i+1:])
		if f := bench.Drill(context.Background(), e, others...); f.Verdict.Failed() {
			t.Errorf("the client with %s is failed without %s too: name it without", bad, name)
		}
	}
}

// verdictOf is the verdict that a strict client earns.
func verdictOf(e *catalog.Entry) Verdict {
	if e.Record {
		return Tolerated
	}
	return Pass
}

func testimony(f Finding) string {
	out := ""
	for _, w := range f.Witnesses {
		out += "  " + w.Name + ": " + w.Saw + "\n"
	}
	for _, m := range f.Messages {
		out += "    " + m.From + " -> " + m.To + " " + m.Label + " " + m.Fault + "\n"
	}
	return out
}
