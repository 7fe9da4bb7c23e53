package token

import (
	"context"
	"math"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// JudgeAccess judges a token as a resource server would: the token and its user are
// live, and a JWT's signature and times are right (RFC 6750 section 3.1, RFC 9068
// section 4). It returns the truthful reason of a refusal, or "".
func (m *Maker) JudgeAccess(ctx context.Context, token string) (record.HeldAccess, string) {
	x := exchange.From(ctx)
	refuse := func(cause protocol.Cause, why string) (record.HeldAccess, string) {
		x.Because(cause)
		x.Decide("access_token", false, why, "RFC 6750 section 3.1")
		return record.HeldAccess{}, why
	}
	now := m.state.Clock.Now()
	a, ok := m.Access(ctx, token)
	if !ok {
		return refuse(protocol.CauseAPITokenUnknown, "The access token is unknown or expired.")
	}
	x.Bind(a.Grant.Login, a.Grant.ClientID, a.Grant.Subject)
	switch {
	case !a.Expires.After(now):
		return refuse(protocol.CauseAPITokenExpired, "The access token has expired.")
	case !a.Live(now):
		return refuse(protocol.CauseAPITokenRevoked, "The access token was revoked.")
	case !m.IsUserThere(a.Grant):
		return refuse(protocol.CauseAPIUserGone, "The user of the access token is disabled or gone.")
	}
	if a.JWT {
		if err := m.verifyAccessToken(m.Under(ctx, a.Address), &a, token, now); err != nil {
			return refuse(protocol.CauseAPITokenUnknown, err.Error())
		}
	}
	x.Decide("access_token", true, "live for another "+a.Expires.Time().Sub(now).Truncate(time.Second).String(), "RFC 6750 section 2")
	return a, ""
}

// RefreshToken returns a refresh token that lives, and that the issuer of the
// request knows.
func (m *Maker) RefreshToken(ctx context.Context, token string) (record.HeldRefresh, bool) {
	now := m.state.Clock.Now()
	r, ok := m.Refresh(ctx, token)
	return r, ok && !r.Ended && r.Expires.After(now) && m.IsUserThere(r.Grant) && r.Current(now, m.AcceptedFor())
}

// IsUserThere reports whether the user of a grant, if it has one, may still sign in.
func (m *Maker) IsUserThere(g *record.Grant) bool {
	return g.UserLogin == "" || m.IsUserActive(g.UserLogin)
}

func (m *Maker) IsUserActive(login string) bool {
	u, ok := m.state.Store.User(login)
	return ok && !u.Disabled
}

// AcceptedFor returns how long after its first use a refresh token is still accepted.
func (m *Maker) AcceptedFor() time.Duration {
	r := &m.state.Persona().RefreshToken
	if r.OnReuse == "accept" {
		return math.MaxInt64
	}
	return r.GraceWindow.D()
}
