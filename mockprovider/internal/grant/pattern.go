package grant

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// random returns a code or token: of the persona's pattern, if it has one.
func (e *Engine) random(pattern *persona.Pattern) string {
	if pattern != nil {
		return pattern.Make(e.Random)
	}
	return e.Random.Token(entropy)
}

// DeviceCode returns a new device code (RFC 8628 section 3.2).
func (e *Engine) DeviceCode() string { return e.random(e.patterns().DeviceCode) }

// UserCode returns a new code for a user to enter (RFC 8628 section 6.1), empty
// where the persona says nothing about it.
func (e *Engine) UserCode() string {
	if p := e.patterns().UserCode; p != nil {
		return p.Make(e.Random)
	}
	return ""
}

// patterns returns those of the dialect, all nil where tokens are only random.
func (e *Engine) patterns() *persona.Patterns { return &e.rules().Tokens }

// issue makes and keeps an opaque access token of a grant that is stored.
func (e *Engine) issue(pattern *persona.Pattern, g *record.Grant, scopes []string) (string, record.Access) {
	token := e.random(pattern)
	return token, e.keep(token, record.Access{GrantKey: g.Key, Scopes: scopes}, record.GiveWay{})
}

// keep remembers an access token for its lifetime, which begins now. Others may
// have to give way to it.
func (e *Engine) keep(token string, a record.Access, give record.GiveWay) record.Access {
	now := e.now()
	expires := now.Add(e.Persona().AccessToken.Lifetime.D())
	a.Issued, a.Expires = record.At(now), record.At(expires)
	e.Store.KeepAccess(token, a, e.forgotten(expires), give)
	return a
}

// accessPattern is what an opaque access token looks like: with openid it is the
// user's, where the persona tells them apart.
func (e *Engine) accessPattern(scopes []string) *persona.Pattern {
	if p := e.patterns(); p.UserAccess != nil && slices.Contains(scopes, "openid") {
		return p.UserAccess
	}
	return e.patterns().Access
}

// UserToken is the second access token of a token response: for the user, with
// the scopes of the parameter user_scope. It is empty where the persona gives
// none, or none was asked for.
func (e *Engine) UserToken(g *record.Grant) string {
	pattern := e.patterns().UserAccess
	scopes := strings.FieldsFunc(g.Request.Get("user_scope"), func(r rune) bool { return r == ',' || r == ' ' })
	if pattern == nil || len(scopes) == 0 {
		return ""
	}
	token, _ := e.issue(pattern, g, scopes)
	return token
}
