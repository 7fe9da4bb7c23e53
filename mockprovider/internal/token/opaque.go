package token

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// entropy is the strength of codes and tokens in bytes: RFC 6749 section 10.10
// asks for a guessing chance of at most 2^-128 and suggests 2^-160.
const entropy = 20

// RandomText returns a code or token: of the persona's pattern, if it has one.
func (m *Maker) RandomText(pattern *template.Pattern) string {
	if pattern != nil {
		return pattern.Make(m.random)
	}
	return m.random.Token(entropy)
}

// Patterns returns those of the dialect, all nil where tokens are only random.
func (m *Maker) Patterns() *dialectfile.Patterns { return &m.Rules().Tokens }

// DeviceCode returns a new device code (RFC 8628 section 3.2).
func (m *Maker) DeviceCode() string { return m.RandomText(m.Patterns().DeviceCode) }

// UserCode returns a new code for a user to enter (RFC 8628 section 6.1), empty
// where the persona says nothing about it.
func (m *Maker) UserCode() string {
	if p := m.Patterns().UserCode; p != nil {
		return p.Make(m.random)
	}
	return ""
}

// IssueOpaque makes and keeps an opaque access token of a grant that is stored.
func (m *Maker) IssueOpaque(ctx context.Context, pattern *template.Pattern, g *record.Grant, scopes []string) (string, record.Access) {
	token := m.RandomText(pattern)
	l := m.Levels(g, m.ClientOfGrant(g), scopes)
	now, lifetime := m.state.Clock.Now(), l.AccessToken().Lifetime.D()
	a := record.Access{GrantKey: g.Key, Scopes: scopes, Audience: g.Audience, Issued: record.At(now), Expires: record.At(now.Add(lifetime))}
	if l.Configured(protocol.AccessToken) {
		c := m.ContentOf(ctx, g, l, g.Audience)
		c.Expires = now.Add(lifetime).Unix()
		a.Claims = EncodeClaims(m.ClaimsOf(ctx, protocol.AccessToken, c))
	}
	m.KeepAccess(token, a, record.GiveWay{})
	return token, a
}

// KeepAccess remembers an access token. Others may have to give way to it.
func (m *Maker) KeepAccess(token string, a record.Access, give record.GiveWay) {
	m.state.Store.KeepAccess(token, a, m.ForgetAt(a.Expires.Time()), give)
}

// ForgetAt returns when a token that expires then is forgotten, even as
// expired.
func (m *Maker) ForgetAt(expires time.Time) time.Time { return expires.Add(m.Rules().ExpiredKnown) }

// AccessPattern is what an opaque access token looks like: with openid it is the
// user's, where the persona tells them apart.
func (m *Maker) AccessPattern(scopes []string) *template.Pattern {
	if p := m.Patterns(); p.UserAccess != nil && slices.Contains(scopes, "openid") {
		return p.UserAccess
	}
	return m.Patterns().Access
}

// UserToken is the second access token of a token response with some scopes: for the
// user, with scopes that the persona makes of more, else those of the parameter
// user_scope. It is empty where the persona gives none, or none was asked for.
func (m *Maker) UserToken(ctx context.Context, g *record.Grant, granted []string, more template.Values) string {
	pattern := m.Patterns().UserAccess
	if pattern == nil {
		return ""
	}
	text := g.Request.Get("user_scope")
	if tree := m.Rules().UserScope; !tree.IsZero() {
		v := m.Values(ctx, g, granted)
		maps.Copy(v, more)
		text = tree.Text(v)
	}
	scopes := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(scopes) == 0 {
		return ""
	}
	token, _ := m.IssueOpaque(ctx, pattern, g, scopes)
	return token
}

// Reissue gives another access token for the grant and the scopes of one.
func (m *Maker) Reissue(ctx context.Context, a *record.HeldAccess) string {
	token, _ := m.IssueOpaque(ctx, m.Patterns().Access, a.Grant, a.Scopes)
	return token
}

// KeepClientToken keeps an access token that a client made of itself.
func (m *Maker) KeepClientToken(token string, g *record.Grant) {
	if known, ok := m.state.Store.Access(token, m.state.Clock.Now()); ok && known.Live(m.state.Clock.Now()) {
		g = known.Grant
	} else {
		m.PutGrant(g)
	}
	now, l := m.state.Clock.Now(), m.Levels(g, m.ClientOfGrant(g), nil)
	m.KeepAccess(token, record.Access{GrantKey: g.Key, Issued: record.At(now), Expires: record.At(now.Add(l.AccessToken().Lifetime.D()))}, record.GiveWay{})
}

// PutGrant stores a grant that begins now. It must not be changed any more.
func (m *Maker) PutGrant(g *record.Grant) {
	g.Key = m.state.Store.PutGrant(*g, m.ForgetAt(m.state.Clock.Now().Add(m.state.Persona().AccessToken.Lifetime.D())))
}

// CloneWords copies words of a request that outlive it: each may be a part of its
// text, and would keep all of that in memory.
func CloneWords(words []string) []string {
	out := make([]string, len(words))
	for n, word := range words {
		out[n] = strings.Clone(word)
	}
	return out
}
