// Package match compares a value with the wanted one, which scenario files, faults and
// journal queries all write in this form (not an API to build on):
//
//	3600, "Bearer", true      equal
//	{alg: ES256}              a mapping with at least these members
//	[a, b]                    a list of exactly these items
//	$any, $absent             present, or missing
//	{$not: v} {$matches: re} {$contains: v} {$one_of: [..]}
//	{$gte: n} {$lte: n} {$count: n}, of which all in a mapping must hold
package match

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Any and Absent are the two bare matchers. Where a parameter is set, Absent takes
// it away, and Keep leaves it as it is.
const (
	Any    = "$any"
	Absent = "$absent"
	Keep   = "$keep"
)

// Missing is the value of a member that is not there. Passing nil instead
// means a JSON null, which is present.
type Missing struct{}

// Mismatch says where a value differs. Path is empty at the top, else the
// member names and indices joined by dots.
type Mismatch struct {
	Path string
	Want string
	Got  string
}

// Operators returns the keys that a matcher mapping may have.
func Operators() []string {
	return []string{"$not", "$matches", "$contains", "$one_of", "$gte", "$lte", "$count"}
}

// Value compares got with want and returns every difference, in a stable order.
func Value(want, got any) []Mismatch { return value("", want, got) }

// OK reports whether got is what want describes.
func OK(want, got any) bool { return len(value("", want, got)) == 0 }

func value(path string, want, got any) []Mismatch {
	_, missing := got.(Missing)
	switch w := want.(type) {
	case string:
		switch w {
		case Any:
			if missing {
				return one(path, "any value", got)
			}
			return nil
		case Absent:
			if !missing {
				return one(path, "nothing there", got)
			}
			return nil
		}
	case map[string]any:
		if isOperator(w) {
			return operators(path, w, got)
		}
		return mapping(path, w, got)
	case []any:
		return list(path, w, got)
	}
	if missing || !equal(want, got) {
		return one(path, show(want), got)
	}
	return nil
}

func isOperator(m map[string]any) bool {
	for k := range m {
		if strings.HasPrefix(k, "$") {
			return true
		}
	}
	return false
}

func mapping(path string, want map[string]any, got any) []Mismatch {
	g, ok := object(got)
	if !ok {
		if _, missing := got.(Missing); !missing || len(want) == 0 {
			return one(path, "a mapping", got)
		}
	}
	var out []Mismatch
	for _, k := range sortedKeys(want) {
		v, present := g[k]
		if !present {
			v = Missing{}
		}
		out = append(out, value(join(path, k), want[k], v)...)
	}
	return out
}

func list(path string, want []any, got any) []Mismatch {
	g, ok := List(got)
	if !ok {
		return one(path, show(want), got)
	}
	if len(g) != len(want) {
		return one(path, fmt.Sprintf("%d items %s", len(want), show(want)), got)
	}
	var out []Mismatch
	for i := range want {
		out = append(out, value(join(path, strconv.Itoa(i)), want[i], g[i])...)
	}
	return out
}

func operators(path string, ops map[string]any, got any) []Mismatch {
	var out []Mismatch
	for _, op := range sortedKeys(ops) {
		if text := operator(op, ops[op], got); text != "" {
			out = append(out, one(path, text, got)...)
		}
	}
	return out
}

// operator returns "" when it holds, else what was wanted in words.
func operator(op string, arg, got any) string {
	_, missing := got.(Missing)
	holds := false
	var words string
	switch op {
	case "$not":
		holds, words = !OK(arg, got), "not "+show(arg)
	case "$matches":
		words = "a match of /" + Text(arg) + "/"
		re, err := regexp.Compile(Text(arg))
		if err != nil {
			return "a pattern that compiles (" + err.Error() + ")"
		}
		holds = !missing && re.MatchString(Text(got))
	case "$contains":
		holds, words = contains(arg, got), "something that contains "+show(arg)
	case "$one_of":
		choices, _ := List(arg)
		words = "one of " + show(arg)
		for _, c := range choices {
			holds = holds || OK(c, got)
		}
	case "$gte", "$lte":
		sign := map[string]string{"$gte": ">= ", "$lte": "<= "}[op]
		words = sign + show(arg)
		a, okA := number(got)
		b, okB := number(arg)
		holds = okA && okB && (op == "$gte" && a >= b || op == "$lte" && a <= b)
	case "$count":
		n, ok := length(got)
		words = "a count of " + show(arg)
		holds = ok && OK(arg, n)
	default:
		words = "a known matcher instead of " + op + " (" + strings.Join(Operators(), ", ") + ")"
	}
	if holds {
		return ""
	}
	return words
}

func contains(arg, got any) bool {
	if g, ok := List(got); ok {
		for _, item := range g {
			if OK(arg, item) {
				return true
			}
		}
		return false
	}
	if s, ok := got.(string); ok {
		return strings.Contains(s, Text(arg))
	}
	return false
}

func length(got any) (int, bool) {
	switch g := got.(type) {
	case Missing:
		return 0, true
	case string:
		return len(strings.Fields(g)), true
	}
	if l, ok := List(got); ok {
		return len(l), true
	}
	if m, ok := object(got); ok {
		return len(m), true
	}
	return 0, false
}

func equal(want, got any) bool {
	if reflect.DeepEqual(want, got) {
		return true
	}
	if a, ok := plainNumber(want); ok {
		if b, ok := plainNumber(got); ok {
			return a == b
		}
	}
	return false
}

func one(path, want string, got any) []Mismatch {
	return []Mismatch{{Path: path, Want: want, Got: show(got)}}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// number reads a number, a numeric text or a duration ("2s", as seconds).
func number(v any) (float64, bool) {
	if n, ok := plainNumber(v); ok {
		return n, true
	}
	s, ok := v.(string)
	if !ok {
		return 0, false
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n, true
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Seconds(), true
	}
	return 0, false
}
