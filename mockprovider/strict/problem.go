package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rule is the kind of rule a Problem breaks.
type Rule string

// The rules. Those before Value are also rules of the JSON Schema (duplicates
// apart, which no JSON Schema can see).
const (
	Syntax    Rule = "syntax"    // not YAML, not JSON, or a part of YAML that is not read
	Limit     Rule = "limit"     // too large, too deep, too many aliases
	Duplicate Rule = "duplicate" // a key twice in a mapping
	Unknown   Rule = "unknown"   // no such key
	Type      Rule = "type"      // a value of the wrong type
	Required  Rule = "required"  // a member is missing
	Enum      Rule = "enum"      // not one of the values there are
	OneOf     Rule = "one-of"    // none or several of a group
	Value     Rule = "value"     // right type, impossible value
	Ambiguous Rule = "ambiguous" // YAML readers differ on what it is
	NearMiss  Rule = "near-miss" // so close to a registered name that it is a slip
	Variable  Rule = "variable"  // an unknown ${name}, or one that is not allowed here
	Check     Rule = "check"     // a rule among several members
	Use       Rule = "use"       // declared and never used, or used and never declared
)

// Problem is something a file says that cannot be right. Message says what,
// Hint what to do about it. Source is its line.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Rule    Rule   `json:"rule"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Source  string `json:"source,omitempty"`

	More int `json:"-"` // problems that this one counts, which are not kept
}

// Error is one line: place, path, what is wrong, and what to do. A problem of a
// Go value has no place.
func (p Problem) Error() string {
	text := p.position()
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// FileProblem makes a problem of a whole file, none of which is quoted.
func FileProblem(file string, rule Rule, hint, format string, args ...any) Problem {
	return (&document{file: file}).problem(1, 1, "", rule, hint, format, args...)
}

func (p Problem) position() string {
	text := ""
	if at := (Place{p.File, p.Line, p.Column}); at != (Place{}) {
		text = printable(at.String()) + ": "
	}
	if p.Path != "" {
		text += p.Path + ": "
	}
	return text + p.Message
}

// render is the problem with its source line and a caret under the column.
func (p Problem) render() string {
	if p.Source == "" {
		return p.Error()
	}
	return p.position() + "\n" + Excerpt(p.Line, p.Column, p.Source, p.Hint)
}

// Excerpt shows a source line and a caret under a column, with a text after the
// caret. A long line is cut around the column.
func Excerpt(line, column int, source, text string) string {
	const before, most = 100, 160
	r := []rune(source)
	column = max(1, min(column, len(r)+1))
	if len(r) > most {
		from := max(0, min(column-before, len(r)-most))
		to := min(len(r), from+most)
		cut := slices.Clone(r[from:to])
		column -= from
		if from > 0 {
			cut[0] = '…'
		}
		if to < len(r) {
			cut[len(cut)-1] = '…'
		}
		r = cut
	}
	pad := make([]rune, column-1)
	for i := range pad {
		pad[i] = ' '
		if i < len(r) && r[i] == '\t' {
			pad[i] = '\t'
		}
	}
	number := strconv.Itoa(line)
	out := "  " + number + " | " + printable(string(r)) + "\n" +
		"  " + strings.Repeat(" ", len(number)) + " | " + string(pad) + "^"
	if text != "" {
		out += " " + text
	}
	return out
}

// Problems is every problem found, an error if there is any. Use Err to get a
// nil error for none.
type Problems []Problem

// Error renders every problem with its source line.
func (ps Problems) Error() string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.render()
	}
	return strings.Join(out, "\n")
}

