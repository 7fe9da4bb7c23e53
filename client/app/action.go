package app

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/client"
)

func (a *App) refresh(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.signedIn(); s != nil {
		_, err := v.provider.Refresh(r.Context(), s, client.RefreshOptions{})
		if err != nil {
			a.diary.refused("refresh", err)
		}
		v.mu.Lock()
		switch {
		case err == nil:
			v.refreshes++
			v.notice = "The tokens were refreshed."
		case isOAuthError(err, "invalid_grant") || isRefusedIDToken(err):
			// The session is over, or somebody else's: no more of it is shown.
			v.session = nil
			v.failure = failureOf(err)
		default:
			v.notice = "The tokens could not be refreshed: " + err.Error()
		}
		v.mu.Unlock()
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *App) call(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.signedIn(); s != nil && a.cfg.APIURL != "" {
		resp, err := v.provider.Call(r.Context(), s, client.CallOptions{URL: a.cfg.APIURL, AutoRefresh: true})
		if err != nil {
			a.diary.refused("call of the API", err)
		}
		v.mu.Lock()
		v.called = calledOf(a.cfg.APIURL, resp, err)
		v.mu.Unlock()
	}
	http.Redirect(w, r, "/#api", http.StatusSeeOther)
}

// logout ends the session here first, whatever the provider does (OIDC
// RP-Initiated Logout 2), then takes the refresh token back (RFC 9700 section 4.14), then
// sends the browser to the provider.
func (a *App) logout(w http.ResponseWriter, r *http.Request, v *visitor) {
	s := v.signedIn()
	if a.client.HasBug(client.SignOutIgnored) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if s != nil && a.client.HasBug(client.LogoutNeedsRevocation) {
		if err := v.provider.Revoke(r.Context(), s.AccessToken(), "access_token"); err != nil {
			a.problem(w, http.StatusBadGateway, "The provider is down", "Try again later.")
			return
		}
	}
	if s != nil && a.client.HasBug(client.LogoutNeedsProvider) {
		if there, err := v.provider.LogoutURL(r.Context(), s, client.LogoutOptions{}); err != nil || !a.reachable(r.Context(), there) {
			a.problem(w, http.StatusBadGateway, "The provider is down", "Try again later.")
			return
		}
	}
	now, err := a.admit(w, r)
	if err != nil {
		a.problem(w, http.StatusInternalServerError, "This app has no random numbers", err.Error())
		return
	}
	account, _ := v.standing()
	a.diary.left(account)
	here := a.base.JoinPath("signed-out").String()
	if s == nil {
		http.Redirect(w, r, here, http.StatusSeeOther)
		return
	}
	provider := v.provider
	m, err := provider.Discover(r.Context())
	if token := s.Snapshot().Tokens.RefreshToken; err == nil && m.RevocationEndpoint != "" && token != "" {
		if err := provider.Revoke(r.Context(), token, "refresh_token"); err != nil {
			now.notice = "The refresh token could not be taken back and may live on: " + err.Error()
		}
	}
	state, err := a.newToken()
	if err == nil {
		now.logoutState = state
		if there, err := provider.LogoutURL(r.Context(), s, client.LogoutOptions{PostLogoutRedirectURI: here, State: state}); err == nil {
			http.Redirect(w, r, there, http.StatusSeeOther)
			return
		}
	}
	now.logoutState = ""
	http.Redirect(w, r, here, http.StatusSeeOther)
}

// signedOut is where the provider sends the browser after a sign-out.
func (a *App) signedOut(w http.ResponseWriter, r *http.Request) {
	if a.client.HasBug(client.SignOutReturnCrashes) {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	text := "You are signed out of this app. Whether the provider still knows you it did not say."
	if v, _ := a.visitor(r); v != nil {
		v.mu.Lock()
		state := v.logoutState
		v.logoutState = ""
		signedIn := v.session != nil
		v.mu.Unlock()
		switch {
		case signedIn:
			text = "You are still signed in: this is not the end of a sign-out that was begun here."
		case state != "" && a.client.LoggedOut(state, r.URL.Query()) == nil:
			text = "You are signed out of this app and at the provider."
		}
	}
	a.show(w, http.StatusOK, "message", page{Heading: "Signed out", Text: text})
}

// whoami says as JSON who is signed in: 200, or 401 when nobody is.
func (a *App) whoami(w http.ResponseWriter, r *http.Request) {
	out := map[string]any{"signed_in": false}
	status := http.StatusUnauthorized
	if v, _ := a.visitor(r); v != nil {
		s := v.signedIn()
		if s != nil && a.client.HasBug(client.SessionAsksProvider) {
			if _, err := v.provider.UserInfo(r.Context(), s); err != nil {
				s = nil
			}
		}
		v.mu.Lock()
		if f := v.failure; f != nil {
			out["rejected"] = map[string]string{"check": f.Check, "spec": f.Spec, "error": f.Code, "reason": f.Reason}
		}
		v.mu.Unlock()
		account, local := v.standing()
		if local != "" {
			status, out = http.StatusOK, map[string]any{"signed_in": true, "email": local, "account": account}
		}
		if s != nil {
			now := s.Snapshot()
			status = http.StatusOK
			out["signed_in"], out["sub"] = true, now.Subject()
			claims := claimsOf(s)
			for _, name := range []string{"email", "email_verified", "name"} {
				if value, there := claims[name]; there {
					out[name] = value
				}
			}
			out["account"] = account
			out["granted"], out["missing"] = append([]string{}, now.Granted...), append([]string{}, now.Missing...)
			if !now.Expiry.IsZero() {
				out["expires"] = now.Expiry.UTC().Format(time.RFC3339)
			}
		}
	}
	if user := r.Header.Get("X-Forwarded-User"); user != "" && a.client.HasBug(client.ForwardedUserTrusted) {
		status, out = http.StatusOK, map[string]any{"signed_in": true, "sub": user, "email": user}
	}
	answerJSON(w, status, out)
}

func answerJSON(w http.ResponseWriter, status int, out map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

// standing is the visitor's account, and the e-mail address it signed in to it
// with, where that was by password.
func (v *visitor) standing() (account, local string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.account, v.local
}

// signedIn is the visitor's session, nil when there is none.
func (v *visitor) signedIn() *client.Session {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.session
}

// clip cuts a text from outside to a length a page can bear.
func clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
