package app

import (
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/client"
)

// logout ends the session here first, whatever the provider does (OIDC RP-Initiated
// Logout 2), then revokes the refresh token (RFC 9700 section 4.14), then sends the
// browser to the provider.
func (a *App) logout(w http.ResponseWriter, r *http.Request, v *visitor) {
	s := v.current()
	now, err := a.renew(w, r)
	if err != nil {
		a.problem(w, http.StatusInternalServerError, "Internal error", "No source of randomness: "+err.Error())
		return
	}
	account, _ := v.identity()
	a.log.signedOut(account)
	next := a.base.JoinPath("signed-out").String()
	if s != nil {
		now.notice = revoke(r, v.provider, s)
		if there, state := a.logoutURL(r, v.provider, s, next); there != "" {
			next, now.logoutState = there, state
		}
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// revoke revokes the refresh token of a session, where the provider can, and returns
// what to tell the user if that fails.
func revoke(r *http.Request, provider *client.Client, s *client.Session) (notice string) {
	m, err := provider.Discover(r.Context())
	token := s.Snapshot().Tokens.RefreshToken
	if err != nil || m.RevocationEndpoint == "" || token == "" {
		return ""
	}
	if err := provider.Revoke(r.Context(), token, "refresh_token"); err != nil {
		return "The refresh token could not be taken back and may live on: " + err.Error()
	}
	return ""
}

// logoutURL returns where the provider ends its own session, and the state that the
// browser must bring back to the address next; "" where the provider has no such place.
func (a *App) logoutURL(r *http.Request, provider *client.Client, s *client.Session, next string) (there, state string) {
	state, err := a.newToken()
	if err != nil {
		return "", ""
	}
	there, err = provider.LogoutURL(r.Context(), s, url.Values{"post_logout_redirect_uri": {next}, "state": {state}})
	if err != nil {
		return "", ""
	}
	return there, state
}

// signedOutPage is where the provider sends the browser after a sign-out.
func (a *App) signedOutPage(w http.ResponseWriter, r *http.Request) {
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
