package app

import (
	"context"
	"net/http"

	"github.com/authdrill/authdrill/client"
)

// backchannelLogout ends the sessions that a logout token names (OIDC Back-Channel
// Logout 2.5 to 2.8).
func (a *App) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	provider, token, err := a.verifyLogoutToken(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	for _, v := range a.visitors.all() {
		v.endNamed(provider, token)
	}
	w.WriteHeader(http.StatusOK)
}

// verifyLogoutToken verifies a logout token of either provider, and returns the client
// it is for.
func (a *App) verifyLogoutToken(ctx context.Context, raw string) (*client.Client, *client.LogoutToken, error) {
	token, err := a.client.VerifyLogoutToken(ctx, raw)
	if err == nil || a.second == nil {
		return a.client, token, err
	}
	if token, failed := a.second.VerifyLogoutToken(ctx, raw); failed == nil {
		return a.second, token, nil
	}
	return nil, nil, err
}

// endNamed ends the visitor's session if it is of that provider and the token names it:
// the same sub at another provider is another user.
func (v *visitor) endNamed(provider *client.Client, token *client.LogoutToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.session != nil && v.provider == provider && token.Names(v.session) {
		v.session = nil
	}
}
