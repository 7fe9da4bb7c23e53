package grant

import (
	"context"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// revocationHandler revokes a token (RFC 7009 section 2.1): an access token by
// itself, a refresh token with its whole grant. fosite's own handler revokes the
// grant in both cases.
type revocationHandler struct{ engine *Engine }

func (h *revocationHandler) RevokeToken(ctx context.Context, token string, _ fosite.TokenType, c fosite.Client) error {
	x := exchange.From(ctx)
	now := h.engine.now()
	a, isAccess := h.engine.Access(ctx, token)
	r, isRefresh := h.engine.Refresh(ctx, token)
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
	if isAccess && !h.engine.Rules().RevokeEndsGrant {
		h.engine.Store.RevokeAccess(token, now)
		x.Event(protocol.EventAccessTokenRevoked, "sub", g.Subject, "client_id", g.ClientID)
	} else {
		h.engine.Store.EndGrant(g.Key)
		x.Event(protocol.EventRefreshTokenRevoked, "sub", g.Subject, "client_id", g.ClientID)
	}
	return nil
}

// RevokeAccessToken ends the grant with that id: codes and tokens point to it,
// so all of the family end with it.
func (s *fositeStore) RevokeAccessToken(ctx context.Context, requestID string) error {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok {
		return fosite.ErrNotFound
	}
	session, ok := caller.GetSession().(*Session)
	if !ok || session.grant == nil || family(session.grant) != requestID {
		return fosite.ErrNotFound
	}
	s.engine.Store.EndGrant(session.grant.Key)
	return nil
}

// SignOut revokes the grants of the sign-in that a client's refresh token comes
// from, and returns the grant of the token. A token that has ended already is not
// an error: the user is signed out.
func (e *Engine) SignOut(ctx context.Context, clientID, token string) (*record.Grant, error) {
	x := exchange.From(ctx)
	refuse := func(cause protocol.Cause, why string) (*record.Grant, error) {
		x.Because(cause)
		x.Decide("refresh_token", false, why, "RFC 6749 section 5.2")
		return nil, fosite.ErrInvalidGrant.WithHint("The refresh token is " + why + ".")
	}
	r, ok := e.Refresh(ctx, token)
	switch {
	case !ok:
		return refuse(protocol.CauseRefreshTokenUnknown, "unknown")
	case r.Grant.ClientID != clientID:
		return refuse(protocol.CauseRefreshTokenOfAnotherClient, "another client's")
	}
	x.Bind(r.Grant.Login, "", r.Grant.Subject)
	e.Store.EndGrant(r.Grant.Key)
	e.Store.EndSignIn(r.Grant.SessionID, "offline_access")
	x.Event(protocol.EventRefreshTokenRevoked, "sub", r.Grant.Subject, "client_id", clientID)
	return r.Grant, nil
}
