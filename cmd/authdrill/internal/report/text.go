package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Text writes a run or an attack for a terminal while it goes on. It moves no
// cursor, so that a log of it reads the same. Write and WriteCard with the format
// text are the same with all results at hand.
type Text struct {
	w    io.Writer
	o    Options
	name int // columns of the names
	err  error

	run []*result.Result
}

// The columns of a line: a margin and the mark, the name, the time. Below it a
// failure is indented to start under the name.
const (
	nameColumns = 56
	timeColumns = 8
	indent      = "     "
)

// NewText returns a Text that writes to w.
func NewText(w io.Writer, o Options) *Text { return &Text{w: w, o: o, name: nameColumns} }

func writeText(w io.Writer, d *document, o Options) error {
	t := NewText(w, o)
	if d.Card != nil {
		t.head(d)
		for _, r := range d.Results {
			t.entry(r)
		}
		t.card(d)
		return t.err
	}
	width := o.Width
	if width <= 0 {
		width = 80
	}
	for _, r := range d.Results {
		t.name = max(t.name, columns(Printable(r.Name)))
	}
	t.name = min(t.name, max(nameColumns, width-timeColumns-4))
	for _, r := range d.Results {
		t.scenario(r)
	}
	t.counts(d)
	return t.err
}

// Result writes one result of a run: its line, and below it what went wrong.
func (t *Text) Result(s *result.Result) {
	t.run = append(t.run, s)
	t.scenario(scenarioResult(s, t.o))
}

// Took says how long the whole run took, for the last line.
func (t *Text) Took(d time.Duration) { t.o.Duration = d }

// Close writes the last line of a run, the counts, and returns the first error of
// the writer.
func (t *Text) Close() error {
	t.counts(runDocument(t.run, t.o))
	return t.err
}

// Calibrated shows whether the method works on the app, and what the app does.
func (t *Text) Calibrated(c *attack.Card) { t.head(cardDocument(c, t.o)) }

// Finding shows a finding of an attack in a line. What did not reach the app waits
// for the card.
func (t *Text) Finding(f result.Result) { t.entry(entryResult(f)) }

// CloseCard writes the card, and returns the first error of the writer.
func (t *Text) CloseCard(c *attack.Card) error {
	t.card(cardDocument(c, t.o))
	return t.err
}

func (t *Text) scenario(r *row) {
	took := milliseconds(r.Took)
	if r.Standing == skipped {
		took = "–"
	}
	// A name that is too long pushes its own time aside and nothing else.
	t.print(" %s %s%s", t.mark(r), pad(orElse(Printable(r.Name), "(no name)"), t.name), t.dim(fmt.Sprintf(" %*s", timeColumns-1, took)))
	for _, line := range lines(r.Why) {
		t.print("%s%s", indent, line)
	}
	told := map[string]bool{}
	for _, s := range r.Steps {
		var last complaint
		for _, c := range s.Complaints {
			t.complaint(c, last)
			last = c
		}
		t.background(s, told)
	}
	if !r.failed() {
		return
	}
	if len(r.Complaints) == 0 && r.Place != (strict.Place{}) {
		t.print("%s%s", indent, t.dim(Printable(location(r.Place))))
	}
	t.print("%s%s", indent, t.dim("again: "+r.Again))
}

func (t *Text) mark(r *row) string {
	_, mark := r.appearance()
	switch {
	case r.Standing == passed:
		return t.green(mark)
	case r.failed():
		return t.red(mark)
	}
	return t.yellow(mark)
}

// complaint writes one failure. Where it is in the same line of the file as
// the last one, it shares that line and has a caret of its own.
func (t *Text) complaint(c, last complaint) {
	shared := c.Source != "" && c.Source == last.Source && c.Place.File == last.Place.File && c.Place.Line == last.Place.Line &&
		columns(c.Source) < 100 // a longer line may be cut, for each caret elsewhere
	if !shared {
		t.print("%s%s   %s", indent, t.bold(Printable(location(c.At))), Printable(c.About))
	}
	said := lines(c.sentence())
	if c.Source != "" {
		besides := ""
		if len(said) == 1 {
			besides, said = said[0], nil
		}
		source, caret, _ := strings.Cut(strict.Excerpt(c.At.Line, c.At.Column, c.Source, besides), "\n")
		if !shared {
			t.print("%s%s", indent, source)
		}
		gutter, caret, _ := strings.Cut(caret, "^")
		t.print("%s%s%s", indent, gutter, t.red("^"+caret))
	}
	for _, line := range said {
		t.print("%s  %s", indent, t.red(line))
	}
}

