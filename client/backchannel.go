package client

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// told are the logout tokens that were taken, by jti: each counts once.
type told struct {
	mu  sync.Mutex
	jti map[string]time.Time
}

// logoutEvent is the one member that the claim events must have (OIDC
// Back-Channel Logout 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// backchannelLogout ends the sessions that a logout token names (OIDC
// Back-Channel Logout 2.5 to 2.8).
func (a *App) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	claims, err := a.client.verifyLogoutToken(r.Context(), r.PostFormValue("logout_token"))
	if err == nil {
		err = a.once(claims)
	}
	crash := a.client.has(LogoutTokenCrashes)
	if err != nil && crash {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	sub, sid := text(claims["sub"]), text(claims["sid"])
	ended := 0
	a.visitors.each(func(v *visitor) {
		s := v.signedIn()
		if s == nil || s.Snapshot().IDToken == nil || a.client.has(LogoutTokenIgnored) {
			return
		}
		id := s.Snapshot().IDToken
		if sub != "" && id.Subject() != sub || sid != "" && text(id.Claims["sid"]) != sid {
			return
		}
		v.mu.Lock()
		v.session = nil
		ended++
		v.mu.Unlock()
	})
	if ended == 0 && crash {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// once refuses a logout token that was taken before (OIDC Back-Channel Logout
// 2.6 (8)).
func (a *App) once(claims map[string]any) error {
	if a.client.has(LogoutReplayAccepted) {
		return nil
	}
	jti, now := text(claims["jti"]), a.cfg.Now()
	a.told.mu.Lock()
	defer a.told.mu.Unlock()
	if a.told.jti == nil {
		a.told.jti = map[string]time.Time{}
	}
	for old, at := range a.told.jti {
		if now.Sub(at) > time.Hour {
			delete(a.told.jti, old)
		}
	}
	if _, taken := a.told.jti[jti]; taken || jti == "" {
		return reject("jti", "OIDC Back-Channel Logout 2.6", "a token that was not taken before", shown(jti))
	}
	a.told.jti[jti] = now
	return nil
}

// verifyLogoutToken validates a logout token (OIDC Back-Channel Logout 2.6). An
// ID token is none, and neither is a token for somebody else.
func (c *Client) verifyLogoutToken(ctx context.Context, raw string) (map[string]any, error) {
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
	return t.claims, nil
}
