package client

import (
	"context"
	"slices"
	"strings"
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

// VerifyLogoutToken validates a logout token (OIDC Back-Channel Logout 2.6). It
// refuses ID tokens and tokens for other clients. Whether a token was taken
// before is for the caller to check.
func (c *Client) VerifyLogoutToken(ctx context.Context, raw string) (*LogoutToken, error) {
	const spec = "OIDC Back-Channel Logout 2.6"
	t, err := c.parseJWT(raw, "logout_token", spec)
	if err != nil {
		return nil, err
	}
	alg := text(t.header["alg"])
	if allowed := c.algorithms(c.cfg.IDTokenSignedResponseAlg); !slices.Contains(allowed, alg) {
		return nil, reject("alg", spec, strings.Join(allowed, " or "), shown(alg))
	}
	if !c.has(LogoutSignatureUnchecked) {
		if _, err := c.verifySignature(ctx, t); err != nil {
			return nil, err
		}
	}
	v := &verification{Client: c, jwt: t, ctx: ctx}
	events, _ := t.claims["events"].(map[string]any)
	_, named := events[logoutEvent]
	_, nonce := t.claims["nonce"]
	iat, exp := v.iat(), v.exp()
	for _, check := range []struct {
		name string
		bug  Bug
		bad  bool
		want string
	}{
		{"iss", LogoutIssUnchecked, v.iss().outcome == Failed, c.cfg.Issuer},
		{"aud", LogoutAudUnchecked, v.aud().outcome == Failed, c.cfg.ClientID},
		{"iat", LogoutTimesUnchecked, iat.outcome == Failed || exp.outcome == Failed, "a token of now, with iat and exp"},
		{"events", LogoutEventsUnchecked, !named, logoutEvent},
		{"nonce", LogoutNonceAccepted, nonce, "none"},
		{"sub", LogoutNobodyAccepted, text(t.claims["sub"]) == "" && text(t.claims["sid"]) == "", "sub or sid"},
	} {
		if check.bad && !c.has(check.bug) {
			return nil, reject(check.name, spec, check.want, show(t.claims[check.name]))
		}
	}
	return &LogoutToken{ID: text(t.claims["jti"]), Subject: text(t.claims["sub"]), SessionID: text(t.claims["sid"]), Claims: t.claims}, nil
}
