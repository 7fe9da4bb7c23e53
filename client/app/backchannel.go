package app

import (
	"net/http"

	"github.com/authdrill/authdrill/client"
)

// backchannelLogout ends the sessions that a logout token names (OIDC Back-Channel
// Logout 2.5 to 2.8).
func (a *App) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	token, err := a.client.VerifyLogoutToken(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	for _, v := range a.visitors.all() {
		v.endNamed(token)
	}
	w.WriteHeader(http.StatusOK)
}

// endNamed ends the visitor's session if the token names it.
func (v *visitor) endNamed(token *client.LogoutToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session != nil && token.Names(v.session) {
		v.session = nil
	}
}
