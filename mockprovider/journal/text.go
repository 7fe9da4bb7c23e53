package journal

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Text returns the journal for a person: a line for each exchange, its
// decisions below, tokens and secrets shortened.
func (j *Journal) Text() string {
	var b strings.Builder
	for _, e := range j.Entries() {
		e.Redacted().write(&b)
	}
	if b.Len() == 0 {
		return "nothing has happened\n"
	}
	return b.String()
}

// Line is the exchange in one line.
func (e *Entry) Line() string {
	answer := "no answer"
	if e.Status != 0 {
		answer = fmt.Sprint(e.Status)
	}
	line := fmt.Sprintf("#%d %s %s → %s", e.Seq, e.Method, e.Path, answer)
	for _, extra := range []struct{ name, value string }{{"", e.Error}, {"", e.Login}, {"client ", e.ClientID}, {"sub ", e.Subject}} {
		if extra.value != "" {
			line += "  " + extra.name + extra.value
		}
	}
	return line
}

func (e *Entry) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s  %s\n", e.Time.Format("15:04:05.000"), e.Line())
	names := make([]string, 0, len(e.Params))
	for name := range e.Params {
		names = append(names, name)
	}
	sort.Strings(names)
	var params []string
	for _, name := range names {
		for _, v := range e.Params[name] {
			params = append(params, name+"="+v)
		}
	}
	if len(params) > 0 {
		fmt.Fprintf(b, "    %s\n", strings.Join(params, " "))
	}
	for _, d := range e.Decisions {
		mark := "✓"
		if !d.Passed {
			mark = "✗"
		}
		fmt.Fprintf(b, "    %s %s: %s", mark, d.Check, d.Detail)
		if d.Spec != "" {
			fmt.Fprintf(b, " (%s)", d.Spec)
		}
		b.WriteByte('\n')
	}
	for _, f := range e.Faults {
		fmt.Fprintf(b, "    fault %s: %s\n", f.ID, f.What)
	}
	for _, ev := range e.Events {
		fmt.Fprintf(b, "    event %s\n", ev.Name)
	}
	for _, note := range slices.Concat(e.Lax, e.Notes) {
		fmt.Fprintf(b, "    note: %s\n", note)
	}
}
