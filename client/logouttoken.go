package client

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// logoutEvent is the one member that the claim events must have (OIDC
// Back-Channel Logout 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// LogoutToken is a logout token that was verified (OIDC Back-Channel Logout 2.4).
// Subject, SessionID or both say which sessions end.
type LogoutToken struct {
	ID        string // jti
	Subject   string // sub
	SessionID string // sid
	Claims    map[string]any
}

// Names reports whether a session is one that the token ends.
func (t *LogoutToken) Names(s *Session) bool {
	id := s.Snapshot().IDToken
	return id != nil && (t.Subject == "" || id.Subject() == t.Subject) && (t.SessionID == "" || text(id.Claims["sid"]) == t.SessionID)
}

// VerifyLogoutToken validates a logout token (OIDC Back-Channel Logout 2.6). It
// refuses ID tokens, tokens for other clients, and a token that it has taken before.
func (c *Client) VerifyLogoutToken(ctx context.Context, raw string) (*LogoutToken, error) {
	return c.verifyLogoutToken(ctx, raw)
}

// readLogoutToken makes the checks of the table.
func (c *Client) readLogoutToken(ctx context.Context, raw string) (*LogoutToken, error) {
	const spec = "OIDC Back-Channel Logout 2.6"
	parsed, err := c.parseJWT(raw, "logout_token", spec)
	if err != nil {
		return nil, err
	}
	t := &LogoutToken{ID: text(parsed.claims["jti"]), Subject: text(parsed.claims["sub"]), SessionID: text(parsed.claims["sid"]), Claims: parsed.claims}
	v := &verification{Client: c, jwt: parsed, ctx: ctx}
	if row, f, ok := check.Run(c.logoutTable, logoutCheck{v, t}); !ok {
		if f.Err != nil {
			return nil, f.Err
		}
		return nil, reject(row.Name, spec, f.Want, f.Got)
	}
	return t, nil
}

// logoutCheck is one logout token under examination.
type logoutCheck struct {
	*verification
	token *LogoutToken
}

// logoutChecks are the checks of a logout token, in the order they are made.
func logoutChecks() []check.Row[logoutCheck] {
	return []check.Row[logoutCheck]{
		{Name: "alg", Make: logoutCheck.algorithm},
		{Name: "signature", Make: logoutCheck.signed},
		{Name: "iss", Make: logoutCheck.issuer},
		{Name: "aud", Make: logoutCheck.audience},
		{Name: "iat", Make: logoutCheck.times},
		{Name: "events", Make: logoutCheck.events},
		{Name: "nonce", Make: logoutCheck.noNonce},
		{Name: "sub", Make: logoutCheck.names},
		{Name: "jti", Make: logoutCheck.once},
	}
}

func (l logoutCheck) algorithm() check.Finding {
	alg := text(l.header["alg"])
	if allowed := l.algorithms(l.cfg.IDTokenSignedResponseAlg); !slices.Contains(allowed, alg) {
		return check.Fail(strings.Join(allowed, " or "), shown(alg))
	}
	return check.Pass(alg)
}

func (l logoutCheck) signed() check.Finding {
	detail, err := l.verifySignature(l.ctx, l.jwt)
	if err != nil {
		return check.Error(err)
	}
	return check.Pass(detail)
}

func (l logoutCheck) issuer() check.Finding {
	return l.require(l.iss().outcome != Failed, "iss", l.cfg.Issuer)
}

func (l logoutCheck) audience() check.Finding {
	return l.require(l.aud().outcome != Failed, "aud", l.cfg.ClientID)
}

func (l logoutCheck) times() check.Finding {
	return l.require(l.iat().outcome != Failed && l.exp().outcome != Failed, "iat", "a token of now, with iat and exp")
}

func (l logoutCheck) events() check.Finding {
	events, _ := l.claims["events"].(map[string]any)
	_, found := events[logoutEvent]
	return l.require(found, "events", logoutEvent)
}

// noNonce tells a logout token from an ID token.
func (l logoutCheck) noNonce() check.Finding {
	_, found := l.claims["nonce"]
	return l.require(!found, "nonce", "none")
}

func (l logoutCheck) names() check.Finding {
	return l.require(l.token.Subject != "" || l.token.SessionID != "", "sub", "sub or sid")
}

func (l logoutCheck) once() check.Finding {
	return l.require(l.logoutTokens.take(l.token.ID, l.cfg.Now()), "jti", "a token that was not taken before")
}

// require is the finding of a claim.
func (l logoutCheck) require(ok bool, claim, want string) check.Finding {
	if !ok {
		return check.Fail(want, show(l.claims[claim]))
	}
	return check.Pass(show(l.claims[claim]))
}

// takenTokens are the logout tokens that were taken, by jti.
type takenTokens struct {
	mu    sync.Mutex
	taken map[string]time.Time
}

// take reports whether a token has an identifier that is new. It remembers the tokens
// of an hour, after which they have expired.
func (t *takenTokens) take(jti string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.taken, func(_ string, at time.Time) bool { return now.Sub(at) > time.Hour })
	if _, found := t.taken[jti]; found || jti == "" {
		return false
	}
	if t.taken == nil {
		t.taken = map[string]time.Time{}
	}
	t.taken[jti] = now
	return true
}
