package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// Text writes a run for a terminal while it goes on. It moves no cursor, so
// that a log of it reads the same. Write with the format text is the same with
// all results at hand.
type Text struct {
	w    io.Writer
	o    Options
	name int // columns of the names
	err  error

	results []*scenarios.Result
}

// The columns of a line: a margin and the mark, the name, the time. Below it a
// failure is indented to stand under the name.
const (
	nameColumns = 56
	timeColumns = 8
	indent      = "     "
)

// NewText returns a Text that writes to w.
func NewText(w io.Writer, o Options) *Text { return &Text{w: w, o: o, name: nameColumns} }

func writeText(w io.Writer, results []*scenarios.Result, o Options) error {
	t := NewText(w, o)
	width := o.Width
	if width <= 0 {
		width = 80
	}
	for _, r := range results {
		t.name = max(t.name, columns(Printable(r.Name)))
	}
	t.name = min(t.name, max(nameColumns, width-timeColumns-4))
	for _, r := range results {
		t.Result(r)
	}
	return t.Close()
}

// Result writes one result: its line, and below it what went wrong.
func (t *Text) Result(r *scenarios.Result) {
	t.results = append(t.results, r)
	mark := t.mark(r.Outcome)
	name := Printable(r.Name)
	if name == "" {
		name = "(no name)"
	}
	took := milliseconds(r.Duration)
	if r.Outcome == scenarios.Skipped {
		took = "–"
	}
	// A name that is too long pushes its own time aside and nothing else.
	t.printf(" %s %s%s\n", mark, pad(name, t.name), t.dim(fmt.Sprintf(" %*s", timeColumns-1, took)))
	if text := verdict(r); text != "" {
		for _, line := range lines(text) {
			t.printf("%s%s\n", indent, line)
		}
	}
	steps := failed(r)
	told := map[string]bool{}
	for _, step := range steps {
		var last scenarios.Failure
		for _, f := range step.Failures {
			t.failure(r, step, f, last)
			last = f
		}
		t.background(r, step, told)
	}
	if r.Outcome.Good() {
		return
	}
	if len(steps) == 0 && !r.Place.IsZero() {
		t.printf("%s%s\n", indent, t.dim(Printable(location(r.Place))))
	}
	t.printf("%s%s\n", indent, t.dim("again: "+t.o.again(r)))
}

// failure writes one failure. Where it stands in the same line of the file as
// the last one, it shares that line and has a caret of its own.
func (t *Text) failure(r *scenarios.Result, s scenarios.StepResult, f, last scenarios.Failure) {
	at := place(r, s, f)
	shared := f.Source != "" && f.Source == last.Source && f.Place.File == last.Place.File && f.Place.Line == last.Place.Line &&
		columns(f.Source) < 100 // a longer line may be cut, for each caret elsewhere
	if !shared {
		t.printf("%s%s   %s\n", indent, t.bold(Printable(location(at))), Printable(title(s)))
	}
	said := lines(sentence(f))
	if f.Source != "" {
		beside := ""
		if len(said) == 1 {
			beside, said = said[0], nil
		}
		source, caret, _ := strings.Cut(strict.Excerpt(at.Line, at.Column, f.Source, beside), "\n")
		if !shared {
			t.printf("%s%s\n", indent, source)
		}
		gutter, caret, _ := strings.Cut(caret, "^")
		t.printf("%s%s%s\n", indent, gutter, t.red("^"+caret))
	}
	for _, line := range said {
		t.printf("%s  %s\n", indent, t.red(line))
	}
}

// background writes what lies behind the failures of a step. A line that was
// told of a step before is not told again.
func (t *Text) background(r *scenarios.Result, s scenarios.StepResult, told map[string]bool) {
	for _, f := range s.Failures {
		for _, line := range lines(background(r, s, f)) {
			if !told[line] {
				told[line] = true
				t.printf("%s%s\n", indent, t.dim(line))
			}
		}
	}
}

// Took says how long the whole run took, for the last line.
func (t *Text) Took(d time.Duration) { t.o.Duration = d }

// Close writes the last line, the counts, and returns the first error of the
// writer.
func (t *Text) Close() error {
	s := summarize(t.results)
	if s.Total == 0 {
		t.printf(" 0 scenarios: nothing was run\n")
		return t.err
	}
	parts := []string{s.String(), fmt.Sprintf("%.2f s", t.o.duration(t.results).Round(10*time.Millisecond).Seconds()), seeds(t.results)}
	line := strings.Join(parts, " · ")
	if s.Failed+s.UnexpectedPasses+s.Broken > 0 {
		line = t.red(line)
	} else {
		line = t.green(line)
	}
	t.printf(" %s\n", line)
	return t.err
}

func (t *Text) mark(o scenarios.Outcome) string {
	switch {
	case o == scenarios.Passed:
		return t.green("✓")
	case o.Good():
		return t.yellow("○")
	}
	return t.red("✗")
}

func (t *Text) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

func (t *Text) red(s string) string    { return t.colour("31", s) }
func (t *Text) green(s string) string  { return t.colour("32", s) }
func (t *Text) yellow(s string) string { return t.colour("33", s) }
func (t *Text) bold(s string) string   { return t.colour("1", s) }
func (t *Text) dim(s string) string    { return t.colour("2", s) }

func (t *Text) colour(code, s string) string {
	if !t.o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
