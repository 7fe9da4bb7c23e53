package grant

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// entropy is the strength of codes and tokens in bytes: RFC 6749 section 10.10
// asks for a guessing chance of at most 2^-128 and suggests 2^-160.
const entropy = 20

// random returns a code or token: of the persona's pattern, if it has one.
func (e *Engine) random(pattern *template.Pattern) string {
	if pattern != nil {
		return pattern.Make(e.Random)
	}
	return e.Random.Token(entropy)
}

// patterns returns those of the dialect, all nil where tokens are only random.
func (e *Engine) patterns() *dialectfile.Patterns { return &e.Rules().Tokens }

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

// issueOpaque makes and keeps an opaque access token of a grant that is stored.
func (e *Engine) issueOpaque(ctx context.Context, pattern *template.Pattern, g *record.Grant, scopes []string) (string, record.Access) {
	token := e.random(pattern)
	l := e.levels(g, e.clientOfGrant(g), scopes)
	now, lifetime := e.now(), l.AccessToken().Lifetime.D()
	a := record.Access{GrantKey: g.Key, Scopes: scopes, Audience: g.Audience, Issued: record.At(now), Expires: record.At(now.Add(lifetime))}
	if l.Configured(protocol.AccessToken) {
		c := e.contentOf(ctx, g, l, g.Audience)
		c.Expires = now.Add(lifetime).Unix()
		a.Claims = encodeClaims(e.claims(ctx, protocol.AccessToken, c))
	}
	e.keepAccess(token, a, record.GiveWay{})
	return token, a
}

// keepAccess remembers an access token. Others may have to give way to it.
func (e *Engine) keepAccess(token string, a record.Access, give record.GiveWay) {
	e.Store.KeepAccess(token, a, e.forgetAt(a.Expires.Time()), give)
}

// giveWay says which access tokens end when one is issued: the oldest, where there
// is a limit, and those of the grant, where the persona ends them at a refresh.
func (e *Engine) giveWay(r fosite.Requester, limit int) record.GiveWay {
	give := record.GiveWay{Most: limit}
	if e.Rules().RefreshEndsAccess {
		ar, ok := r.(fosite.AccessRequester)
		give.OfFamily = ok && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant))
	}
	return give
}

// forgetAt returns when a token that expires then is forgotten, even as
// expired.
func (e *Engine) forgetAt(expires time.Time) time.Time { return expires.Add(e.Rules().ExpiredKnown) }

// accessPattern is what an opaque access token looks like: with openid it is the
// user's, where the persona tells them apart.
func (e *Engine) accessPattern(scopes []string) *template.Pattern {
	if p := e.patterns(); p.UserAccess != nil && slices.Contains(scopes, "openid") {
		return p.UserAccess
	}
	return e.patterns().Access
}

// UserToken is the second access token of a token response with some scopes: for the
// user, with scopes that the persona makes of more, else those of the parameter
// user_scope. It is empty where the persona gives none, or none was asked for.
func (e *Engine) UserToken(ctx context.Context, g *record.Grant, granted []string, more template.Values) string {
	pattern := e.patterns().UserAccess
	if pattern == nil {
		return ""
	}
	text := g.Request.Get("user_scope")
	if tree := e.Rules().UserScope; !tree.IsZero() {
		v := e.Values(ctx, g, granted)
		maps.Copy(v, more)
		text = tree.Text(v)
	}
	scopes := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(scopes) == 0 {
		return ""
	}
	token, _ := e.issueOpaque(ctx, pattern, g, scopes)
	return token
}