// background writes what lies behind the failures of a step. A line that was
// told of a step before is not told again.
func (t *Text) background(s step, told map[string]bool) {
	for _, c := range s.Complaints {
		for _, line := range lines(c.Background) {
			if !told[line] {
				told[line] = true
				t.print("%s%s", indent, t.dim(line))
			}
		}
	}
}

// counts is the last line of a run.
func (t *Text) counts(d *document) {
	switch line := strings.Join([]string{d.Counts, d.Lasted, d.Seeds}, " · "); {
	case len(d.Results) == 0:
		t.print(" 0 scenarios: nothing was run")
	case d.Good:
		t.print(" %s", t.green(line))
	default:
		t.print(" %s", t.red(line))
	}
}

// head is what is known of an app before the first finding.
func (t *Text) head(d *document) {
	t.print("  %s", t.bold(d.Title+" "+Printable(d.Target)))
	for _, x := range d.Checks {
		mark := t.green("✓")
		if !x.OK {
			mark = t.red("✗")
		}
		t.print("  %s %s %s", mark, pad(Printable(x.Check), 44), t.dim(Printable(x.Saw)))
		if !x.OK {
			t.print("    %s", Printable(x.Remedy))
		}
	}
	var has, lacks []string
	for _, trait := range d.Learned {
		switch {
		case !trait.Has:
			lacks = append(lacks, trait.Name)
		case trait.Saw != "":
			has = append(has, trait.Name+" ("+trait.Saw+")")
		default:
			has = append(has, trait.Name)
		}
	}
	if len(has) > 0 {
		t.print("  uses     %s", Printable(strings.Join(has, ", ")))
	}
	if len(lacks) > 0 {
		t.print("  without  %s", Printable(strings.Join(lacks, ", ")))
	}
	t.print("")
}

func (t *Text) entry(r *row) {
	mark := ""
	switch r.Standing {
	case skipped:
		return
	case passed:
		mark = t.green("✓")
	case tolerated:
		mark = t.dim("~")
	case expected:
		mark = t.dim("○")
	case failed:
		mark = t.red("✗")
	case unjudged:
		mark = t.yellow("!")
	}
	t.print(" %s %-34s %-16s %s", mark, Printable(r.ID), Printable(r.Verdict), t.dim(Printable(r.Title)))
	if r.failed() || r.Standing == expected {
		t.print("%s%s", indent, Printable(r.Reason))
	}
}

// card writes the counts, each failure with all that is known of it, and what
// proves nothing.
func (t *Text) card(d *document) {
	switch {
	case !d.Judged && d.CutShort != "":
		t.ended(d)
		return
	case !d.Judged:
		t.print("  %s: nothing can be said about this app before the calibration holds", t.red("INVALID"))
		return
	case len(d.Results) == 0:
		t.print("\n  Nothing was played, so nothing is proven.")
		t.ended(d)
		return
	}
	t.print("")
	t.table("group", d.Groups)
	t.print("")
	t.table("severity", bySeverityGroups(d.Results))
	for _, r := range d.Failing {
		t.failure(r)
	}
	t.rest(d)
	t.ended(d)
	t.print("\n%s · %s", d.Counts, d.Lasted)
}

// ended says what ended the attack before its end.
func (t *Text) ended(d *document) {
	if d.CutShort != "" {
		t.print("\n  %s", d.CutShort)
	}
}

func bySeverityGroups(results []*row) []*group {
	var out []*group
	for _, v := range drill.Severity("").Values("") {
		out = append(out, &group{Name: v, Results: selected(results, func(r *row) bool { return r.Severity == v })})
	}
	return out
}

