package verb

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// cell is one row of the kill matrix: an entry, played against the strict client
// and against each of the known-bad clients that it must fail.
type cell struct {
	entry  *catalog.Entry
	strict attack.Finding
	bad    []attack.Finding // in the order of the entry's ProvenBy; nil if they were not played
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
				cells[i] = drill(ctx, bench, chosen[i], withBugs)
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

func drill(ctx context.Context, bench *attack.Bench, e *catalog.Entry, withBugs bool) cell {
	out := cell{entry: e, strict: bench.Drill(ctx, e)}
	if !withBugs || !e.Runnable() || needsBrowser(e) {
		return out
	}
	for _, bad := range e.ProvenBy {
		out.bad = append(out.bad, bench.Drill(ctx, e, bad.Bugs()...))
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
		if line := t.add(&c, v.Dim); line != "" {
			v.Print("%s", line)
		}
	}
	text := fmt.Sprintf("%d of %s run, %d planned", t.ran, entriesCount(len(cells)), t.planned)
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

// add counts a row, and returns its line: "" if the entry cannot run yet.
func (t *tally) add(c *cell, dim func(string) string) string {
	switch {
	case !c.entry.Runnable():
		t.planned++
		return ""
	case needsBrowser(c.entry):
		t.browser++
		return fmt.Sprintf(" · %-34s %-10s  %s", c.entry.ID, c.strict.Verdict, c.strict.Reason)
	}
	t.ran++
	mark, note := "✓", ""
	if c.strict.Verdict != attack.Pass && c.strict.Verdict != attack.Tolerated {
		t.wrong++
		mark, note = "✗", "  "+c.strict.Reason
	}
	for i, f := range c.bad {
		bad := c.entry.ProvenBy[i]
		t.bad++
		for _, name := range bad.Bugs() {
			t.bugs[name] = true
		}
		if f.Verdict.Failed() {
			t.killed++
			note += "  " + dim("kills "+string(bad))
			continue
		}
		t.wrong++
		mark = "✗"
		note += "  survived by " + string(bad) + ": " + string(f.Verdict)
	}
	return fmt.Sprintf(" %s %-34s %-10s%s", mark, c.entry.ID, c.strict.Verdict, note)
}
