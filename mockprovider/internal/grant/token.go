package grant

import (
	"context"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// tokens makes codes and tokens. A code, a refresh token and an opaque access
// token are nothing but random, and the storage knows the rest; so validating
// one is finding it, which the storage does by the issuer's clock.
type tokens struct{ engine *Engine }

var (
	_ oauth2.CoreStrategy               = (*tokens)(nil)
	_ openid.OpenIDConnectTokenStrategy = (*tokens)(nil)
)

func (t *tokens) AccessTokenSignature(_ context.Context, token string) string { return token }

// GenerateAccessToken makes an access token: random, or a JWT as in RFC 9068. What
// is kept of it later goes into the session.
func (t *tokens) GenerateAccessToken(ctx context.Context, r fosite.Requester) (token, signature string, err error) {
	e, session := t.engine, r.GetSession().(*Session)
	l := e.levelsFor(r)
	if len(r.GetRequestedAudience()) > 0 {
		l.Format = e.Rules().Audience.Format
	}
	p, configured := l.AccessToken(), l.Configured(protocol.AccessToken)
	session.idTokenAlg = l.IDToken().SigningAlg
	now := e.now()
	session.access = record.Access{Issued: record.At(now), Expires: record.At(now.Add(p.Lifetime.D())), JWT: p.Format == "jwt"}
	session.limit = p.Limit
	if !session.access.JWT && !configured {
		token = e.random(e.accessPattern(r.GetGrantedScopes()))
		return token, token, nil
	}
	c := e.contentFor(ctx, r, l, p.Lifetime.D())
	claims := e.claims(ctx, protocol.AccessToken, c)
	own := configured && session.takeExpiry(claims, &c.Source)
	if !session.access.JWT {
		session.access.Claims = encodeClaims(claims)
		token = e.random(e.accessPattern(r.GetGrantedScopes()))
		return token, token, nil
	}
	if own || claims["iss"] != c.Issuer {
		session.access.Claims = encodeClaims(claims)
	}
	token, err = e.sign(ctx, protocol.AccessToken, p.SigningAlg, headerTyp(p.Typ, "at+jwt"), claims, &session.access.Claims)
	return token, token, err
}

// headerTyp is typ of a JOSE header: as it is configured, else the usual one.
// Empty is none.
func headerTyp(configured, usual string) string {
	switch configured {
	case "":
		return usual
	case match.Absent:
		return ""
	}
	return configured
}

func (t *tokens) ValidateAccessToken(context.Context, fosite.Requester, string) error { return nil }

// AccessToken judges a token as a resource server would: it is live, its user
// is, and a JWT's signature and times are right (RFC 6750 section 3.1, RFC 9068
// section 4). The error is invalid_token; its hint is the truthful reason.
func (e *Engine) AccessToken(ctx context.Context, token string) (record.HeldAccess, error) {
	x := exchange.From(ctx)
	refuse := func(cause protocol.Cause, why string) (record.HeldAccess, error) {
		x.Because(cause)
		x.Decide("access_token", false, why, "RFC 6750 section 3.1")
		return record.HeldAccess{}, invalidToken(why)
	}
	now := e.now()
	a, ok := e.Access(ctx, token)
	if !ok {
		return refuse(protocol.CauseAPITokenUnknown, "The access token is unknown or expired.")
	}
	x.Bind(a.Grant.Login, a.Grant.ClientID, a.Grant.Subject)
	switch {
	case !a.Expires.After(now):
		return refuse(protocol.CauseAPITokenExpired, "The access token has expired.")
	case !a.Live(now):
		return refuse(protocol.CauseAPITokenRevoked, "The access token was revoked.")
	case !e.userThere(a.Grant):
		return refuse(protocol.CauseAPIUserGone, "The user of the access token is disabled or gone.")
	}
	if a.JWT {
		if err := e.verifyAccessToken(e.Under(ctx, a.Address), &a, token, now); err != nil {
			return refuse(protocol.CauseAPITokenUnknown, err.Error())
		}
	}
	x.Decide("access_token", true, "live for another "+a.Expires.Time().Sub(now).Truncate(time.Second).String(), "RFC 6750 section 2")
	return a, nil
}

// RefreshToken returns a refresh token that lives, and that the issuer of the
// request knows.
func (e *Engine) RefreshToken(ctx context.Context, token string) (record.HeldRefresh, bool) {
	now := e.now()
	r, ok := e.Refresh(ctx, token)
	return r, ok && !r.Ended && r.Expires.After(now) && e.userThere(r.Grant) && r.Current(now, acceptedFor(&e.Persona().RefreshToken))
}

// joinScopes writes scopes as the wire has them (RFC 6749 section 3.3).
func joinScopes(scopes []string) string { return strings.Join(scopes, " ") }

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