// table counts verdicts, a row for each group that has results.
func (t *Text) table(what string, groups []*group) {
	t.print("%s", t.bold(fmt.Sprintf("  %-24s %6s %8s %10s %4s %8s %9s %7s %13s", what, "passed", "security", "robustness", "ux", "expected", "tolerated", "invalid", "not exercised")))
	for _, g := range groups {
		if len(g.Results) == 0 {
			continue
		}
		n := tallyOf(g.Results)
		t.print("  %s %6d %8d %10d %4d %8d %9d %7d %13d", pad(shorten(Printable(g.Name), 24), 24), n[result.Pass], n[result.FailSecurity], n[result.FailRobustness], n[result.FailUX], n[expectedFailure], n[result.Tolerated], n[result.Invalid], n[result.NotExercised])
	}
}

// failure is everything about what an app got wrong.
func (t *Text) failure(r *row) {
	suffix := ""
	if r.Standing == expected {
		suffix = " · expected"
	}
	if r.Severity != "" {
		suffix = " · " + Printable(r.Severity) + suffix
	}
	t.print("\n  %s  %s%s", t.red(r.Verdict), t.bold(Printable(r.ID)), suffix)
	if r.Title != "" && r.Title != r.ID {
		t.print("  %s", t.bold(Printable(r.Title)))
	}
	if r.Standing == expected {
		t.print("  what was seen   %s", Printable(r.Reason))
		return
	}
	if r.Advice.Done != "" {
		t.print("  what was done   %s", Printable(r.Advice.Done))
		t.print("  what is right   %s", Printable(r.Advice.Right))
	}
	t.print("  what was seen   %s", Printable(r.Reason))
	for _, w := range r.Witnesses {
		mark := t.green("✓")
		if !w.OK {
			mark = t.red("✗")
		}
		t.print("  %s %s %s", pad(shorten(Printable(w.Name), 13), 13), mark, Printable(w.Saw))
	}
	for _, v := range r.Variants {
		_, mark := v.appearance()
		t.print("  variant       %s %s", mark, Printable(v.Label))
	}
	if r.Advice.Why != "" {
		t.print("  why             %s", Printable(r.Advice.Why))
	}
	if r.Advice.Remedy != "" {
		t.print("  remedy          %s", Printable(r.Advice.Remedy))
	}
	for _, c := range r.Clauses {
		t.print("  clause          %s", strings.TrimSpace(clauseText(c)+"  "+clauseURL(c)))
	}
	t.conversation(r.Messages)
	t.print("  again           %s", Printable(r.Again))
}

func (t *Text) conversation(messages []result.Message) {
	for i, m := range messages {
		if i == 14 {
			t.print("    … %d more", len(messages)-i)
			break
		}
		arrow := "→"
		if m.Reply {
			arrow = "⇢"
		}
		line := fmt.Sprintf("    %s %s %s %s", pad(Printable(m.From), 8), arrow, pad(Printable(m.To), 8), Printable(m.Label))
		if m.Fault != "" {
			line += t.yellow("  ⚡ " + Printable(m.Fault))
		}
		t.print("%s", line)
	}
}

// rest is what was neither right nor wrong.
func (t *Text) rest(d *document) {
	if n := tallyOf(d.Results)[result.NotExercised]; n > 0 {
		t.print("\n  %s", t.bold(fmt.Sprintf("%d not exercised, so nothing is proven about them", n)))
	}
	for _, c := range d.Causes {
		t.print("  %4d  %s", c.Count, Printable(c.Reason))
		t.print("        %s", t.dim(Printable(few(c.IDs))))
	}
	for _, x := range []struct {
		standing standing
		title    string
	}{{tolerated, "Tolerated: the specifications leave the choice, and the app chose"}, {unjudged, "Invalid: nothing can be said, since the control failed"}} {
		for i, r := range selected(d.Results, func(r *row) bool { return r.Standing == x.standing }) {
			if i == 0 {
				t.print("\n  %s", t.bold(x.title))
			}
			t.print("  %-34s %s", Printable(r.ID), Printable(r.Reason))
		}
	}
	for _, id := range d.Stale {
		t.print("\n  %s is listed as an expected failure, and no longer fails: take it off the list", Printable(id))
	}
}

// few names the first of many.
func few(ids []string) string {
	if n := len(ids) - 6; n > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:6], ", "), n)
	}
	return strings.Join(ids, ", ")
}

// print writes a line, until the first error.
func (t *Text) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}
