package template

import (
	"io"
	"maps"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// collecting are the operators that make one list or mapping of others.
func collecting() []string { return []string{"$concat", "$merge", "$members"} }

// fillCollection returns what one of collecting makes of its operand. What has no
// value is left out, and a single value counts as a list of one.
func fillCollection(operator string, t map[string]any, v Values, random io.Reader) (any, bool) {
	if operator == "$members" {
		return fillMembers(t, v, random)
	}
	parts, _ := match.List(t[operator])
	list, members := []any{}, map[string]any{}
	for _, part := range parts {
		value, ok := fill(part, v, random)
		if !ok || value == nil {
			continue
		}
		if of, is := value.(map[string]any); is && operator == "$merge" {
			maps.Copy(members, of)
		} else if items, is := match.List(value); is {
			list = append(list, items...)
		} else {
			list = append(list, value)
		}
	}
	if operator == "$merge" {
		return members, len(members) > 0
	}
	return unique(list), len(list) > 0
}

// fillMembers returns a mapping with the names of another one, and what a tree is for
// each ${item} of that.
func fillMembers(t map[string]any, v Values, random io.Reader) (any, bool) {
	of, ok := fill(t["$members"], v, random)
	members, is := of.(map[string]any)
	if !ok || !is {
		return nil, false
	}
	out, each := make(map[string]any, len(members)), maps.Clone(v)
	for name, item := range members {
		each["item"] = item
		if value, ok := fill(t["$value"], each, random); ok {
			out[name] = value
		}
	}
	return out, true
}

// unique returns the items of a list, each text once.
func unique(list []any) []any {
	seen := map[string]bool{}
	out := make([]any, 0, len(list))
	for _, item := range list {
		if text, is := item.(string); is {
			if seen[text] {
				continue
			}
			seen[text] = true
		}
		out = append(out, item)
	}
	return out
}
