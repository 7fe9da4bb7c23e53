package strict

import (
	"encoding/json"
	"math"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// edits returns the operators that may replace a value that a fault falsifies.
func edits() []string {
	return []string{"$now", "$append", "$prepend", "$pad", "$insert", "$list", "$json", "$earlier"}
}

// isOperator reports whether a mapping is made of operators: one key that
// begins with $ makes it one.
func isOperator(n *Node) bool {
	return n.Kind == Mapping && slices.ContainsFunc(n.Entries, func(e Entry) bool { return strings.HasPrefix(e.Key.Text, "$") })
}

// expectation reads a value of an expectation: a literal, $any, $absent, or a
// mapping of operators.
func (d *decoder) expectation(n *Node, t tags) (any, bool) {
	n, ok := d.interpolate(n, formAny)
	if !ok || n.bad {
		return nil, false
	}
	switch {
	case n.Kind == Scalar && n.style != free && strings.HasPrefix(n.Text, "$") && !strings.HasPrefix(n.Text, "$$") && !strings.HasPrefix(n.Text, "${"):
		return d.readBareMatcher(n, t)
	case n.Kind == Mapping && t.match == "true" && isOperator(n):
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			value, good := d.operator(e.Value, t)
			out[e.Key.Text], ok = value, ok && good
		}
		return out, ok
	}
	if t.match == "edit" && isOperator(n) {
		return d.edit(n)
	}
	if !d.typed(n, t.of, ": it would never match") {
		return nil, false
	}
	of := t.of
	t.of = ""
	if t.match == "edit" && n.Kind == Mapping {
		t.match = "absent" // within an object nothing is edited
	}
	switch n.Kind {
	case Mapping:
		words := vocabulary.Of(t.vocab)
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			inner := t
			inner.vocab = ""
			inner.of = typeOf(words, e.Key.Text, t)
			if !d.interpolatedKey(e.Value) || !d.known(e.Value, words) {
				ok = false
				continue
			}
			value, good := d.expectation(e.Value, inner)
			out[e.Key.Text], ok = value, ok && good
		}
		return out, ok
	case Sequence:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			value, good := d.expectation(item, t)
			out[i], ok = value, ok && good
		}
		return out, ok
	}
	if of == "string" && n.Kind == Scalar {
		return n.Text, true // text is wanted: 012 is a text, and so is a date
	}
	return d.literal(n)
}

// edit reads a mapping of one edit.
func (d *decoder) edit(n *Node) (any, bool) {
	if len(n.Entries) != 1 {
		d.fail(n, Check, "keep one of "+strings.Join(edits(), ", "), "want one edit of a value")
		return nil, false
	}
	e := n.Entries[0]
	wrong := func(want string) (any, bool) {
		d.fail(e.Value, Type, "", "%s wants %s, got %s", e.Key.Text, want, shortenText(e.Value.Text))
		return nil, false
	}
	if value, ok := readTextEdit(e, wrong); ok {
		return value, value != nil
	}
	switch e.Key.Text {
	case "$pad":
		n, err := strconv.Atoi(e.Value.Text)
		if err != nil || n < 1 || n > 1<<24 {
			return wrong("a length between 1 and 16777216")
		}
		return map[string]any{"$pad": n}, true
	case "$insert":
		value, ok := d.expectation(e.Value, tags{match: "absent"})
		return map[string]any{e.Key.Text: value}, ok
	case "$list", "$earlier":
		if e.Value.Text != "true" {
			return wrong("true")
		}
		return map[string]any{e.Key.Text: true}, true
	}
	d.fail(e.Key, Enum, Suggest(e.Key.Text, edits()), "unknown edit %q: want one of %s", e.Key.Text, strings.Join(edits(), ", "))
	return nil, false
}

// readTextEdit reads an edit whose argument is a text of some form. It reports
// whether the edit is one; the value is nil where its argument is wrong.
func readTextEdit(e Entry, wrong func(want string) (any, bool)) (value any, known bool) {
	good, want := true, ""
	switch e.Key.Text {
	case "$now":
		_, err := time.ParseDuration(e.Value.Text)
		good, want = err == nil, "a duration, like -5m"
	case "$append", "$prepend":
		good, want = e.Value.Kind == Scalar, "a text"
	case "$json":
		good, want = e.Value.Kind == Scalar && json.Valid([]byte(e.Value.Text)), "a JSON text"
	default:
		return nil, false
	}
	if !good {
		_, _ = wrong(want)
		return nil, true
	}
	return map[string]any{e.Key.Text: e.Value.Text}, true
}

func (d *decoder) readBareMatcher(n *Node, t tags) (any, bool) {
	matchers := []string{"$any", "$absent"}
	switch t.match {
	case "true":
	case "param":
		matchers = []string{"$absent", "$keep"}
	default:
		matchers = matchers[1:]
	}
	if slices.Contains(matchers, n.Text) {
		return n.Text, true
	}
	hint := Suggest(n.Text, matchers)
	if slices.Contains(match.Operators(), n.Text) && t.match == "true" {
		hint = "write {" + n.Text + ": ..}"
	}
	d.fail(n, Enum, hint, "%q is not a matcher", shortenText(n.Text))
	return nil, false
}

