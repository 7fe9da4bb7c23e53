package dialectfile

import (
	"slices"
	"strings"
)

// JoinScopes writes scopes as the provider's answers have them.
func (d *Dialect) JoinScopes(scopes []string) string {
	if d == nil {
		return strings.Join(scopes, " ")
	}
	long := make([]string, 0, len(scopes))
	for _, scope := range scopes {
		if slices.Contains(d.Scope.Unsaid, scope) {
			continue
		}
		if alias, ok := d.Scope.Aliases[scope]; ok {
			scope = alias
		}
		long = append(long, scope)
	}
	separator := " "
	if d.Scope.Separators != "" {
		separator = d.Scope.Separators[:1]
	}
	return strings.Join(long, separator)
}

// SplitScopes reads the scopes of a request: short names, in their order, once
// each.
func (d *Dialect) SplitScopes(text string) []string {
	separators := d.Scope.Requests
	if separators == "" {
		separators = d.Scope.Separators
	}
	if separators == "" {
		separators = " "
	}
	short := make(map[string]string, len(d.Scope.Aliases))
	for name, alias := range d.Scope.Aliases {
		short[alias] = name
	}
	var out []string
	add := func(scope string) {
		if name, ok := short[scope]; ok {
			scope = name
		}
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	for _, scope := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		add(scope)
	}
	for _, scope := range slices.Clone(out) {
		for _, further := range d.Scope.With[scope] {
			add(further)
		}
	}
	for _, scope := range d.Scope.Always {
		add(scope)
	}
	if len(out) == 0 {
		out = slices.Clone(d.Scope.Default)
	}
	return out
}
