package token

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Introspect describes a token in the members of RFC 7662 section 2.2.
func (m *Maker) Introspect(ctx context.Context, token string) map[string]any {
	x := exchange.From(ctx)
	now := m.state.Clock.Now()
	if a, ok := m.Access(ctx, token); ok && a.Live(now) && m.IsUserThere(a.Grant) {
		x.Bind(a.Grant.Login, "", a.Grant.Subject)
		out := m.describe(m.Under(ctx, a.Address), a.Grant, a.Scopes, a.Audience, a.Issued, a.Expires)
		out["token_type"] = "Bearer"
		maps.Copy(out, claimsOf(&a))
		return out
	}
	if r, ok := m.RefreshToken(ctx, token); ok {
		x.Bind(r.Grant.Login, "", r.Grant.Subject)
		return m.describe(m.Under(ctx, r.Address), r.Grant, r.Grant.Scopes, r.Grant.Audience, r.Issued, r.Expires)
	}
	if m.Rules().IntrospectIDToken {
		return m.introspectIDToken(ctx, token)
	}
	return map[string]any{"active": false}
}

// introspectIDToken describes an ID token, where a persona has it so: nothing of it is
// stored, and its own exp says how long it is valid. An access token that was revoked is
// not one, although it is signed by the same key.
func (m *Maker) introspectIDToken(ctx context.Context, token string) map[string]any {
	inactive := map[string]any{"active": false}
	if _, access := m.state.Store.Access(token, m.state.Clock.Now()); access {
		return inactive
	}
	claims, err := m.Hint(ctx, token)
	if err != nil {
		return inactive
	}
	exp, dated := claims["exp"].(float64)
	aud, _ := claims["aud"].(string)
	if _, known := m.state.Store.Client(aud); !known || !dated || exp <= float64(m.state.Clock.Now().Unix()) {
		return inactive
	}
	claims["active"], claims["client_id"] = true, aud
	if name, ok := claims["preferred_username"]; ok {
		claims["username"] = name
	}
	return claims
}

// claimsOf returns what an access token says: as it is kept, or as the JWT has it.
func claimsOf(a *record.HeldAccess) map[string]any {
	raw := []byte(a.Claims)
	if a.Claims == "" && a.JWT {
		if parts, err := jwt.Parts(a.Token); err == nil {
			raw, _ = base64.RawURLEncoding.DecodeString(parts[1]) // it was written here
		}
	}
	if len(raw) == 0 {
		return nil
	}
	var out map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()      // a large number stays the one that was written
	_ = d.Decode(&out) // it was written here
	return out
}

// describe returns the members about a token that lives.
func (m *Maker) describe(ctx context.Context, g *record.Grant, scopes, audience []string, issued, expires record.Instant) map[string]any {
	c := m.ContentOf(ctx, g, m.Levels(g, m.ClientOfGrant(g), scopes), audience)
	c.Issued, c.Expires = issued.Time().Unix(), expires.Time().Unix()
	return m.ClaimsOf(ctx, protocol.IntrospectionResponse, c)
}
