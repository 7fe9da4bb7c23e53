package grant

import (
	"context"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// ExchangeAccess gives a new access token for one that lives, for the same grant.
func (e *Engine) ExchangeAccess(ctx context.Context, token, clientID string) (string, *record.HeldAccess, error) {
	a, err := e.AccessToken(ctx, token)
	if err != nil {
		return "", nil, err
	}
	if a.Grant.ClientID != clientID {
		exchange.From(ctx).Because(protocol.CauseTokenCodeOfAnotherClient)
		return "", nil, fosite.ErrInvalidGrant.WithHint("The access token was issued to another client.")
	}
	fresh, access := e.IssueOpaque(ctx, e.Patterns().Access, a.Grant, a.Scopes)
	return fresh, &record.HeldAccess{Access: access, Grant: a.Grant}, nil
}

// Reissue gives another access token for the grant and the scopes of one.
func (e *Engine) Reissue(ctx context.Context, a *record.HeldAccess) string {
	token, _ := e.IssueOpaque(ctx, e.Patterns().Access, a.Grant, a.Scopes)
	return token
}

// KeepClientToken keeps an access token that a client made of itself.
func (e *Engine) KeepClientToken(token string, g *record.Grant) {
	if known, ok := e.Store.Access(token, e.now()); ok && known.Live(e.now()) {
		g = known.Grant
	} else {
		e.PutGrant(g)
	}
	now, l := e.now(), e.Levels(g, e.ClientOfGrant(g), nil)
	e.KeepAccess(token, record.Access{GrantKey: g.Key, Issued: record.At(now), Expires: record.At(now.Add(l.AccessToken().Lifetime.D()))}, record.GiveWay{})
}
