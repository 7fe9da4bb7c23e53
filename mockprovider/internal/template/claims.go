package template

import (
	"io"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Claims are claims to set. A text in a value, however deep, may contain ${names};
// one that is a name and nothing else becomes the value of that name, whatever its
// type. What has no value, such as ${user.email} in a token of a client itself, is
// left out. $absent removes a claim; the operators are those of Dialect.
type Claims map[string]any

// Apply sets the claims among members.
func (c Claims) Apply(members map[string]any, v Values, random io.Reader) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		switch value, ok := fill(c[name], v, random); {
		case !ok: // what is there stays
		case value == match.Absent:
			delete(members, name)
		default:
			members[name] = value
		}
	}
}

// UnmarshalStrict reads the claims, and finds the names and operators that do not
// exist.
func (c *Claims) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	var read map[string]any
	if r.Decode(n, &read, "claim") {
		*c = read
		checkValue(r, n, map[string]any(read), ClaimNames())
	}
}

// JSONSchema describes the claims.
func (Claims) JSONSchema() map[string]any { return map[string]any{"type": "object"} }

// ClaimNames are what claims may speak of.
func ClaimNames() []string {
	return []string{
		"user.<claim>", "client.<metadata>", "request.<parameter>", "form.<parameter>", "path.<segment>", "grant_type", "scope", "scopes", "audience",
		"issuer", "base", "now", "timestamp", "endpoint", "item", "item.<name>", "session_id", "declined", "permissions", "granular_scopes",
	}
}
