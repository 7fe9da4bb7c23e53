package app

import (
	"errors"
	"net/http"
	"slices"

	"github.com/authdrill/authdrill/client"
)

// api calls the protected resource for who is signed in, and answers with its
// status: a page that other programs, and drills, can ask.
func (a *App) api(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	s := v.signedIn()
	if s == nil || a.cfg.APIURL == "" {
		answerJSON(w, http.StatusUnauthorized, map[string]any{"error": "nobody is signed in"})
		return
	}
	resp, err := v.provider.Call(r.Context(), s, client.CallOptions{URL: a.cfg.APIURL, AutoRefresh: true})
	if err != nil {
		a.apiFailed(w, v, err)
		return
	}
	answerJSON(w, resp.Status, map[string]any{"status": resp.Status, "answer": resp.JSON, "refreshed": resp.Refreshed != nil})
}

// apiFailed says why the resource could not be asked. Where the provider has
// ended the session, ours ends too; anything else may pass.
func (a *App) apiFailed(w http.ResponseWriter, v *visitor, err error) {
	status, ended := http.StatusServiceUnavailable, isOAuthError(err, "invalid_grant") || isRefusedIDToken(err)
	switch {
	case a.client.HasBug(client.RefreshFailureCrashes):
		status = http.StatusInternalServerError
	case ended:
		status = http.StatusUnauthorized
	}
	if status == http.StatusServiceUnavailable {
		status = http.StatusFailedDependency // the app is well: what it depends on is not
	}
	if ended && !a.client.HasBug(client.SessionOutlivesGrant) {
		v.mu.Lock()
		v.session, v.failure = nil, failureOf(err)
		v.mu.Unlock()
	}
	out := map[string]any{"error": err.Error()}
	var e *client.OAuthError
	if errors.As(err, &e) {
		out["oauth_error"] = e.Code
	}
	answerJSON(w, status, out)
}

// health says that the app is well, whatever the provider is.
func (a *App) health(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{"ok": true})
}

// admin is for the accounts that were named administrators when the app was
// configured. What a provider says of a user makes none.
func (a *App) admin(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	s := v.signedIn()
	if s == nil {
		answerJSON(w, http.StatusUnauthorized, map[string]any{"error": "nobody is signed in"})
		return
	}
	allowed := slices.Contains(a.cfg.Admins, v.account)
	if a.client.HasBug(client.AdminByScope) {
		now := s.Snapshot()
		allowed = allowed || slices.Contains(append(now.Granted, now.Unrequested...), "admin")
	}
	if a.client.HasBug(client.AdminByUsername) {
		allowed = allowed || text(claimsOf(s)["preferred_username"]) == "admin"
	}
	if !allowed {
		answerJSON(w, http.StatusForbidden, map[string]any{"error": "this page is for administrators"})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"admin": true})
}
