package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
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

	run    []*result.Result
	rows   int  // of a terminal, so far
	played int  // entries
	open   bool // the row of the progress has not ended
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

// Graded says what decides which failures of the card count.
func (t *Text) Graded(g *grade.Grade) { t.o.Grade = g }

// Calibrated shows whether the method works on the app, and what the app does.
func (t *Text) Calibrated(c *attack.Card) {
	d := cardDocument(c, t.o)
	if t.o.Verbose || !d.Judged {
		t.head(d)
		return
	}
	t.shortHead(d)
}

// Finding shows a finding of an attack in a line, where everything is shown. What did
// not reach the app waits for the card.
func (t *Text) Finding(f result.Result) {
	if t.o.Verbose {
		t.entry(entryResult(f))
		return
	}
	t.progress()
}

// CloseCard writes the card, all of it or what fits on a screen, and returns the first
// error of the writer.
func (t *Text) CloseCard(c *attack.Card) error {
	d := cardDocument(c, t.o)
	t.endProgress()
	if t.o.Verbose {
		t.card(d)
	} else {
		t.screen(d)
	}
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
		switch {
		case !x.OK && x.Optional:
			mark = t.yellow("–")
		case !x.OK:
			mark = t.red("✗")
		}
		t.print("  %s %s %s", mark, pad(Printable(x.Check), 44), t.dim(Printable(x.Saw)))
		if !x.OK {
			t.print("    %s", Printable(x.Remedy))
		}
	}
	has, lacks := traits(d)
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
	for _, c := range d.Causes {
		t.causeText(c)
	}
	for _, r := range d.Failing {
		if r.Standing == expected {
			t.failure(r)
		}
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
	t.reasons(d.Unexercised)
	for _, x := range []struct {
		title   string
		reasons []reason
	}{{"Tolerated: the specifications leave the choice, and the app chose", d.Choices}, {"Invalid: nothing can be said, since the control failed", d.Unjudged}} {
		if len(x.reasons) > 0 {
			t.print("\n  %s", t.bold(x.title))
			t.reasons(x.reasons)
		}
	}
	for _, text := range d.Notices() {
		t.print("\n  %s", Printable(text))
	}
}

func (t *Text) reasons(all []reason) {
	for _, x := range all {
		t.print("  %4d  %s", x.Count, Printable(x.Reason))
		t.print("        %s", t.dim(Printable(strings.Join(x.IDs, ", "))))
	}
}

// print writes a line, until the first error.
func (t *Text) print(format string, args ...any) {
	if t.err == nil {
		line := fmt.Sprintf(format, args...)
		t.rows += rowsOf(strings.Split(line, "\n"))
		t.write(line + "\n")
	}
}

func (t *Text) write(text string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, text)
	}
}
