package grant

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
func (e *Engine) Introspect(ctx context.Context, token string) map[string]any {
	x := exchange.From(ctx)
	now := e.now()
	if a, ok := e.Access(ctx, token); ok && a.Live(now) && e.userThere(a.Grant) {
		x.Bind(a.Grant.Login, "", a.Grant.Subject)
		out := e.describe(e.Under(ctx, a.Address), a.Grant, a.Scopes, a.Audience, a.Issued, a.Expires)
		out["token_type"] = "Bearer"
		maps.Copy(out, claimsOf(&a))
		return out
	}
	if r, ok := e.RefreshToken(ctx, token); ok {
		x.Bind(r.Grant.Login, "", r.Grant.Subject)
		return e.describe(e.Under(ctx, r.Address), r.Grant, r.Grant.Scopes, r.Grant.Audience, r.Issued, r.Expires)
	}
	if e.Rules().IntrospectIDToken {
		return e.introspectIDToken(ctx, token)
	}
	return map[string]any{"active": false}
}

// introspectIDToken describes an ID token, where a persona has it so: nothing of it is
// stored, and its own exp says how long it is valid. An access token that was revoked is
// not one, although it is signed by the same key.
func (e *Engine) introspectIDToken(ctx context.Context, token string) map[string]any {
	inactive := map[string]any{"active": false}
	if _, access := e.Store.Access(token, e.now()); access {
		return inactive
	}
	claims, err := e.Hint(ctx, token)
	if err != nil {
		return inactive
	}
	exp, dated := claims["exp"].(float64)
	aud, _ := claims["aud"].(string)
	if _, known := e.Store.Client(aud); !known || !dated || exp <= float64(e.now().Unix()) {
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
func (e *Engine) describe(ctx context.Context, g *record.Grant, scopes, audience []string, issued, expires record.Instant) map[string]any {
	c := e.contentOf(ctx, g, e.levels(g, e.clientOfGrant(g), scopes), audience)
	c.Issued, c.Expires = issued.Time().Unix(), expires.Time().Unix()
	return e.claims(ctx, protocol.IntrospectionResponse, c)
}
