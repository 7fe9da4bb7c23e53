package grant

import (
	"context"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// GenerateIDToken makes an ID token (OIDC Core section 2) in the issuer's time.
// fosite has put at_hash and c_hash into the session.
func (t *tokens) GenerateIDToken(ctx context.Context, _ time.Duration, r fosite.Requester) (string, error) {
	return t.engine.idToken(ctx, r)
}

func (e *Engine) idToken(ctx context.Context, r fosite.Requester) (string, error) {
	session, l := r.GetSession().(*Session), e.levelsFor(r)
	p := l.IDToken()
	c := e.contentFor(ctx, r, l, p.Lifetime.D())
	if session.target != "" {
		c.ClientID = session.target
	}
	c.Nonce = nonceOf(session.grant, r)
	c.AccessTokenHash, c.CodeHash = session.IDTokenClaims().AccessTokenHash, session.IDTokenClaims().CodeHash
	return e.Sign(ctx, protocol.IDToken, p.SigningAlg, headerTyp(p.Typ, "JWT"), e.claims(ctx, protocol.IDToken, c))
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