// typed refuses a literal whose type can never be seen.
func (d *decoder) typed(n *Node, of, why string) bool {
	if of == "" {
		return true
	}
	for _, want := range strings.Split(of, "|") {
		if d.isA(n, want) {
			return true
		}
	}
	words := strings.NewReplacer("matcher", "$any, $absent or a mapping", "|", " or ", "string", "a text", "integer", "an integer", "number", "a number",
		"boolean", "true or false", "array", "a list", "object", "a mapping").Replace(of)
	got := n.Kind.String()
	if n.Kind == Scalar {
		got = shortenText(n.Text)
		if n.style == quoted {
			got = "the text \"" + got + "\""
		}
	}
	d.fail(n, Type, "", "want %s, got %s%s", words, got, why)
	return false
}

// deferred tells a text with a name in it that is known only later.
func (d *decoder) deferred(n *Node) bool {
	return d.resolve != nil && n.Kind == Scalar && len(references(n.Text)) > 0
}

func (d *decoder) isA(n *Node, want string) bool {
	scalar, deferred := n.Kind == Scalar, d.deferred(n)
	switch want {
	case "string":
		return scalar && !n.foreignType()
	case "integer":
		x, err := strconv.ParseFloat(n.Text, 64)
		return deferred || scalar && n.style != quoted && isNumber(n.Text) && err == nil && x == math.Trunc(x)
	case "number":
		return deferred || scalar && n.style != quoted && isNumber(n.Text)
	case "boolean":
		return deferred || scalar && n.style != quoted && (n.Text == "true" || n.Text == "false")
	case "array":
		return deferred || n.Kind == Sequence
	case "object":
		return deferred || n.Kind == Mapping
	}
	return false
}

// operator reads the value of one operator.
func (d *decoder) operator(n *Node, t tags) (any, bool) {
	name := n.Key.Text
	if !slices.Contains(match.Operators(), name) {
		d.reportLazily(func() Problem {
			p := n.KeyProblem(Unknown, Suggest(name, match.Operators()), "unknown matcher %q", name)
			if !strings.HasPrefix(name, "$") {
				p.Hint = "a mapping is either matchers or members; use a list of expectations or take " + name + " out"
			}
			p.Path = pathOf(n.Parent)
			return p
		})
		return nil, false
	}
	t.vocab, t.of = "", ""
	switch name {
	case "$one_of":
		if n.Kind != Sequence {
			d.fail(n, Type, "write {$one_of: [a, b]}", "want a list, got %s", n.Kind)
			return nil, false
		}
	case "$count":
		t.of = "integer"
	case "$gte", "$lte":
		return d.readBound(n)
	case "$matches":
		return d.pattern(n)
	}
	return d.expectation(n, t)
}

func (d *decoder) readBound(n *Node) (any, bool) {
	n, ok := d.interpolate(n, formAny)
	if !ok {
		return nil, false
	}
	if n.Kind == Scalar {
		if d.deferred(n) || n.style != quoted && isNumber(n.Text) {
			return d.literal(n)
		}
		if _, err := time.ParseDuration(n.Text); err == nil && !isNumber(n.Text) {
			return n.Text, true
		}
	}
	d.fail(n, Type, "write one like 3600, or 2s", "want a number or a duration, got %s", describe(n))
	return nil, false
}

func describe(n *Node) string {
	if n.Kind == Scalar {
		return shortenText(n.Text)
	}
	return n.Kind.String()
}

func (d *decoder) pattern(n *Node) (any, bool) {
	n, ok := d.interpolate(n, formString)
	if !ok {
		return nil, false
	}
	if n.Kind != Scalar || n.foreignType() {
		d.fail(n, Type, "", "want a regular expression, got %s", describe(n))
		return nil, false
	}
	if d.deferred(n) {
		return n.Text, true
	}
	if d.isFull() {
		d.countOne()
		return nil, false
	}
	size := len(n.Text)
	if size <= MaxPattern {
		parsed, err := syntax.Parse(n.Text, syntax.Perl)
		if err != nil {
			d.fail(n, Value, "", "%v", err)
			return nil, false
		}
		size = patternSize(parsed)
	}
	if size > MaxPattern {
		d.fail(n, Limit, "use smaller repetitions", "the regular expression has more than %s steps with its repetitions written out", Thousands(MaxPattern))
		return nil, false
	}
	if err := d.budget.Take(Values, size, 1); err != nil {
		d.Report(n.exceeded(err))
		return nil, false
	}
	return n.Text, true
}

// patternSize is how large a regular expression is once it is compiled, where
// {n} and {n,m} write out what they repeat.
func patternSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	if re.Op == syntax.OpCharClass {
		size = 1 + len(re.Rune)/2 // one step, and what its ranges take
	}
	for _, sub := range re.Sub {
		size += patternSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(1, re.Min, re.Max)
	}
	return size
}
