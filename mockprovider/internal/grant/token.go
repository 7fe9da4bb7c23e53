package grant

import (
	"context"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
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

// entropy is the strength of codes and tokens in bytes: RFC 6749 section 10.10
// asks for a guessing chance of at most 2^-128 and suggests 2^-160.
const entropy = 20

func (t *tokens) AuthorizeCodeSignature(_ context.Context, code string) string { return code }

func (t *tokens) GenerateAuthorizeCode(context.Context, fosite.Requester) (code, signature string, err error) {
	code = t.engine.random(t.engine.patterns().Code)
	return code, code, nil
}

func (t *tokens) ValidateAuthorizeCode(context.Context, fosite.Requester, string) error { return nil }

func (t *tokens) RefreshTokenSignature(_ context.Context, token string) string { return token }

// GenerateRefreshToken makes a refresh token, or returns the one in use where
// the provider does not rotate.
func (t *tokens) GenerateRefreshToken(_ context.Context, r fosite.Requester) (token, signature string, err error) {
	if ar, ok := r.(fosite.AccessRequester); ok && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant)) && !t.engine.Persona().RefreshToken.Rotates() {
		token = ar.GetRequestForm().Get("refresh_token")
		return token, token, nil
	}
	token = t.engine.random(t.engine.patterns().Refresh)
	return token, token, nil
}

func (t *tokens) ValidateRefreshToken(context.Context, fosite.Requester, string) error { return nil }

func (t *tokens) AccessTokenSignature(_ context.Context, token string) string { return token }

// GenerateAccessToken makes an access token: random, or a JWT as in RFC 9068.
func (t *tokens) GenerateAccessToken(ctx context.Context, r fosite.Requester) (token, signature string, err error) {
	e := t.engine
	p := e.Persona().AccessToken
	if p.Format != "jwt" {
		token = e.random(e.accessPattern(r.GetGrantedScopes()))
		return token, token, nil
	}
	s := e.source(ctx, r.GetSession().(*Session).grant, r.GetClient().GetID(), r.GetGrantedScopes(), p.Lifetime.D())
	s.audience = r.GetRequestedAudience()
	token, err = e.Sign(ctx, protocol.AccessToken, p.SigningAlg, "at+jwt", e.claims(ctx, protocol.AccessToken, s))
	return token, token, err
}

func (t *tokens) ValidateAccessToken(context.Context, fosite.Requester, string) error { return nil }

// AccessToken judges a token as a resource server would: it is live, its user
// is, and a JWT's signature and times are right (RFC 6750 section 3.1, RFC 9068
// section 4). The error is invalid_token; its hint is the truthful reason.
func (e *Engine) AccessToken(ctx context.Context, token string) (*record.HeldAccess, error) {
	x := journal.From(ctx)
	refuse := func(cause protocol.Cause, why string) (*record.HeldAccess, error) {
		x.Because(cause)
		x.Decide("access_token", false, why, "RFC 6750 section 3.1")
		return nil, invalidToken(why)
	}
	now := e.now()
	a, ok := e.Store.Access(token, now)
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
		if err := e.verifyAccessToken(ctx, token, now); err != nil {
			return refuse(protocol.CauseAPITokenUnknown, err.Error())
		}
	}
	x.Decide("access_token", true, "live for another "+a.Expires.Time().Sub(now).Truncate(time.Second).String(), "RFC 6750 section 2")
	return &a, nil
}

// joined writes scopes as the wire has them (RFC 6749 section 3.3).
func joined(scopes []string) string { return strings.Join(scopes, " ") }

func invalidToken(why string) *fosite.RFC6749Error {
	return (&fosite.RFC6749Error{ErrorField: "invalid_token", CodeField: 401}).WithHint(why)
}

// Introspect describes a token in the members of RFC 7662 section 2.2.
func (e *Engine) Introspect(ctx context.Context, token string) map[string]any {
	x := journal.From(ctx)
	now := e.now()
	if a, ok := e.Store.Access(token, now); ok && a.Live(now) && e.userThere(a.Grant) {
		x.Bind(a.Grant.Login, "", a.Grant.Subject)
		out := e.describe(ctx, a.Grant, a.Scopes, a.Issued, a.Expires)
		out["token_type"] = "Bearer"
		return out
	}
	if r, ok := e.Store.Refresh(token, now); ok && r.Expires.After(now) && !r.Ended && e.userThere(r.Grant) &&
		r.Current(now, e.Persona().RefreshToken.GraceWindow.D()) {
		x.Bind(r.Grant.Login, "", r.Grant.Subject)
		return e.describe(ctx, r.Grant, r.Grant.Scopes, r.Issued, r.Expires)
	}
	return map[string]any{"active": false}
}

// describe returns the members about a token that lives.
func (e *Engine) describe(ctx context.Context, g *record.Grant, scopes []string, issued, expires record.Instant) map[string]any {
	s := e.source(ctx, g, g.ClientID, scopes, 0)
	s.issued, s.expires = issued.Time().Unix(), expires.Time().Unix()
	return e.claims(ctx, protocol.IntrospectionResponse, s)
}

// revocationHandler revokes a token (RFC 7009 section 2.1): an access token
// alone, a refresh token with everything of its grant. fosite's own ends the
// grant in both cases.
type revocationHandler struct{ engine *Engine }

func (h *revocationHandler) RevokeToken(ctx context.Context, token string, _ fosite.TokenType, c fosite.Client) error {
	x := journal.From(ctx)
	now := h.engine.now()
	a, isAccess := h.engine.Store.Access(token, now)
	r, isRefresh := h.engine.Store.Refresh(token, now)
	var g *record.Grant
	switch {
	case isAccess:
		g = a.Grant
	case isRefresh:
		g = r.Grant
	default:
		x.Decide("token", true, "unknown or expired: nothing to revoke", "RFC 7009 section 2.2")
		return nil
	}
	x.Bind(g.Login, "", g.Subject)
	if g.ClientID != c.GetID() {
		x.Decide("token", false, "issued to another client", "RFC 7009 section 2.1")
		return fosite.ErrUnauthorizedClient.WithHint("The token was issued to another client.")
	}
	if isAccess && !h.engine.rules().RevokeEndsGrant {
		h.engine.Store.RevokeAccess(token, now)
		x.Event(protocol.EventAccessTokenRevoked, "sub", g.Subject, "client_id", g.ClientID)
	} else {
		h.engine.Store.EndGrant(g.Key)
		x.Event(protocol.EventRefreshTokenRevoked, "sub", g.Subject, "client_id", g.ClientID)
	}
	return nil
}
