package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// writeTAP writes TAP version 14. A scenario that is skipped has the directive
// SKIP, one that failed as expected TODO. One that passed unexpectedly is not
// ok, without a directive: with TODO a harness would take it for a bonus, and
// here it is a failure.
func writeTAP(w io.Writer, d *document) error {
	t := &tap{w: w}
	t.printf("TAP version 14\n")
	if len(d.Results) == 0 {
		t.printf("1..0 # no scenario was run\n")
		return t.err
	}
	t.printf("1..%d\n", len(d.Results))
	for i, r := range d.Results {
		state := "ok"
		if r.Standing != passed && r.Standing != skipped {
			state = "not ok"
		}
		t.printf("%s %d - %s%s\n", state, i+1, tapText(orElse(r.Name, "(no name)")), directive(r))
		t.diagnostics(r)
	}
	t.printf("# %s · %s\n", d.Counts, d.Seeds)
	return t.err
}

func directive(r *row) string {
	word := ""
	switch r.Standing {
	case skipped:
		word = " # SKIP"
	case expected:
		word = " # TODO"
	default:
		return ""
	}
	if r.Reason != "" {
		word += " " + tapText(r.Reason)
	}
	return word
}

// tap writes lines until the first error.
type tap struct {
	w   io.Writer
	err error
}

func (t *tap) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// diagnostics is the YAML block of a result. Every text in it is quoted, so that
// nothing in it can be taken for YAML or end the block.
func (t *tap) diagnostics(r *row) {
	t.printf("  ---\n")
	defer t.printf("  ...\n")
	t.printf("  outcome: %s\n", yamlText(r.Verdict))
	if r.Why != "" {
		t.printf("  message: %s\n", yamlText(r.Why))
	}
	t.printf("  at: {file: %s, line: %d, column: %d}\n", yamlText(r.Place.File), r.Place.Line, r.Place.Column)
	t.printf("  duration_ms: %.3f\n  seed: %d\n", float64(r.Took)/1e6, r.Seed)
	if len(r.Clauses) > 0 {
		quoted := make([]string, len(r.Clauses))
		for i, spec := range r.Clauses {
			quoted[i] = yamlText(spec)
		}
		t.printf("  spec: [%s]\n", strings.Join(quoted, ", "))
	}
	if r.failed() {
		t.printf("  again: %s\n", yamlText(r.Again))
	}
	if len(r.Complaints) == 0 {
		return
	}
	t.printf("  failures:\n")
	for _, c := range r.Complaints {
		t.complaint(c)
	}
}

func (t *tap) complaint(c complaint) {
	t.printf("    - step: %s\n", yamlText(c.About))
	t.printf("      at: {file: %s, line: %d, column: %d}\n", yamlText(c.At.File), c.At.Line, c.At.Column)
	for _, member := range []struct{ name, value string }{
		{"path", c.Path}, {"wanted", c.Want}, {"found", c.Got}, {"message", c.Message},
		{"source", c.Source}, {"spec", clauses(c.Clauses)},
	} {
		if member.value != "" {
			t.printf("      %s: %s\n", member.name, yamlText(member.value))
		}
	}
	if e := c.Exchange; e != nil {
		t.printf("      exchange: %s\n", yamlText(fmt.Sprintf("#%d %s", e.Seq, exchange(e))))
	}
}

// tapText is a description or a reason: one line, in which a # begins no
// directive.
func tapText(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(Printable(s)))
}

// yamlText is a text in double quotes. A JSON string is one, once those
// characters are gone that YAML does not allow and JSON does.
func yamlText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x7f && r < 0xa0, r == 0xfeff, r == 0xfffe, r == 0xffff, r == 0xfffd:
			return '·'
		}
		return r
	}, s)
	text, err := json.Marshal(s)
	if err != nil {
		return `""` // a string has always a JSON form
	}
	return string(text)
}
