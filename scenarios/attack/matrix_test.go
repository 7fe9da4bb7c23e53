package attack

import (
	"context"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
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
	all := catalog.Embedded().Entries
	groups := map[string][]*catalog.Entry{}
	for n, e := range all {
		if testing.Short() && n%4 > 0 {
			continue // a quarter of the entries, where it has to be quick
		}
		if e.Planned == "" && !webapp.NeedsBrowser(e.Scenario) {
			groups[e.Group] = append(groups[e.Group], e)
		}
	}
	for _, group := range catalog.Groups() {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, e := range groups[group] {
				t.Run(e.ID, func(t *testing.T) {
					t.Parallel()
					checkEntry(t, bench, e)
				})
			}
		})
	}
}

// checkEntry checks each variant of an entry: the strict client passes it, and a
// client that it or the entry names fails it. Each client that is named fails a
// variant, and each of its bugs is needed to fail one: otherwise the bug would be
// proven by nothing.
func checkEntry(t *testing.T, bench *Bench, e *catalog.Entry) {
	killed := map[drill.KnownBad]bool{}
	needed := map[drill.KnownBad]map[string]bool{}
	for _, v := range e.Variants {
		strict := bench.Play(context.Background(), v)
		if want := wantVerdict(e); strict.Verdict != want {
			t.Errorf("the strict client at %s: %s, want %s: %s\n%s", v.FullID(), strict.Verdict, want, strict.Reason, describeWitnesses(strict))
		}
		proven := len(v.ProvenBy) == 0
		for _, bad := range v.ProvenBy {
			f := bench.Play(context.Background(), v, bad.Bugs()...)
			if !f.Verdict.Failed() {
				t.Logf("the client with %s survives %s: %s %s\n%s", bad, v.FullID(), f.Verdict, f.Reason, describeWitnesses(f))
				continue
			}
			if v.Lint != "" && !slices.ContainsFunc(f.Causes, func(c result.Cause) bool { return c.Witness == "provider" }) {
				t.Errorf("the client with %s fails %s, but not for its requests: %s", bad, v.FullID(), f.Reason)
			}
			proven, killed[bad] = true, true
			if needed[bad] == nil {
				needed[bad] = map[string]bool{}
			}
			for _, name := range neededBugs(bench, v, bad) {
				needed[bad][name] = true
			}
		}
		if !proven {
			t.Errorf("no client that proven_by names fails %s", v.FullID())
		}
	}
	for _, bad := range e.KnownBad() {
		if !killed[bad] {
			t.Errorf("the client with %s survives", bad)
			continue
		}
		for _, name := range bad.Bugs() {
			if !needed[bad][name] {
				t.Errorf("the client with %s is failed without %s too: name it without", bad, name)
			}
		}
	}
}

// neededBugs returns the bugs without which a client is not failed.
func neededBugs(bench *Bench, e *drill.Scenario, bad drill.KnownBad) []string {
	names := bad.Bugs()
	if len(names) == 1 {
		return names
	}
	var out []string
	for i, name := range names {
		others := slices.Concat(names[:i], names[i+1:])
		if !bench.Play(context.Background(), e, others...).Verdict.Failed() {
			out = append(out, name)
		}
	}
	return out
}

// wantVerdict returns the verdict of a strict client.
func wantVerdict(e *catalog.Entry) result.Verdict {
	if e.Record {
		return result.Tolerated
	}
	return result.Pass
}

func describeWitnesses(f result.Result) string {
	out := ""
	for _, w := range f.Witnesses {
		out += "  " + w.Name + ": " + w.Saw + "\n"
	}
	for _, m := range f.Messages {
		out += "    " + m.From + " -> " + m.To + " " + m.Label + " " + m.Fault + "\n"
	}
	return out
}
