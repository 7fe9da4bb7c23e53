package persona

import (
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Values are what ${name} may stand for: texts, numbers, lists, and mappings
// whose members are named with a dot.
type Values map[string]any

// Get returns the value of a name, and whether there is one. A null is none.
func (v Values) Get(name string) (any, bool) {
	var at any = map[string]any(v)
	for _, segment := range strings.Split(name, ".") {
		members, ok := match.Object(at)
		if !ok {
			return nil, false
		}
		if at, ok = members[segment]; !ok || at == nil {
			return nil, false
		}
	}
	return at, true
}

// Timestamp is an instant as ${timestamp} has it: UTC, to the second.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// Holds reports whether one of the conditions holds of the values.
func (v Values) Holds(conditions []Condition) bool {
	return slices.ContainsFunc(conditions, func(c Condition) bool { return match.OK(map[string]any(c), map[string]any(v)) })
}

var reference = regexp.MustCompile(`\$\{([a-z][a-zA-Z0-9_.:/-]*)\}`)

// Tree is an answer, or a part of one, with names in it: see Dialect.
type Tree struct{ value any }

// IsZero reports whether there is no tree at all.
func (t Tree) IsZero() bool { return t.value == nil }

// Removes reports whether the tree is $absent, which removes a member.
func (t Tree) Removes() bool { return t.value == match.Absent }

// Members are the names of the tree's members, where it is a mapping.
func (t Tree) Members() []string {
	members, _ := t.value.(map[string]any)
	return slices.Sorted(maps.Keys(members))
}

// TreeOf makes a tree of what JSON has.
func TreeOf(value any) Tree { return Tree{value} }

// UnmarshalStrict reads a tree, and finds in it what stands for nothing.
func (t *Tree) UnmarshalStrict(r *strict.Reader) {
	if r.Decode(r.Node(), &t.value) {
		checkTree(r, r.Node())
	}
}

// MarshalJSON writes the tree as it was read.
func (t Tree) MarshalJSON() ([]byte, error) { return json.Marshal(t.value) }

// Fill returns the tree with every name in it replaced, and whether anything is
// left: a text with a name that has no value is nothing. Patterns draw from
// random.
func (t Tree) Fill(v Values, random io.Reader) (any, bool) { return fill(t.value, v, random) }

// Text is Fill for a text, empty where nothing is left.
func (t Tree) Text(v Values) string {
	value, ok := fill(t.value, v, nil)
	if !ok || value == nil {
		return ""
	}
	return match.Text(value)
}

func fill(tree any, v Values, random io.Reader) (any, bool) {
	switch t := tree.(type) {
	case string:
		return fillText(t, v)
	case map[string]any:
		for _, operator := range operators() {
			if _, ok := t[operator]; ok {
				return fillOperator(operator, t, v, random)
			}
		}
		out := make(map[string]any, len(t))
		for name, member := range t {
			if value, ok := fill(member, v, random); ok {
				out[name] = value
			}
		}
		return out, true
	case []any:
		out := make([]any, 0, len(t))
		for _, item := range t {
			if value, ok := fill(item, v, random); ok {
				out = append(out, value)
			}
		}
		return out, true
	}
	return tree, true
}

func fillText(text string, v Values) (any, bool) {
	if m := reference.FindStringSubmatch(text); m != nil && m[0] == text {
		return v.Get(m[1])
	}
	whole := true
	out := reference.ReplaceAllStringFunc(text, func(ref string) string {
		value, ok := v.Get(ref[2 : len(ref)-1])
		whole = whole && ok
		return match.Text(value)
	})
	return out, whole
}

func operators() []string {
	return append([]string{"$when", "$or", "$integer", "$random", "$json"}, textOperators()...)
}

func fillOperator(operator string, t map[string]any, v Values, random io.Reader) (any, bool) {
	switch operator {
	case "$when":
		condition, _ := match.Object(t["$when"])
		branch := "$else"
		if v.Holds([]Condition{condition}) {
			branch = "$value"
		}
		if value, ok := t[branch]; ok {
			return fill(value, v, random)
		}
	case "$or":
		choices, _ := match.List(t["$or"])
		for _, choice := range choices {
			if value, ok := fill(choice, v, random); ok {
				return value, true
			}
		}
	case "$integer":
		if value, ok := fill(t["$integer"], v, random); ok {
			n, err := strconv.ParseInt(match.Text(value), 10, 64)
			return n, err == nil
		}
	case "$random":
		p, err := ParsePattern(match.Text(t["$random"]))
		if of, bound := t["$of"]; bound {
			text, ok := fill(of, v, random)
			return p.Always(match.Text(text)), ok && err == nil
		}
		return p.Make(random), err == nil
	case "$json":
		if value, ok := fill(t["$json"], v, random); ok {
			text, err := json.Marshal(value)
			return string(text), err == nil
		}
	default:
		return fillOfText(operator, t, v, random)
	}
	return nil, false
}

// Apply lays changes over members: $absent removes one, and a tree without a
// value leaves what is there.
func (c Changes) Apply(members map[string]any, v Values, random io.Reader) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if c[name].Removes() {
			delete(members, name)
		} else if value, ok := c[name].Fill(v, random); ok && value == match.Absent {
			delete(members, name)
		} else if ok {
			members[name] = value
		}
	}
}

// checkTree finds what a tree cannot mean: names that stand for nothing, and
// operators that do not exist.
func checkTree(r *strict.Reader, n *strict.Node) {
	switch n.Kind {
	case strict.Mapping:
		for _, e := range n.Entries {
			switch name := e.Key.Text; {
			case name == "$when":
				continue // matchers
			case name == "$random":
				if _, err := ParsePattern(e.Value.Text); err != nil {
					r.Report(e.Value.Problem(strict.Value, "", "%s", err))
				}
				continue
			case strings.HasPrefix(name, "$") && !slices.Contains(append(operators(), "$value", "$else", "$of", "$with"), name):
				r.Report(e.Value.KeyProblem(strict.Value, "the operators are "+strings.Join(operators(), ", "), "%s is no operator of answers", name))
			}
			checkTree(r, e.Value)
		}
	case strict.Sequence:
		for _, item := range n.Items {
			checkTree(r, item)
		}
	default:
		for _, m := range reference.FindAllStringSubmatch(n.Text, -1) {
			if !knownName(m[1]) {
				r.Report(n.Problem(strict.Value, "there are "+strings.Join(names(), ", "), "${%s} stands for nothing", m[1]))
			}
		}
		if rest := reference.ReplaceAllString(n.Text, ""); strings.Contains(rest, "${") {
			r.Report(n.Problem(strict.Value, "write ${user.email}", "a ${ names nothing"))
		}
	}
}

// names are what a tree can speak of.
func names() []string {
	return []string{
		"user.<claim>", "client.<metadata>", "request.<parameter>", "form.<parameter>", "path.<segment>", "body.<member>", "token.<claim>", "item.<name>", "values.<name>",
		"grant_type", "audience", "item", "certificates", "scope", "scopes", "declined", "permissions", "granular_scopes", "access_token", "user_access_token", "refresh_token", "id_token",
		"expires_in", "issued_at", "expires_at", "expires_on",
		"issuer", "base", "now", "timestamp", "endpoint", "error", "error_description", "error_uri", "status", "state", "code", "consent_shown",
		"device_code", "user_code", "interval", "verification_uri",
	}
}

func knownName(name string) bool {
	root, _, nested := strings.Cut(name, ".")
	if nested {
		return slices.ContainsFunc(names(), func(known string) bool { return strings.HasPrefix(known, root+".<") })
	}
	return slices.Contains(names(), name)
}
