package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios"
)

// writeTAP writes TAP version 14. A scenario that is skipped has the directive
// SKIP, one that failed as expected TODO. One that passed unexpectedly is not
// ok, without a directive: with TODO a harness would take it for a bonus, and
// here it is a failure.
func writeTAP(w io.Writer, results []*scenarios.Result, o Options) error {
	t := &tap{w: w}
	t.printf("TAP version 14\n")
	if len(results) == 0 {
		t.printf("1..0 # no scenario was run\n")
		return t.err
	}
	t.printf("1..%d\n", len(results))
	for i, r := range results {
		state := "ok"
		if r.Outcome != scenarios.Passed && r.Outcome != scenarios.Skipped {
			state = "not ok"
		}
		t.printf("%s %d - %s%s\n", state, i+1, tapText(orElse(r.Name, "(no name)")), directive(r))
		t.diagnostics(r, o)
	}
	t.printf("# %s · %s\n", summarize(results), seeds(results))
	return t.err
}

func directive(r *scenarios.Result) string {
	word := ""
	switch r.Outcome {
	case scenarios.Skipped:
		word = " # SKIP"
	case scenarios.ExpectedToFail:
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
func (t *tap) diagnostics(r *scenarios.Result, o Options) {
	t.printf("  ---\n")
	defer t.printf("  ...\n")
	t.printf("  outcome: %s\n", yamlText(string(r.Outcome)))
	if text := verdict(r); text != "" {
		t.printf("  message: %s\n", yamlText(text))
	}
	t.printf("  at: {file: %s, line: %d, column: %d}\n", yamlText(r.Place.File), r.Place.Line, r.Place.Column)
	t.printf("  duration_ms: %.3f\n  seed: %d\n", float64(r.Duration)/1e6, r.Seed)
	if len(r.Spec) > 0 {
		quoted := make([]string, len(r.Spec))
		for i, spec := range r.Spec {
			quoted[i] = yamlText(spec)
		}
		t.printf("  spec: [%s]\n", strings.Join(quoted, ", "))
	}
	if !r.Outcome.Good() {
		t.printf("  again: %s\n", yamlText(o.again(r)))
	}
	if failures(r) == 0 {
		return
	}
	t.printf("  failures:\n")
	for _, s := range failed(r) {
		for _, f := range s.Failures {
			at := place(r, s, f)
			t.printf("    - step: %s\n", yamlText(title(s)))
			t.printf("      at: {file: %s, line: %d, column: %d}\n", yamlText(at.File), at.Line, at.Column)
			for _, member := range []struct{ name, value string }{
				{"path", f.Path}, {"wanted", f.Want}, {"found", f.Got}, {"message", f.Message},
				{"source", f.Source}, {"spec", clauses(cited(r, f))},
			} {
				if member.value != "" {
					t.printf("      %s: %s\n", member.name, yamlText(member.value))
				}
			}
			if e := about(r, s, f); e != nil {
				t.printf("      exchange: %s\n", yamlText(fmt.Sprintf("#%d %s", e.Seq, exchange(e))))
			}
		}
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
