package grant

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// GenerateIDToken makes an ID token (OIDC Core section 2) in the issuer's time.
// fosite has put at_hash and c_hash into the session; everything else comes
// from the grant.
func (t *tokens) GenerateIDToken(ctx context.Context, _ time.Duration, r fosite.Requester) (string, error) {
	return t.engine.idToken(ctx, r, nil)
}

// idToken makes the token, with changes to its claims laid over the truth.
func (e *Engine) idToken(ctx context.Context, r fosite.Requester, changes map[string]any) (string, error) {
	s := r.GetSession().(*Session)
	g := s.grant
	now := e.now()
	claims := map[string]any{
		"iss": e.Issuer(ctx, g), "sub": g.Subject, "aud": r.GetClient().GetID(),
		"iat": now.Unix(), "exp": now.Add(e.Persona().IDToken.Lifetime.D()).Unix(),
	}
	put(claims, "at_hash", s.IDTokenClaims().AccessTokenHash)
	put(claims, "c_hash", s.IDTokenClaims().CodeHash)
	put(claims, "nonce", nonceOf(g, r))
	put(claims, "sid", g.SessionID)
	put(claims, "acr", g.ACR)
	if len(g.AMR) > 0 {
		claims["amr"] = g.AMR
	}
	if !g.AuthTime.IsZero() {
		claims["auth_time"] = g.AuthTime.Unix()
	}
	scopes := r.GetGrantedScopes()
	for name, value := range e.UserClaims(g, scopes, "id_token") {
		if _, taken := claims[name]; !taken {
			claims[name] = value
		}
	}
	e.change(ctx, protocol.IDToken, claims, g, scopes)
	fault.Apply(claims, changes, e.Clock.Now())
	return e.Sign(ctx, protocol.IDToken, e.idTokenAlg(r.GetClient().GetID()), "JWT", claims)
}

// nonceOf returns the nonce an ID token must carry: that of the authorization
// request. A refreshed ID token carries none, since it answers no such request
// (OIDC Core section 12.2).
func nonceOf(g *record.Grant, r fosite.Requester) string {
	ar, atTokenEndpoint := r.(fosite.AccessRequester)
	switch {
	case atTokenEndpoint && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant)):
		return ""
	case g.Nonce == "" && !atTokenEndpoint:
		return r.GetRequestForm().Get("nonce") // front channel, before the grant knows it
	}
	return g.Nonce
}

// idTokenAlg is the algorithm of a client's ID tokens: as it registered, else
// the provider's.
func (e *Engine) idTokenAlg(clientID string) protocol.Algorithm {
	if c, ok := e.Store.Client(clientID); ok && c.IDTokenAlg != "" {
		return c.IDTokenAlg
	}
	return e.Persona().IDToken.SigningAlg
}

func put(claims map[string]any, name, value string) {
	if value != "" {
		claims[name] = value
	}
}

// UserClaims returns the claims about the user that belong into the ID token or
// into userinfo: those of the granted scopes (OIDC Core section 5.4), and those
// asked one by one with the claims parameter (section 5.5).
func (e *Engine) UserClaims(g *record.Grant, scopes []string, where string) map[string]any {
	out := map[string]any{}
	u, ok := e.Store.User(g.UserLogin)
	if !ok {
		return out
	}
	if where == "userinfo" || e.Persona().ClaimsIn != "userinfo" {
		for _, scope := range scopes {
			maps.Copy(out, u.ScopeClaims(scope))
		}
	}
	if len(g.ClaimsParameter) > 0 {
		var asked map[string]map[string]json.RawMessage
		if json.Unmarshal(g.ClaimsParameter, &asked) == nil && len(asked[where]) > 0 {
			all := u.AllClaims()
			for name := range asked[where] {
				if v, ok := all[name]; ok {
					out[name] = v
				}
			}
		}
	}
	return out
}
