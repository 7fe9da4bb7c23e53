package persona

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
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

// Holds reports whether one of the conditions holds of the values.
func (v Values) Holds(conditions []Condition) bool {
	return slices.ContainsFunc(conditions, func(c Condition) bool { return match.OK(map[string]any(c), map[string]any(v)) })
}

var reference = regexp.MustCompile(`\$\{([a-z][a-zA-Z0-9_.:/-]*)\}`)

// Fill returns a tree with every name in it replaced, and whether anything is
// left: a text with a name that has no value is nothing. Patterns draw from
// random.
func Fill(tree any, v Values, random io.Reader) (any, bool) {
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
			if value, ok := Fill(member, v, random); ok {
				out[name] = value
			}
		}
		return out, true
	case []any:
		out := make([]any, 0, len(t))
		for _, item := range t {
			if value, ok := Fill(item, v, random); ok {
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

func operators() []string { return []string{"$when", "$or", "$integer", "$random"} }

func fillOperator(operator string, t map[string]any, v Values, random io.Reader) (any, bool) {
	switch operator {
	case "$when":
		condition, _ := match.Object(t["$when"])
		branch := "$else"
		if v.Holds([]Condition{condition}) {
			branch = "$value"
		}
		if value, ok := t[branch]; ok {
			return Fill(value, v, random)
		}
	case "$or":
		choices, _ := match.List(t["$or"])
		for _, choice := range choices {
			if value, ok := Fill(choice, v, random); ok {
				return value, true
			}
		}
	case "$integer":
		if value, ok := Fill(t["$integer"], v, random); ok {
			n, err := strconv.ParseInt(match.Text(value), 10, 64)
			return n, err == nil
		}
	case "$random":
		p, err := ParsePattern(match.Text(t["$random"]))
		return p.Make(random), err == nil
	}
	return nil, false
}

// Apply lays changes over members: $absent removes one, and a tree without a
// value leaves what is there.
func (c Changes) Apply(members map[string]any, v Values, random io.Reader) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if c[name] == match.Absent {
			delete(members, name)
		} else if value, ok := Fill(c[name], v, random); ok {
			members[name] = value
		}
	}
}

// checkTree finds what a tree cannot mean: names that stand for nothing, and
// operators that do not exist.
func checkTree(tree any) error {
	switch t := tree.(type) {
	case string:
		for _, m := range reference.FindAllStringSubmatch(t, -1) {
			if !knownName(m[1]) {
				return fmt.Errorf("${%s} stands for nothing: there are %s", m[1], strings.Join(names(), ", "))
			}
		}
		if rest := reference.ReplaceAllString(t, ""); strings.Contains(rest, "${") {
			return fmt.Errorf("%q has a ${ that names nothing", t)
		}
	case map[string]any:
		for name, member := range t {
			if strings.HasPrefix(name, "$") && !slices.Contains(append(operators(), "$value", "$else"), name) {
				return fmt.Errorf("%s is no operator of answers: there are %s", name, strings.Join(operators(), ", "))
			}
			if name == "$when" {
				continue // matchers
			}
			if name == "$random" {
				if _, err := ParsePattern(match.Text(member)); err != nil {
					return err
				}
				continue
			}
			if err := checkTree(member); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	case []any:
		for n, item := range t {
			if err := checkTree(item); err != nil {
				return fmt.Errorf("[%d]: %w", n, err)
			}
		}
	}
	return nil
}

// names are what a tree can speak of.
func names() []string {
	return []string{
		"user.<claim>", "client.<metadata>", "request.<parameter>", "path.<segment>", "token.<claim>", "values.<name>",
		"scope", "scopes", "declined", "access_token", "refresh_token", "id_token", "expires_in", "issued_at", "expires_at",
		"issuer", "base", "now", "error", "error_description", "error_uri", "status", "state", "code", "consent_shown",
		"device_code", "user_code", "interval", "verification_uri",
	}
}

func knownName(name string) bool {
	root, _, nested := strings.Cut(name, ".")
	if nested {
		return slices.Contains(names(), root+".<claim>") || slices.Contains(names(), root+".<metadata>") ||
			slices.Contains(names(), root+".<parameter>") || slices.Contains(names(), root+".<segment>") || slices.Contains(names(), root+".<name>")
	}
	return slices.Contains(names(), name)
}
