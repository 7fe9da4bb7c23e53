package verb

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// cell is an entry of the kill matrix with its rows, one for each variant.
type cell struct {
	entry *catalog.Entry
	rows  []row
}

// row is an entry or one of its variants, played against the strict client and
// against each of the known-bad clients that it names.
type row struct {
	variant *drill.Scenario
	strict  result.Result
	bad     []result.Result // in the order of the variant's ProvenBy; nil if they were not played
}

// matrix plays entries against the strict client and, with withBugs, against the
// known-bad clients that prove them.
func (v *call) matrix(ctx context.Context, chosen []*catalog.Entry, withBugs bool, seed uint64) error {
	bench, err := attack.NewBench(seed)
	if err != nil {
		return err
	}
	defer bench.Close()
	stopwatch := clock.Running()
	begin := stopwatch.Now()
	cells := make([]cell, len(chosen))
	queue := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range queue {
				cells[i] = playEntry(ctx, bench, chosen[i], withBugs)
			}
		})
	}
	for i := range chosen {
		if ctx.Err() != nil {
			break
		}
		queue <- i
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		return signals.Interrupted(ctx)
	}
	return v.showMatrix(cells, withBugs, stopwatch.Now().Sub(begin))
}

// needsBrowser reports whether only authdrill attack --browser plays an entry.
func needsBrowser(e *catalog.Entry) bool { return slices.Contains(e.Needs, "browser") }

// playEntry plays the variants of an entry.
func playEntry(ctx context.Context, bench *attack.Bench, e *catalog.Entry, withBugs bool) cell {
	out := cell{entry: e}
	for _, v := range e.Variants {
		r := row{variant: v, strict: bench.Play(ctx, v)}
		if withBugs && e.Planned == "" && !needsBrowser(e) {
			for _, bad := range v.ProvenBy {
				r.bad = append(r.bad, bench.Play(ctx, v, bad.Bugs()...))
			}
		}
		out.rows = append(out.rows, r)
	}
	return out
}

// foundMutants are the known-bad clients that a variant of the entry fails.
func (c *cell) foundMutants() map[drill.KnownBad]bool {
	out := map[drill.KnownBad]bool{}
	for _, r := range c.rows {
		for i, f := range r.bad {
			if f.Verdict.Failed() {
				out[r.variant.ProvenBy[i]] = true
			}
		}
	}
	return out
}

// tally counts what a kill matrix shows.
type tally struct {
	ran, planned, browser int
	killed, bad           int // known-bad clients
	wrong                 int // clients that were not judged as they should be
	bugs                  map[string]bool
}

// showMatrix prints the kill matrix and its totals. A known-bad client that
// survives, or a strict client that fails, is exit 1.
func (v *call) showMatrix(cells []cell, withBugs bool, took time.Duration) error {
	t := tally{bugs: map[string]bool{}}
	for _, c := range cells {
		for _, line := range t.add(&c, withBugs, v.Dim) {
			v.Print("%s", line)
		}
	}
	text := fmt.Sprintf("%d of %s run, %d planned", t.ran, say.Count(len(cells), "entry"), t.planned)
	if t.browser > 0 {
		text += fmt.Sprintf(", %d in a browser", t.browser)
	}
	if withBugs {
		text += fmt.Sprintf("; %d of %d known-bad clients killed, %d bugs", t.killed, t.bad, len(t.bugs))
	}
	v.Print("%s · %.1f s", text, took.Seconds())
	if t.wrong > 0 {
		return failure.Silent(failure.ExitFailed)
	}
	return nil
}

// add counts an entry, and returns a line for each of its variants: none if it
// cannot run yet.
func (t *tally) add(c *cell, withBugs bool, dim func(string) string) []string {
	switch {
	case c.entry.Planned != "":
		t.planned++
		return nil
	case needsBrowser(c.entry):
		t.browser++
		return []string{fmt.Sprintf(" · %-34s %-10s  %s", c.entry.ID, c.rows[0].strict.Verdict, c.rows[0].strict.Reason)}
	}
	t.ran++
	killed := c.foundMutants()
	if withBugs {
		for _, bad := range c.entry.KnownBad() {
			t.bad++
			for _, name := range bad.Bugs() {
				t.bugs[name] = true
			}
			if killed[bad] {
				t.killed++
			}
		}
	}
	var out []string
	for _, r := range c.rows {
		out = append(out, t.addRow(&r, killed, dim))
	}
	return out
}

// addRow returns the line of a variant. It is wrong where the strict client fails,
// where every client that it names survives, and where one survives all variants.
func (t *tally) addRow(r *row, killed map[drill.KnownBad]bool, dim func(string) string) string {
	mark, note := "✓", ""
	if r.strict.Verdict != result.Pass && r.strict.Verdict != result.Tolerated {
		t.wrong++
		mark, note = "✗", "  "+r.strict.Reason
	}
	proven := slices.ContainsFunc(r.bad, func(f result.Result) bool { return f.Verdict.Failed() })
	for i, f := range r.bad {
		bad := r.variant.ProvenBy[i]
		switch {
		case f.Verdict.Failed():
			note += "  " + dim("kills "+string(bad))
		case !proven || !killed[bad]:
			t.wrong++
			mark = "✗"
			note += "  survived by " + string(bad) + ": " + string(f.Verdict)
		}
	}
	name := r.variant.ID
	if r.variant.Variant != "" {
		name += " [" + r.variant.Variant + "]"
	}
	return fmt.Sprintf(" %s %-34s %-10s%s", mark, name, r.strict.Verdict, note)
}
