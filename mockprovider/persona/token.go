package persona

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// AccessToken says how long access tokens live, and what they are and contain.
// The provider has one, and each scope, client and user may have one that is laid
// over it, in this order.
type AccessToken struct {
	Lifetime   clock.Duration     `json:"lifetime,omitempty" min:"1" doc:"how long an access token is accepted; default 1h"`
	Format     string             `json:"format,omitempty" enum:"opaque,jwt" doc:"opaque, or a JWT as in RFC 9068; introspection tells the claims of either"`
	Typ        string             `json:"typ,omitempty" doc:"typ in the header of a JWT; default at+jwt (RFC 9068 section 2.1), $absent leaves it out" example:"JWT"`
	SigningAlg protocol.Algorithm `json:"signing_alg,omitempty" enum:"@signing" doc:"algorithm of JWT access tokens"`
	Limit      int                `json:"limit,omitempty" min:"1" doc:"access tokens that live at once for a user, a client and a scope; one more ends the oldest; default no limit"`
	Claims     Claims             `json:"claims,omitempty" doc:"claims to set, made of ${names}, or to remove with $absent; any may be, also iss and exp"`
}

// Check finds settings of JWTs for tokens that are opaque.
func (a *AccessToken) Check() error {
	var wrong []error
	if a.Format == "opaque" && a.Typ != "" {
		wrong = append(wrong, strict.Member("typ", errors.New("an opaque token has no header: leave it out, or use format: jwt")))
	}
	if a.Format == "opaque" && a.SigningAlg != "" && a.SigningAlg != protocol.RS256 { // which is the default
		wrong = append(wrong, strict.Member("signing_alg", errors.New("an opaque token is not signed: leave it out, or use format: jwt")))
	}
	return errors.Join(wrong...)
}

// With returns a with every member that over sets in its place. Claims are left as
// they are: those of each level are set one after the other.
func (a AccessToken) With(over *AccessToken) AccessToken {
	a.Lifetime = cmp.Or(over.Lifetime, a.Lifetime)
	a.Format = cmp.Or(over.Format, a.Format)
	a.Typ = cmp.Or(over.Typ, a.Typ)
	a.SigningAlg = cmp.Or(over.SigningAlg, a.SigningAlg)
	a.Limit = cmp.Or(over.Limit, a.Limit)
	return a
}

// IDToken says how long ID tokens are valid, and what they are and contain. It is
// set at the same levels as AccessToken.
type IDToken struct {
	Lifetime   clock.Duration     `json:"lifetime,omitempty" min:"1" doc:"how long an ID token is valid; default 1h"`
	Typ        string             `json:"typ,omitempty" doc:"typ in the header; default JWT, $absent leaves it out"`
	SigningAlg protocol.Algorithm `json:"signing_alg,omitempty" enum:"@signing" doc:"algorithm for clients that register none; default RS256"`
	Claims     Claims             `json:"claims,omitempty" doc:"claims to set, made of ${names}, or to remove with $absent"`
}

// With returns t with every member that over sets in its place, Claims left as they
// are.
func (t IDToken) With(over *IDToken) IDToken {
	t.Lifetime = cmp.Or(over.Lifetime, t.Lifetime)
	t.Typ = cmp.Or(over.Typ, t.Typ)
	t.SigningAlg = cmp.Or(over.SigningAlg, t.SigningAlg)
	return t
}

// IsZero reports whether nothing is set.
func (t *IDToken) IsZero() bool {
	return t.Lifetime == 0 && t.Typ == "" && t.SigningAlg == "" && len(t.Claims) == 0
}

// Userinfo says what answers of the userinfo endpoint contain, at the same levels.
type Userinfo struct {
	Claims Claims `json:"claims,omitempty" doc:"claims to set, made of ${names}, or to remove with $absent"`
}

// ScopeTokens says what tokens with a scope contain.
type ScopeTokens struct {
	Claims      Claims      `json:"claims,omitempty" doc:"claims of access tokens, ID tokens and userinfo alike"`
	AccessToken AccessToken `json:"access_token,omitzero" doc:"access tokens with the scope"`
	IDToken     IDToken     `json:"id_token,omitzero" doc:"ID tokens with the scope"`
	Userinfo    Userinfo    `json:"userinfo,omitzero" doc:"userinfo answers to access tokens with the scope"`
}

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
	if r.DecodeWords(n, &read, "claim") {
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

// CheckName says what is wrong with a ${name} in a claim, and what may be meant.
// Both are empty where nothing is wrong.
func CheckName(name string) (problem, hint string) { return checkName(name, ClaimNames()) }

// checkName judges a name by those there are. What users and requests have is open,
// so that of their members only a slip is refused.
func checkName(name string, known []string) (problem, hint string) {
	if slices.Contains(known, name) {
		return "", ""
	}
	problem = "unknown variable ${" + name + "}"
	root, member, nested := strings.Cut(name, ".")
	switch group := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, root+".<") }); {
	case !nested && group >= 0, nested && group >= 0 && member == "":
		return problem, "write ${" + known[group] + "}"
	case group < 0:
		return problem, suggestName(root, member, known)
	}
	first, _, _ := strings.Cut(member, ".")
	words := map[string]string{"user": "claim", "client": "client", "request": "oauth-param", "form": "oauth-param"}[root]
	if slices.Contains(furtherMembers(root), first) || words == "" {
		return "", ""
	}
	if near, isSlip := strict.Slip(words, first); isSlip && len(near) > 4 && vocabulary.Distance(near, first) == 1 {
		return problem, "did you mean ${" + root + "." + near + "}?"
	}
	registered := vocabulary.Of(words).Names
	switch {
	case root != "client" || slices.Contains(registered, first):
		return "", ""
	case slices.Contains(registered, "client_"+first):
		return problem, "did you mean ${client.client_" + first + "}?"
	}
	return problem, strict.Suggest(first, registered)
}

// furtherMembers are those of a user in a file that are not claims, and the origins of
// a client's redirect URIs.
func furtherMembers(root string) []string {
	switch root {
	case "user":
		return []string{"login", "claims", "disabled"}
	case "client":
		return []string{"origins"}
	}
	return nil
}

// suggestName returns the name that is nearest to root, or all there are.
func suggestName(root, member string, known []string) string {
	plain := make([]string, 0, len(known))
	for _, k := range known {
		group, _, _ := strings.Cut(k, ".<")
		plain = append(plain, group)
	}
	for _, group := range plain {
		if rest, ok := strings.CutPrefix(root, group+"_"); ok && member == "" && !slices.Contains(known, group) {
			return "did you mean ${" + group + "." + rest + "}?"
		}
	}
	near, ok := strict.Nearest(root, plain)
	switch {
	case !ok:
		return "known are " + strings.Join(known, ", ")
	case slices.Contains(known, near):
	case member != "":
		near += "." + member
	default:
		near = known[slices.Index(plain, near)]
	}
	return "did you mean ${" + near + "}?"
}