// Err is ps as an error, nil when it is empty.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Sorted returns the problems in the order of file, line and column, each place
// and message once, and at most MaxProblems of a file, with how many more there are.
func (ps Problems) Sorted() Problems {
	out := slices.Clone(ps)
	slices.SortStableFunc(out, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		if c := cmp.Compare(rank(a), rank(b)); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
	out = slices.CompactFunc(out, func(a, b Problem) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
	var all Problems
	for len(out) > 0 {
		n := slices.IndexFunc(out, func(p Problem) bool { return p.File != out[0].File })
		if n < 0 {
			n = len(out)
		}
		all, out = append(all, out[:n].first()...), out[n:]
	}
	return all
}

// rank has what ends a list, for the limit of it, after the others.
func rank(p Problem) int {
	if p.Rule == Limit {
		return 1
	}
	return 0
}

// Problem makes a problem at the node's value. A wrong value that comes from a
// ${name} is reported as a problem of the name.
func (n *Node) Problem(rule Rule, hint, format string, args ...any) Problem {
	if n.from != "" {
		rule, format, args = Variable, format+", which is the value of %s", append(slices.Clone(args), shortenText(n.from))
	}
	return n.doc.problem(n.line, n.column, n.Path(), rule, hint, format, args...)
}

// KeyProblem makes a problem at the node's key.
func (n *Node) KeyProblem(rule Rule, hint, format string, args ...any) Problem {
	at := n
	if n.Key != nil {
		at = n.Key
	}
	return n.doc.problem(at.line, at.column, n.Path(), rule, hint, format, args...)
}

func (d *document) problem(line, column int, path string, rule Rule, hint, format string, args ...any) Problem {
	return Problem{
		File: d.file, Line: line, Column: column, Path: printableExcerpt(path, 200), Rule: rule,
		Message: printableExcerpt(fmt.Sprintf(format, args...), 500), Hint: printableExcerpt(hint, 1000), Source: d.excerpt(line),
	}
}

// placed is an error that knows its place in what was read.
type placed interface{ ProblemAt(n *Node) Problem }

// ProblemsAt returns the errors that errors.Join has joined, those of Member and those
// with a method ProblemAt(*Node) Problem at their place in n, and those of a Budget
// with their hint.
func ProblemsAt(n *Node, err error) Problems {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out Problems
		for _, one := range joined.Unwrap() {
			out = append(out, ProblemsAt(n, one)...)
		}
		return out
	}
	var limit Problem
	if errors.As(err, &limit) && limit.Rule == Limit {
		return Problems{n.exceeded(err)}
	}
	var own placed
	if errors.As(err, &own) {
		return Problems{own.ProblemAt(n)}
	}
	var m *memberError
	if errors.As(err, &m) {
		n, err = n.Find(m.name), m.err
	}
	return Problems{n.Problem(Check, "", "%v", err)}
}

// excerpt is a line of the file as a problem shows it. One of many kilobytes is
// left out: no terminal shows it, and a report would have it once a problem.
func (d *document) excerpt(line int) string {
	const most = 64 << 10
	if text := d.line(line); len(text) <= most {
		return text
	}
	return ""
}

// printableExcerpt is a text as a problem shows it: printable, and not longer than a
// reader has patience for.
func printableExcerpt(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return printable(s)
}

func pathOf(n *Node) string { return printableExcerpt(n.Path(), 200) }

// isFull reports whether a further problem is only counted. To make one, with
// its remedy, may cost more than to find it.
func (ps Problems) isFull() bool { return len(ps) >= MaxProblems }

// Report adds a problem. Of more than MaxProblems the others are only counted, at the
// place of the last.
func (ps *Problems) Report(p Problem) { ps.reportLazily(func() Problem { return p }) }

// reportLazily adds a problem that is made only if it is kept.
func (ps *Problems) reportLazily(of func() Problem) {
	if ps.isFull() {
		ps.countOne()
		return
	}
	*ps = append(*ps, of())
}

// countOne counts a problem of a list that is full.
func (ps *Problems) countOne() {
	if len(*ps) == MaxProblems {
		*ps = append(*ps, Problem{})
		(*ps)[MaxProblems] = (*ps)[MaxProblems-1].andMore(1)
		return
	}
	last := &(*ps)[len(*ps)-1]
	*last = last.andMore(last.More + 1)
}

// andMore returns the problem that says how many more are only counted, at the place of p.
func (p Problem) andMore(more int) Problem {
	p.Path, p.Rule, p.Hint, p.More = "", Limit, "correct those that are shown first", more
	p.Message = "and " + Thousands(more) + " more problems in this file"
	return p
}

// count is how many problems were reported.
func (ps Problems) count() int {
	if len(ps) <= MaxProblems {
		return len(ps)
	}
	return len(ps) - 1 + ps[len(ps)-1].More
}

// first returns at most MaxProblems of the problems of one file, with how many more
// there are.
func (ps Problems) first() Problems {
	more := 0
	for _, p := range ps {
		more += p.More
	}
	kept := slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return p.More > 0 })
	if len(kept) > MaxProblems {
		more += len(kept) - MaxProblems
		kept = kept[:MaxProblems]
	}
	if more > 0 && len(kept) > 0 {
		kept = append(kept, kept[len(kept)-1].andMore(more))
	}
	return kept
}
