// Package template fills in answers and claims: a Tree is data with ${names} and
// operators, and Values has the value of each name. Begin with Tree.
package template

import (
	"encoding/json"
	"errors"
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

// Values are the values of ${names}: texts, numbers, lists, and mappings whose
// members are named with a dot.
type Values map[string]any

// Get returns the value of a name, and whether there is one. A null is none. A
// member whose own name has dots, such as https://app.example/roles, is found too.
func (v Values) Get(name string) (any, bool) { return memberOf(map[string]any(v), name) }

func memberOf(at any, name string) (any, bool) {
	members, ok := at.(map[string]any)
	if !ok {
		return nil, false
	}
	if value, ok := members[name]; ok {
		return value, value != nil
	}
	for n := range len(name) {
		if inner, there := members[name[:n]]; name[n] == '.' && there {
			if value, ok := memberOf(inner, name[n+1:]); ok {
				return value, true
			}
		}
	}
	return nil, false
}

// Timestamp is an instant as ${timestamp} has it: UTC, to the second.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// Holds reports whether one of the conditions holds of the values.
func (v Values) Holds(conditions []Condition) bool {
	return slices.ContainsFunc(conditions, func(c Condition) bool { return match.OK(map[string]any(c), map[string]any(v)) })
}

// Tree is an answer, or a part of one, with names in it. ${name} in a text means a
// value; where it is the whole text it keeps that value's type, and a member whose value
// is not there is left out:
//
//	{$when: {scopes: {$contains: email}}, $value: v, $else: w}   v where the matchers hold
//	{$or: [a, b, null]}                                          the first that is there
//	{$if: "${user}", $value: v, $else: w}                        v where another tree has a value
//	{$integer: "${user.sub}"}                                    a number made of digits
//	{$text: "${expires_in}"}                                     a text made of a number or a truth value
//	{$random: "{hex:40}"}                                        a text of a pattern
//	{$random: "{hex:40}", $of: "${user.sub}"}                    always the same of the same text
//	{$json: {name: "${user.name}"}}                              JSON in a text
//	{$lower: "${path.tenant}"}                                   the same text in small letters
//	{$base64url: "${user.name}"}                                 the same text in base64url, without padding
//	{$uuid: "${path.tenant}"}                                    a UUID made of a text; one that is a UUID stays
//	{$join: "${scopes}", $with: ", "}                            the texts of a list in one, where all it names have a value
//	{$match: "^([^/]+)/", $of: "${item}"}                        what the group of a regular expression is in a text
//	{$first: "${scopes}"}                                        the first item of a list
//	{$each: "${user.orgs}", $value: v}                           a list of what v is for each ${item} of a list, which may be missing
//	{$now: -5m}                                                  the issuer's time, and so much later
//	{$concat: [a, "${user.roles}"]}                              a list of several, each text once
//	{$merge: [{a: b}, "${user.access}"]}                         a mapping of several, of which the last wins
//	{$members: "${user.roles}", $value: {roles: "${item}"}}      a mapping with other values
//	$absent                                                      removes the member
//
// A pattern is a text with {digits:n}, {lower:n}, {hex:n}, {base36:n},
// {base62:n}, {base64url:n} or {uuid} in it.
type Tree struct{ value any }

// IsZero reports whether the tree is missing.
func (t Tree) IsZero() bool { return t.value == nil }

// Removes reports whether the tree is $absent, which removes a member.
func (t Tree) Removes() bool { return t.value == match.Absent }

// Members are the names of the tree's members, where it is a mapping.
func (t Tree) Members() []string {
	members, _ := t.value.(map[string]any)
	return slices.Sorted(maps.Keys(members))
}

// SpeaksOf reports whether the tree has a name in it: ${name}, or one below it.
func (t Tree) SpeaksOf(name string) bool {
	text, err := json.Marshal(t.value)
	return err == nil && (strings.Contains(string(text), "${"+name+"}") || strings.Contains(string(text), "${"+name+"."))
}

// TreeOf makes a tree of what JSON has.
func TreeOf(value any) Tree { return Tree{value} }

// Replaced returns trees with one text in the place of another.
func Replaced(trees []Tree, old, text string) []Tree {
	out := slices.Clone(trees)
	for n := range out {
		if out[n].value == old {
			out[n].value = text
		}
	}
	return out
}

// UnmarshalStrict reads a tree, and reports names that it does not know.
func (t *Tree) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	if r.Decode(n, &t.value, "") {
		checkValue(r, n, t.value, names())
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

// fillText fills a text in. $${ is a ${ that is meant literally.
func fillText(text string, v Values) (any, bool) {
	if !strings.Contains(text, "${") {
		return text, true
	}
	if name, ok := onlyName(text); ok {
		return v.Get(name)
	}
	out, err := strict.Expand(text, func(name string) (any, error) {
		if value, ok := v.Get(name); ok {
			return value, nil
		}
		return nil, errNoValue
	})
	return out, err == nil
}

var errNoValue = errors.New("the name has no value")

// onlyName returns the name that is all of a text.
func onlyName(text string) (string, bool) {
	if !strings.HasPrefix(text, "${") || strings.IndexByte(text, '}') != len(text)-1 {
		return "", false
	}
	return text[2 : len(text)-1], true
}

func operators() []string {
	return slices.Concat([]string{"$when", "$or", "$integer", "$random", "$json", "$now"}, textOperators(), collecting())
}

func fillOperator(operator string, t map[string]any, v Values, random io.Reader) (any, bool) {
	switch operator {
	case "$when":
		condition, _ := t["$when"].(map[string]any)
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
	case "$now":
		now, known := v["now"].(int64)
		d, err := time.ParseDuration(match.Text(t["$now"]))
		return now + int64(d/time.Second), known && err == nil
	case "$json":
		if value, ok := fill(t["$json"], v, random); ok {
			text, err := json.Marshal(value)
			return string(text), err == nil
		}
	case "$concat", "$merge", "$members":
		return fillCollection(operator, t, v, random)
	default:
		return fillOfText(operator, t, v, random)
	}
	return nil, false
}

// Changes are members to set; $absent removes one.
type Changes map[string]Tree

// Condition is a mapping of names to matchers, all of which must hold.
type Condition map[string]any

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

// checkValue finds what a value with names in it cannot mean: names and operators
// that do not exist. at is where it was read.
func checkValue(r *strict.Reader, at *strict.Node, value any, known []string) {
	switch v := value.(type) {
	case map[string]any:
		for _, e := range at.Entries {
			checkMember(r, e, v[e.Key.Text], known)
		}
	case []any:
		for n, item := range at.Items {
			checkValue(r, item, v[n], known)
		}
	case string:
		checkText(r, at, v, known)
	}
}

func checkMember(r *strict.Reader, e strict.Entry, value any, known []string) {
	switch name := e.Key.Text; {
	case name == "$when":
		return // matchers
	case name == "$random":
		if _, err := ParsePattern(match.Text(value)); err != nil {
			r.Report(e.Value.Problem(strict.Value, "", "%s", err))
		}
		return
	case name == "$now":
		if _, err := time.ParseDuration(match.Text(value)); err != nil {
			r.Report(e.Value.Problem(strict.Value, "", "invalid duration %q: want a number and a unit, such as -5m", match.Text(value)))
		}
		return
	case strings.HasPrefix(name, "$") && !slices.Contains(append(operators(), "$value", "$else", "$of", "$with"), name):
		r.Report(e.Value.KeyProblem(strict.Value, "the operators are "+strings.Join(operators(), ", "), "unknown operator %s", name))
	case name == "$match":
		if _, err := regexp.Compile(match.Text(value)); err != nil {
			r.Report(e.Value.Problem(strict.Value, "", "%s", err))
		}
		return
	}
	checkValue(r, e.Value, value, known)
}

func checkText(r *strict.Reader, at *strict.Node, text string, known []string) {
	if open := strings.LastIndex(text, "${"); open >= 0 && open > strings.LastIndexByte(text, '}') && !strings.HasSuffix(text[:open], "$") {
		r.Report(at.Problem(strict.Variable, "write $${ for the two characters", "${ without its }"))
		return
	}
	for _, name := range strict.References(text) {
		if problem, hint := CheckName(name, known); problem != "" {
			r.Report(at.Problem(strict.Variable, hint, "%s", problem))
		}
	}
}

// names are what a tree can speak of.
func names() []string {
	return []string{
		"user.<claim>", "client.<metadata>", "request.<parameter>", "form.<parameter>", "path.<segment>", "body.<member>", "token.<claim>", "item.<name>", "values.<name>", "popup.<parameter>", "response",
		"grant_type", "request_path", "audience", "session_id", "public_key", "item", "certificates", "scope", "scopes", "declined", "permissions", "granular_scopes", "access_token", "user_access_token", "refresh_token", "id_token",
		"expires_in", "issued_at", "expires_at", "expires_on",
		"issuer", "base", "now", "timestamp", "endpoint", "error", "error_description", "error_uri", "status", "state", "code", "consent_shown",
		"device_code", "user_code", "interval", "verification_uri",
	}
}
