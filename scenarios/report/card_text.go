package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios/attack"
)

// CardText writes a report card to a terminal as it comes to be: a line for each
// finding, and the card when all is known.
type CardText struct {
	w   io.Writer
	o   Options
	err error
}

// NewCardText makes a writer.
func NewCardText(w io.Writer, o Options) *CardText { return &CardText{w: w, o: o} }

func (t *CardText) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *CardText) style(code, s string) string {
	if !t.o.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Calibrated shows whether the method works on the app, and what it does.
func (t *CardText) Calibrated(c *attack.Card) {
	t.print("%s", t.style("1", "authdrill attack "+printable(c.Target)))
	for _, x := range c.Calibration {
		mark := t.style("32", "✓")
		if !x.OK {
			mark = t.style("31", "✗")
		}
		t.print("  %s %-44s %s", mark, printable(x.Check), t.style("2", printable(x.Saw)))
		if !x.OK {
			t.print("    %s", printable(x.Remedy))
		}
	}
	var has, lacks []string
	for _, trait := range c.Learned {
		if trait.Has {
			has = append(has, trait.Name+parenthesis(trait.Saw))
		} else {
			lacks = append(lacks, trait.Name)
		}
	}
	if len(has) > 0 {
		t.print("  uses     %s", printable(strings.Join(has, ", ")))
	}
	if len(lacks) > 0 {
		t.print("  without  %s", printable(strings.Join(lacks, ", ")))
	}
	t.print("")
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// Finding shows a finding in a line; what did not reach the app waits for the
// end.
func (t *CardText) Finding(f attack.Finding) {
	mark, colour := "✓", "32"
	switch {
	case f.Verdict == attack.NotExercised:
		return
	case f.Expected && f.Verdict.Failed():
		mark, colour = "○", "2"
	case f.Verdict.Failed():
		mark, colour = "✗", "31"
	case f.Verdict == attack.Tolerated:
		mark, colour = "~", "2"
	case f.Verdict == attack.Invalid:
		mark, colour = "!", "33"
	}
	line := fmt.Sprintf(" %s %-34s %-16s %s", t.style(colour, mark), f.ID, f.Verdict, t.style("2", printable(f.Title)))
	if f.Verdict.Failed() || f.Verdict == attack.Invalid {
		line += "\n     " + printable(f.Reason)
	}
	t.print("%s", line)
}

// Close writes the card.
func (t *CardText) Close(c *attack.Card) error {
	if !c.Calibrated() {
		t.print("%s: nothing can be said about this app before the calibration holds", t.style("31", "INVALID"))
		return t.err
	}
	t.print("")
	t.print("%s", t.style("1", fmt.Sprintf("%-24s %6s %9s %11s %4s %9s %8s %13s", "group", "passed", "security", "robustness", "ux", "tolerated", "invalid", "not exercised")))
	for _, g := range groupsOf(c.Findings) {
		n := tallyOf(inGroup(c.Findings, g))
		t.print("%-24s %6d %9d %11d %4d %9d %8d %13d", g, n[attack.Pass], n[attack.FailSecurity], n[attack.FailRobustness], n[attack.FailUX], n[attack.Tolerated], n[attack.Invalid], n[attack.NotExercised])
	}
	for _, f := range bySeverity(c.Findings) {
		t.failure(f)
	}
	t.rest(c)
	return t.err
}

// failure is everything about what an app got wrong.
func (t *CardText) failure(f attack.Finding) {
	t.print("\n%s  %s · %s", t.style("31", string(f.Verdict)), t.style("1", f.ID), f.Severity)
	t.print("  what was done   %s", printable(f.Provider))
	t.print("  what is right   %s", printable(f.Client))
	for _, w := range f.Witnesses {
		if !w.OK {
			t.print("  %-15s %s", w.Name, printable(w.Saw))
		}
	}
	if f.Why != "" {
		t.print("  why             %s", printable(f.Why))
	}
	if f.Remedy != "" {
		t.print("  remedy          %s", printable(f.Remedy))
	}
	for _, c := range f.Spec {
		t.print("  clause          %s  %s", clauseText(c), clauseURL(c))
	}
	for i, m := range f.Messages {
		if i == 14 {
			t.print("    … %d more", len(f.Messages)-i)
			break
		}
		arrow := "→"
		if m.Reply {
			arrow = "⇢"
		}
		line := fmt.Sprintf("    %-8s %s %-8s %s", m.From, arrow, m.To, printable(m.Label))
		if m.Fault != "" {
			line += t.style("33", "  ⚡ "+printable(m.Fault))
		}
		t.print("%s", line)
	}
	t.print("  again           %s", printable(f.Repeat))
}

// rest is what was neither right nor wrong, and the sum.
func (t *CardText) rest(c *attack.Card) {
	reasons := unexercised(c.Findings)
	if len(reasons) > 0 {
		t.print("\n%s", t.style("1", "Not exercised, so nothing is proven"))
	}
	for _, r := range reasons {
		t.print("  %4d  %s", r.Count, printable(r.Reason))
	}
	for _, id := range c.Stale {
		t.print("\n%s is listed as an expected failure, and no longer fails: take it off the list", id)
	}
	if c.Interrupted {
		t.print("\nInterrupted: what follows is what was known by then.")
	}
	t.print("\n%s · %s", tallyOf(c.Findings), lasted(c.Duration))
}
