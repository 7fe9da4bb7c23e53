package app

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client"
)

// told are the logout tokens that were taken, by jti: each counts once.
type told struct {
	mu  sync.Mutex
	jti map[string]time.Time
}

// backchannelLogout ends the sessions that a logout token names (OIDC
// Back-Channel Logout 2.5 to 2.8).
func (a *App) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	token, err := a.client.VerifyLogoutToken(r.Context(), r.PostFormValue("logout_token"))
	if err == nil {
		err = a.once(token)
	}
	crash := a.client.HasBug(client.LogoutTokenCrashes)
	if err != nil && crash {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	ended := 0
	a.visitors.each(func(v *visitor) {
		s := v.signedIn()
		if s == nil || s.Snapshot().IDToken == nil || a.client.HasBug(client.LogoutTokenIgnored) {
			return
		}
		id := s.Snapshot().IDToken
		if token.Subject != "" && id.Subject() != token.Subject || token.SessionID != "" && text(id.Claims["sid"]) != token.SessionID {
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
func (a *App) once(token *client.LogoutToken) error {
	if a.client.HasBug(client.LogoutReplayAccepted) {
		return nil
	}
	jti, now := token.ID, a.cfg.Now()
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
		return &client.Rejection{Check: "jti", Spec: "OIDC Back-Channel Logout 2.6", Want: "a token that was not taken before", Got: strconv.Quote(clip(jti, 80))}
	}
	a.told.jti[jti] = now
	return nil
}
