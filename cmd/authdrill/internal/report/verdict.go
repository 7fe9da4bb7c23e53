package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/scenarios/result"
)

// What is shown at most of a verdict: a card may come from anywhere.
const (
	mostCauses   = 20
	mostVariants = 200
	mostText     = 2000 // columns
)

// WriteVerdict writes one verdict of a card as text: who saw what, against which rule,
// and the exchange that decided it. The error is that of w.
func WriteVerdict(w io.Writer, f result.Result, o Options) error {
	t := NewText(w, o)
	name := f.ID
	if f.Variant != "" && len(f.Variants) == 0 {
		name += "[" + f.Variant + "]"
	}
	t.print("  %s  %s%s", t.inColour(f), t.bold(bounded(name)), prefixed(" · ", f.Severity))
	if f.Title != "" {
		t.print("  %s", t.bold(bounded(f.Title)))
	}
	t.field("what was done", f.Provider)
	t.field("what is right", f.Client)
	t.field("verdict", f.Reason)
	if f.Races > 0 {
		t.print("  %s it failed %d of %d times", pad("race", verdictLabel), f.RacesLost, f.Races)
	}
	for i, c := range f.Causes[:min(len(f.Causes), mostCauses)] {
		t.causeVerdict(i+1, &c, f.Messages)
	}
	if len(f.Causes) == 0 {
		t.exchange(decisive(f.Messages, 0))
	}
	t.print("")
	for _, x := range f.Witnesses[:min(len(f.Witnesses), mostCauses)] {
		mark := t.green("✓")
		if !x.OK {
			mark = t.red("✗")
		}
		t.print("  %s %s %s", pad(shorten(Printable(x.Name), verdictLabel-2), verdictLabel-2), mark, bounded(x.Saw))
	}
	for _, v := range f.Variants[:min(len(f.Variants), mostVariants)] {
		t.field("variant", v.Variant+": "+string(v.Verdict)+prefixed(": ", v.Reason))
	}
	t.field("why it matters", f.Why)
	t.field("what to change", f.Remedy)
	for _, cited := range f.Spec[:min(len(f.Spec), mostCauses)] {
		t.field("clause", strings.TrimSpace(clauseText(cited)+"  "+clauseURL(cited)))
	}
	t.field("again", f.Repeat)
	return t.err
}

// verdictLabel is how many columns the labels take.
const verdictLabel = 15

func (t *Text) field(label, text string) {
	if text != "" {
		t.print("  %s %s", pad(label, verdictLabel), bounded(text))
	}
}

// causeVerdict is one reason of a failure.
func (t *Text) causeVerdict(n int, c *result.Cause, messages []result.Message) {
	t.print("\n  %s", t.bold("cause "+strconv.Itoa(n)+"  "+bounded(string(c.Verdict))+prefixed(" · ", c.Severity)))
	t.field("witness", c.Witness)
	t.field("rule", c.Rule)
	t.field("seen", c.Saw)
	t.field("request", curl(c.Request, c.Cookies))
	decided := c.Exchange
	if len(decided) == 0 {
		decided = decisive(messages, c.Seq)
	}
	t.exchange(decided)
}

// exchange shows requests, responses, and the faults that struck them.
func (t *Text) exchange(messages []result.Message) {
	if len(messages) == 0 {
		return
	}
	t.print("  decided by")
	for _, m := range messages[:min(len(messages), mostCauses)] {
		arrow := "→"
		if m.Reply {
			arrow = "⇢"
		}
		t.print("    %s", strings.TrimRight(bounded(m.From+" "+arrow+" "+m.To+"  "+m.Label+"  "+m.Detail), " "))
		if m.Fault != "" {
			t.print("      %s", t.yellow("⚡ "+bounded(m.Fault)))
		}
	}
}

// decisive returns the exchange with a number, and those that a fault struck.
func decisive(messages []result.Message, seq int64) []result.Message {
	var struck []int64
	for _, m := range messages {
		if m.Fault != "" && !slices.Contains(struck, m.Seq) && len(struck) < mostCauses {
			struck = append(struck, m.Seq)
		}
	}
	return slices.DeleteFunc(slices.Clone(messages), func(m result.Message) bool {
		return m.Seq == 0 || m.Seq != seq && !slices.Contains(struck, m.Seq) || m.From == "browser" && m.To == "client" || m.From == "client" && m.To == "browser"
	})
}

// inColour is a verdict, in the colour of what it means.
func (t *Text) inColour(f result.Result) string {
	text := bounded(string(f.Verdict))
	switch entryStanding(f) {
	case passed:
		return t.green(text)
	case failed, unjudged:
		return t.red(text)
	}
	return t.yellow(text)
}

// bounded is a printable text of limited length.
func bounded(s string) string { return shorten(Printable(s), mostText) }

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + bounded(text)
}
