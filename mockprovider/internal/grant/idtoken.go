package grant

import (
	"context"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// GenerateIDToken makes an ID token (OIDC Core section 2) in the issuer's time.
// fosite has put at_hash and c_hash into the session.
func (t *tokens) GenerateIDToken(ctx context.Context, _ time.Duration, r fosite.Requester) (string, error) {
	return t.engine.idToken(ctx, r, nil)
}

// idToken makes the token, with changes to its claims laid over the truth.
func (e *Engine) idToken(ctx context.Context, r fosite.Requester, changes map[string]any) (string, error) {
	session, clientID := r.GetSession().(*Session), r.GetClient().GetID()
	s := e.source(ctx, session.grant, clientID, r.GetGrantedScopes(), e.Persona().IDToken.Lifetime.D())
	s.nonce = nonceOf(session.grant, r)
	s.accessTokenHash, s.codeHash = session.IDTokenClaims().AccessTokenHash, session.IDTokenClaims().CodeHash
	claims := e.claims(ctx, protocol.IDToken, s)
	fault.Apply(claims, changes, e.Clock.Now())
	return e.Sign(ctx, protocol.IDToken, e.idTokenAlg(clientID), "JWT", claims)
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
