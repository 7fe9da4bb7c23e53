package grant

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Introspect describes a token in the members of RFC 7662 section 2.2.
func (e *Engine) Introspect(ctx context.Context, token string) map[string]any {
	x := journal.From(ctx)
	now := e.now()
	if a, ok := e.access(ctx, token); ok && a.Live(now) && e.userThere(a.Grant) {
		x.Bind(a.Grant.Login, "", a.Grant.Subject)
		out := e.describe(ctx, a.Grant, a.Scopes, a.Audience, a.Issued, a.Expires)
		out["token_type"] = "Bearer"
		return out
	}
	if r, ok := e.refresh(ctx, token); ok && r.Expires.After(now) && !r.Ended && e.userThere(r.Grant) &&
		r.Current(now, e.Persona().RefreshToken.GraceWindow.D()) {
		x.Bind(r.Grant.Login, "", r.Grant.Subject)
		return e.describe(ctx, r.Grant, r.Grant.Scopes, r.Grant.Audience, r.Issued, r.Expires)
	}
	return map[string]any{"active": false}
}

// describe returns the members about a token that lives.
func (e *Engine) describe(ctx context.Context, g *record.Grant, scopes, audience []string, issued, expires record.Instant) map[string]any {
	s := e.source(ctx, g, g.ClientID, scopes, 0)
	s.audience = audience
	s.issued, s.expires = issued.Time().Unix(), expires.Time().Unix()
	return e.claims(ctx, protocol.IntrospectionResponse, s)
}
