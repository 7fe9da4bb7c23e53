package client

import (
	"context"
	"crypto/subtle"
	"maps"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// LogoutURL is where to send the browser to end the session at the provider too
// (OIDC RP-Initiated Logout 2). End the client's own session before, whatever
// becomes of this. The parameters, such as post_logout_redirect_uri, have the last
// word; a name without values leaves that parameter out. The state, if any, is to be
// kept for LoggedOut.
func (c *Client) LogoutURL(ctx context.Context, s *Session, params url.Values) (string, error) {
	return c.op.logoutURL(ctx, s, params)
}

func (c *Client) logoutURL(ctx context.Context, s *Session, params url.Values) (string, error) {
	_, address, err := c.endpoint(ctx, "end_session_endpoint")
	if err != nil {
		return "", err
	}
	p := url.Values{"client_id": {c.cfg.ClientID}}
	if id := s.Snapshot().IDToken; id != nil {
		p.Set("id_token_hint", id.Raw)
	}
	override(p, params)
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + p.Encode(), nil
}

// LoggedOut judges the return from the provider: it must bring back the state
// that was sent (OIDC RP-Initiated Logout 3). A return that does not is not the
// end of a sign-out that was begun here; nothing must be concluded from it.
func (c *Client) LoggedOut(state string, response url.Values) error {
	return judge(c.tables.signedOut, &check.Reply{Params: response, State: state}, nil)
}

// signedOutTable has the checks of the return from a sign-out.
func signedOutTable() []check.Row[*check.Reply] {
	return []check.Row[*check.Reply]{
		row("duplicates", "RFC 6749 section 3.1", checkDuplicates),
		row("logout_state", "OIDC RP-Initiated Logout 3", checkLogoutState),
	}
}

func checkLogoutState(r *check.Reply) check.Finding {
	if got := r.Params.Get("state"); subtle.ConstantTimeCompare([]byte(got), []byte(r.State)) != 1 {
		return check.Fail(shorten(r.State), showSecret(got))
	}
	return check.Pass(shorten(r.State))
}

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
	now := s.Snapshot()
	return now.IDToken != nil && (t.Subject == "" || now.Subject == t.Subject) && (t.SessionID == "" || text(now.IDToken.Claims["sid"]) == t.SessionID)
}

// VerifyLogoutToken validates a logout token (OIDC Back-Channel Logout 2.6). It
// refuses ID tokens, tokens for other clients, and a token that it has taken before.
func (c *Client) VerifyLogoutToken(ctx context.Context, raw string) (*LogoutToken, error) {
	return c.op.verifyLogoutToken(ctx, raw)
}

func (c *Client) verifyLogoutToken(ctx context.Context, raw string) (*LogoutToken, error) {
	t, err := c.parseJWT(raw, "logout_token", logoutSpec)
	if err != nil {
		return nil, err
	}
	if err := judge(c.tables.logout, &check.Verification{Token: t, Context: ctx}, nil); err != nil {
		return nil, err
	}
	return &LogoutToken{ID: text(t.Claims["jti"]), Subject: text(t.Claims["sub"]), SessionID: text(t.Claims["sid"]), Claims: t.Claims}, nil
}

const logoutSpec = "OIDC Back-Channel Logout 2.6"

// logoutTokenTable has the checks of a logout token.
func (c *Client) logoutTokenTable() []check.Row[*check.Verification] {
	return []check.Row[*check.Verification]{
		row("alg", logoutSpec, c.verifyAlg),
		row("signature", logoutSpec, c.verifySigned),
		row("iss", logoutSpec, c.verifyIss),
		row("aud", logoutSpec, c.checkLogoutAud),
		row("iat", logoutSpec, c.checkLogoutTimes),
		row("events", logoutSpec, checkLogoutEvents),
		row("nonce", logoutSpec, checkLogoutNonce),
		row("sub", logoutSpec, checkLogoutSubject),
		row("jti", logoutSpec, c.checkLogoutOnce),
	}
}

func (c *Client) checkLogoutAud(v *check.Verification) check.Finding {
	if f := c.verifyAud(v); f.Outcome == check.Failed {
		return check.Fail(c.cfg.ClientID, f.Got)
	}
	return check.Pass(c.cfg.ClientID)
}

// checkLogoutTimes requires an iat and an exp that fit the present time.
func (c *Client) checkLogoutTimes(v *check.Verification) check.Finding {
	if c.verifyIat(v).Outcome == check.Failed || c.verifyExp(v).Outcome == check.Failed {
		return check.Fail("a token of now, with iat and exp", showValue(v.Claims["iat"]))
	}
	return check.Pass("of now")
}

func checkLogoutEvents(v *check.Verification) check.Finding {
	events, _ := v.Claims["events"].(map[string]any)
	if _, named := events[logoutEvent]; !named {
		return check.Fail(logoutEvent, showValue(v.Claims["events"]))
	}
	return check.Pass(logoutEvent)
}

// checkLogoutNonce refuses a nonce, which would make the token an ID token.
func checkLogoutNonce(v *check.Verification) check.Finding {
	if nonce, present := v.Claims["nonce"]; present {
		return check.Fail("none", showValue(nonce))
	}
	return check.Pass("none")
}

func checkLogoutSubject(v *check.Verification) check.Finding {
	if text(v.Claims["sub"]) == "" && text(v.Claims["sid"]) == "" {
		return check.Fail("sub or sid", showValue(v.Claims["sub"]))
	}
	return check.Pass("")
}

// checkLogoutOnce refuses a token that was taken before.
func (c *Client) checkLogoutOnce(v *check.Verification) check.Finding {
	if !c.logoutTokens.take(text(v.Claims["jti"]), c.cfg.Now()) {
		return check.Fail("a token that was not taken before", showValue(v.Claims["jti"]))
	}
	return check.Pass("the first time")
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
