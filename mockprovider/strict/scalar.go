package strict

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// scalar reads a text, a number or a truth value.
func (d *decoder) scalar(n *Node, v reflect.Value, f form, t tags) {
	switch {
	case n.Kind == Null && t.empty:
		return
	case n.Kind == Null:
		d.reportMissing(n, f)
		return
	case n.Kind != Scalar:
		d.fail(n, Type, "", "want %s, got %s", wanted(f), n.Kind)
		return
	}
	switch f {
	case formString:
		d.text(n, v, t)
	case formText:
		if n.foreignType() {
			d.fail(n, Type, "quote it", "want a text, got %s", n.Text)
			return
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Text)); err != nil {
			if _, isTime := v.Addr().Interface().(*time.Time); isTime {
				err = fmt.Errorf("invalid time %q: want RFC 3339, such as 2030-01-01T00:00:00Z", n.Text)
			}
			d.fail(n, Value, "", "%v", err)
		} else if t.min != nil && v.CanInt() && float64(v.Int()) < *t.min {
			d.fail(n, Value, "leave it out for the default", "%q has no effect: want more than 0", n.Text)
		}
	case formBool:
		d.readBool(n, v)
	default:
		d.number(n, v, f, t)
	}
}

// foreignType reports whether n is a JSON number or truth value, which is not a
// text. In YAML the same characters are a text if a text is wanted.
func (n *Node) foreignType() bool { return n.doc.json && n.style == plain }

func (d *decoder) text(n *Node, v reflect.Value, t tags) {
	if n.foreignType() {
		d.fail(n, Type, "quote it", "want a text, got %s", n.Text)
		return
	}
	if len(t.enum) > 0 && d.deferred(n) {
		d.fail(n, Variable, "use a variable of vars or matrix", "%s has no value before the scenario runs; want one of %s", shortenText(n.Text), strings.Join(t.enum, ", "))
		return
	}
	if len(t.enum) > 0 && !slices.Contains(t.enum, n.Text) {
		d.fail(n, Enum, Suggest(n.Text, t.enum), "unknown value %s", strconv.Quote(shortenText(n.Text)))
		return
	}
	v.SetString(n.Text)
}

func (d *decoder) readBool(n *Node, v reflect.Value) {
	if n.style == quoted {
		d.fail(n, Type, "write true or false, without quotes", "want true or false, got the text %q", shortenText(n.Text))
		return
	}
	switch n.Text {
	case "true", "false":
		v.SetBool(n.Text == "true")
	default:
		d.fail(n, Type, truthHint(n.Text), "want true or false, got %s", shortenText(n.Text))
	}
}

func truthHint(text string) string {
	switch strings.ToLower(text) {
	case "yes", "on", "y", "true":
		return "write true"
	case "no", "off", "n", "false":
		return "write false"
	}
	return "write true or false"
}

func (d *decoder) number(n *Node, v reflect.Value, f form, t tags) {
	if n.style == quoted {
		d.fail(n, Type, "write it without quotes", "want %s, got the text %q", wanted(f), shortenText(n.Text))
		return
	}
	if !isNumber(n.Text) {
		hint := ""
		if why := ambiguous(n.Text); why != "" {
			hint = "write it in plain decimal digits: " + why
		}
		d.fail(n, Type, hint, "want %s, got %s", wanted(f), shortenText(n.Text))
		return
	}
	x, err := strconv.ParseFloat(n.Text, 64)
	switch {
	case err != nil:
		d.fail(n, Value, "", "%s is out of range", shortenText(n.Text))
		return
	case f == formInteger && x != math.Trunc(x):
		d.fail(n, Type, "", "want an integer, got %s", shortenText(n.Text))
		return
	case t.min != nil && x < *t.min:
		d.fail(n, Type, "", "want at least %v", *t.min)
		return
	case t.max != nil && x > *t.max:
		d.fail(n, Type, "", "want at most %v", *t.max)
		return
	}
	d.setNumber(n, v, f, x)
}

func (d *decoder) setNumber(n *Node, v reflect.Value, f form, x float64) {
	if f == formNumber {
		v.SetFloat(x)
		return
	}
	whole, err := strconv.ParseInt(n.Text, 10, 64)
	if err != nil {
		whole = int64(x)
	}
	outside := err != nil && math.Abs(x) >= 1<<53
	switch {
	case v.CanUint() && !outside && whole >= 0 && !v.OverflowUint(uint64(whole)):
		v.SetUint(uint64(whole))
	case v.CanInt() && !outside && !v.OverflowInt(whole):
		v.SetInt(whole)
	default:
		d.fail(n, Value, "", "%s is out of range", shortenText(n.Text))
	}
}

// isNumber tells a number as JSON writes it, which no reader of YAML takes for
// anything else.
func isNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// ambiguous says why a plain scalar that is not JSON would be read differently
// by different readers of YAML, "" if it is a text to all of them.
func ambiguous(s string) string {
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off":
		return "YAML 1.1 reads it as true or false"
	case "true", "false", "null":
		if s != strings.ToLower(s) {
			return "write it in small letters, or quote it"
		}
		return ""
	}
	if !strings.ContainsAny(s[:min(len(s), 2)], "0123456789.+-") {
		return ""
	}
	for _, n := range numerals() {
		if n.pattern.MatchString(s) {
			return n.why
		}
	}
	return ""
}

type ambiguity struct {
	pattern *regexp.Regexp
	why     string
}

// numerals are what some readers of YAML take for numbers.
var numerals = sync.OnceValue(func() []ambiguity {
	return []ambiguity{
		{regexp.MustCompile(`^[-+]?0[0-7_]+$`), "a leading zero makes it octal to some readers"},
		{regexp.MustCompile(`^[-+]?0[xob][0-9a-fA-F_]+$`), "some readers take it for a number"},
		{regexp.MustCompile(`^[-+]?([0-9][0-9_]*)(\.[0-9_]*)?([eE][-+]?[0-9]+)?$|^[-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?$`), "some readers take it for a number"},
		{regexp.MustCompile(`^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$`), "JSON has no such number"},
	}
})

// literal reads a scalar of any type: text, number, truth value or null.
func (d *decoder) literal(n *Node) (any, bool) {
	if n.Kind == Null {
		if n.Text == "" {
			d.Report(n.KeyProblem(Ambiguous, `write null, or ""`, "has no value"))
			return nil, false
		}
		return nil, true
	}
	if n.style != plain {
		return n.Text, true
	}
	switch {
	case n.Text == "true" || n.Text == "false":
		return n.Text == "true", true
	case isNumber(n.Text):
		return numeral(n.Text), true
	}
	if why := ambiguous(n.Text); why != "" {
		d.fail(n, Ambiguous, "quote it to make it a text: "+strconv.Quote(shortenText(n.Text)), "%s is ambiguous: %s", shortenText(n.Text), why)
		return nil, false
	}
	return n.Text, true
}

// numeral keeps every digit: int64 where it fits, then float64 for fractions,
// then the digits themselves.
func numeral(text string) any {
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return whole
	}
	if strings.ContainsAny(text, ".eE") {
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return x
		}
	}
	return json.Number(text)
}

// asList says how a value is written as a list.
func asList(n *Node) string {
	if n.Kind == Mapping {
		return "begin it with -, or put it in [ ]: a list has one or more of them"
	}
	words := strings.Fields(n.Text)
	if len(words) == 0 {
		words = []string{shortenText(n.Text)}
	}
	for i := range words {
		words[i] = shortenText(words[i])
	}
	return "write [" + strings.Join(words, ", ") + "]"
}
