package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
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
	t.print("  %s", t.style("1", "authdrill attack "+Printable(c.Target)))
	for _, x := range c.Calibration {
		mark := t.style("32", "✓")
		if !x.OK {
			mark = t.style("31", "✗")
		}
		t.print("  %s %s %s", mark, pad(Printable(x.Check), 44), t.style("2", Printable(x.Saw)))
		if !x.OK {
			t.print("    %s", Printable(x.Remedy))
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
		t.print("  uses     %s", Printable(strings.Join(has, ", ")))
	}
	if len(lacks) > 0 {
		t.print("  without  %s", Printable(strings.Join(lacks, ", ")))
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
	case f.Verdict != attack.Pass:
		mark, colour = "!", "33"
	}
	line := fmt.Sprintf(" %s %-34s %-16s %s", t.style(colour, mark), Printable(f.ID), Printable(string(f.Verdict)), t.style("2", Printable(f.Title)))
	if mark == "✗" || mark == "!" || mark == "○" {
		line += "\n     " + Printable(f.Reason)
	}
	t.print("%s", line)
}

// untimely says what ended the attack before its end.
func (t *CardText) untimely(c *attack.Card) {
	switch {
	case c.OutOfTime:
		t.print("\n  Out of time: this is what was known by then. --within gives it longer, --only and --group less to do.")
	case c.Interrupted:
		t.print("\n  Interrupted: this is what was known by then.")
	}
}

// Close writes the card.
func (t *CardText) Close(c *attack.Card) error {
	if !c.Calibrated() && c.Interrupted {
		t.untimely(c)
		return t.err
	}
	if !c.Calibrated() {
		t.print("  %s: nothing can be said about this app before the calibration holds", t.style("31", "INVALID"))
		return t.err
	}
	t.print("")
	if len(c.Findings) == 0 {
		t.print("  Nothing was played, so nothing is proven.")
		t.untimely(c)
		return t.err
	}
	groups, severities := groupsOf(c.Findings), []string{}
	for _, v := range catalog.Severities() {
		severities = append(severities, string(v))
	}
	t.table("group", groups, func(g string) []attack.Finding { return inGroup(c.Findings, g) })
	t.print("")
	t.table("severity", severities, func(v string) []attack.Finding { return inSeverity(c.Findings, v) })
	for _, f := range bySeverity(c.Findings) {
		t.failure(f)
	}
	t.rest(c)
	return t.err
}

// table counts verdicts, a row for each name that has findings.
func (t *CardText) table(what string, names []string, of func(string) []attack.Finding) {
	t.print("%s", t.style("1", fmt.Sprintf("  %-24s %6s %8s %10s %4s %8s %9s %7s %13s", what, "passed", "security", "robustness", "ux", "expected", "tolerated", "invalid", "not exercised")))
	for _, name := range names {
		findings := of(name)
		if len(findings) == 0 {
			continue
		}
		n := tallyOf(findings)
		t.print("  %s %6d %8d %10d %4d %8d %9d %7d %13d", pad(shorten(Printable(name), 24), 24), n[attack.Pass], n[attack.FailSecurity], n[attack.FailRobustness], n[attack.FailUX], n[expectedFailure], n[attack.Tolerated], n[attack.Invalid], n[attack.NotExercised])
	}
}

// failure is everything about what an app got wrong.
func (t *CardText) failure(f attack.Finding) {
	expected := ""
	if f.Expected {
		expected = " · expected"
	}
	t.print("\n  %s  %s · %s%s", t.style("31", string(f.Verdict)), t.style("1", Printable(f.ID)), Printable(f.Severity), expected)
	if f.Title != "" {
		t.print("  %s", t.style("1", Printable(f.Title)))
	}
	if f.Expected {
		t.print("  what was seen   %s", Printable(f.Reason))
		return
	}
	t.print("  what was done   %s", Printable(f.Provider))
	t.print("  what is right   %s", Printable(f.Client))
	t.print("  what was seen   %s", Printable(f.Reason))
	for _, w := range f.Witnesses {
		mark := t.style("32", "✓")
		if !w.OK {
			mark = t.style("31", "✗")
		}
		t.print("  %s %s %s", pad(shorten(Printable(w.Name), 13), 13), mark, Printable(w.Saw))
	}
	if f.Why != "" {
		t.print("  why             %s", Printable(f.Why))
	}
	if f.Remedy != "" {
		t.print("  remedy          %s", Printable(f.Remedy))
	}
	for _, c := range f.Spec {
		t.print("  clause          %s", strings.TrimSpace(clauseText(c)+"  "+clauseURL(c)))
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
		line := fmt.Sprintf("    %s %s %s %s", pad(Printable(m.From), 8), arrow, pad(Printable(m.To), 8), Printable(m.Label))
		if m.Fault != "" {
			line += t.style("33", "  ⚡ "+Printable(m.Fault))
		}
		t.print("%s", line)
	}
	t.print("  again           %s", Printable(f.Repeat))
}

// rest is what was neither right nor wrong, and the sum.
func (t *CardText) rest(c *attack.Card) {
	reasons := unexercised(c.Findings)
	if len(reasons) > 0 {
		t.print("\n  %s", t.style("1", fmt.Sprintf("%d not exercised, so nothing is proven about them", tallyOf(c.Findings)[attack.NotExercised])))
	}
	for _, r := range reasons {
		t.print("  %4d  %s", r.Count, Printable(r.Reason))
		t.print("        %s", t.style("2", Printable(few(r.IDs))))
	}
	for _, x := range []struct {
		verdict attack.Verdict
		title   string
	}{{attack.Tolerated, "Tolerated: the specifications leave the choice, and the app chose"}, {attack.Invalid, "Invalid: nothing can be said, since the control failed"}} {
		for i, f := range withVerdict(c.Findings, x.verdict) {
			if i == 0 {
				t.print("\n  %s", t.style("1", x.title))
			}
			t.print("  %-34s %s", Printable(f.ID), Printable(f.Reason))
		}
	}
	for _, id := range c.Stale {
		t.print("\n  %s is listed as an expected failure, and no longer fails: take it off the list", Printable(id))
	}
	t.untimely(c)
	t.print("\n%s · %s", tallyOf(c.Findings), lasted(c.Duration))
}

// few names the first of many.
func few(ids []string) string {
	if n := len(ids) - 6; n > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:6], ", "), n)
	}
	return strings.Join(ids, ", ")
}
