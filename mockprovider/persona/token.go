package persona

import (
	"errors"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
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

// IDToken says how long ID tokens are valid, and what they are and contain. It is
// set at the same levels as AccessToken.
type IDToken struct {
	Lifetime   clock.Duration     `json:"lifetime,omitempty" min:"1" doc:"how long an ID token is valid; default 1h"`
	Typ        string             `json:"typ,omitempty" doc:"typ in the header; default JWT, $absent leaves it out"`
	SigningAlg protocol.Algorithm `json:"signing_alg,omitempty" enum:"@signing" doc:"algorithm for clients that register none; default RS256"`
	Claims     Claims             `json:"claims,omitempty" doc:"claims to set, made of ${names}, or to remove with $absent"`
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

// CheckName says what is wrong with a ${name} in a claim, and what may be meant.
// Both are empty where nothing is wrong.
func CheckName(name string) (problem, hint string) {
	return template.CheckName(name, template.ClaimNames())
}

// Claims are claims to set. A text in a value, however deep, may contain ${names};
// one that is a name and nothing else becomes the value of that name, whatever its
// type. What has no value, such as ${user.email} in a token of a client itself, is
// left out. $absent removes a claim, and operators such as $or make a value of others:
// authdrill help tokens has them.
type Claims = template.Claims
