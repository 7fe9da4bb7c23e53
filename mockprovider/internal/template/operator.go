package template

import (
	"encoding/base64"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// textOperators are the operators that make one value of another.
func textOperators() []string {
	return []string{"$text", "$lower", "$base64url", "$uuid", "$join", "$match", "$first", "$each", "$if"}
}

// fillOfText returns what one of textOperators makes of its operand, and whether
// that has a value.
func fillOfText(operator string, t map[string]any, v Values, random io.Reader) (any, bool) {
	if operator == "$if" {
		return fillIf(t, v, random)
	}
	operand, ok := t[operator]
	if operator == "$match" {
		operand, ok = t["$of"]
	}
	if !ok {
		return nil, false
	}
	of, ok := fill(operand, v, random)
	switch {
	case operator == "$each" && (!ok || of == nil):
		return []any{}, true
	case !ok || of == nil:
		return nil, false
	}
	switch operator {
	case "$text":
		return match.Text(of), true
	case "$lower":
		return strings.ToLower(match.Text(of)), true
	case "$base64url":
		return base64.RawURLEncoding.EncodeToString([]byte(match.Text(of))), true
	case "$uuid":
		return uuidOf(match.Text(of)), true
	case "$join":
		written, _ := operand.([]any)
		parts := texts(of)
		return strings.Join(parts, match.Text(t["$with"])), len(parts) >= len(written)
	case "$match":
		return partOf(match.Text(of), match.Text(t["$match"]))
	case "$first":
		if list, _ := match.List(of); len(list) > 0 {
			return list[0], true
		}
		return nil, false
	}
	return fillEach(of, t["$value"], v, random), true
}

// fillIf returns one of two trees, by whether a third one has a value.
func fillIf(t map[string]any, v Values, random io.Reader) (any, bool) {
	branch := "$else"
	if value, ok := fill(t["$if"], v, random); ok && value != nil {
		branch = "$value"
	}
	if tree, ok := t[branch]; ok {
		return fill(tree, v, random)
	}
	return nil, false
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// uuidOf returns a text that is a UUID as it is, else one that is always the same
// for the text.
func uuidOf(text string) string {
	if uuid.MatchString(text) {
		return text
	}
	hex := Pattern{parts: []part{{alphabet: alphabetOf("hex"), length: 32}}}.Always(text)
	return hex[:8] + "-" + hex[8:12] + "-4" + hex[13:16] + "-a" + hex[17:20] + "-" + hex[20:]
}

// texts are the items of a list as texts. What is not a list is one item.
func texts(of any) []string {
	list, ok := match.List(of)
	if !ok {
		return []string{match.Text(of)}
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		out = append(out, match.Text(item))
	}
	return out
}

// partOf returns the text that the group of an expression matches, or false if the
// expression does not match.
func partOf(text, expression string) (any, bool) {
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, false // the strict reader lets none pass
	}
	groups := re.FindStringSubmatch(text)
	if groups == nil {
		return nil, false
	}
	return groups[len(groups)-1], true
}

// fillEach returns a list of what a tree is for each item of a list. A single item
// is a list of one.
func fillEach(of, tree any, v Values, random io.Reader) []any {
	list, ok := match.List(of)
	if !ok {
		list = []any{of}
	}
	out := make([]any, 0, len(list))
	each := maps.Clone(v)
	for _, item := range list {
		each["item"] = item
		if value, ok := fill(tree, each, random); ok {
			out = append(out, value)
		}
	}
	return slices.Clip(out)
}
