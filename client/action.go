package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// login sends the browser to the provider. With iss it is third-party initiated
// (OIDC Core 4), and goes to this issuer or nowhere.
func (a *App) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if iss := q.Get("iss"); iss != "" && iss != a.cfg.Issuer {
		a.problem(w, http.StatusBadRequest, "That is not our provider", "This app signs in at "+a.cfg.Issuer+" only (OIDC Core 4).")
		return
	}
	browser, err := a.browser(w, r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	pending, err := a.client.Authorize(r.Context(), AuthorizeOptions{
		ResponseMode: a.cfg.ResponseMode, LoginHint: q.Get("login_hint"), Prompt: q.Get("prompt"),
	})
	if err != nil {
		a.failed(w, r, err)
		return
	}
	key := pending.State
	if key == "" { // a client that was told to send none
		key = pending.Verifier + pending.Nonce
	}
	a.pending.put(key, &login{browser: browser, authorization: pending, returnTo: localPath(first(q.Get("return_to"), q.Get("target_link_uri")))})
	http.Redirect(w, r, pending.URL, http.StatusSeeOther)
}

// callback takes the authorization response, and leaves its URL at once, so that
// no code stays in the address bar or the history.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return // who only looks uses nothing up
	}
	response := r.URL.Query()
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			a.problem(w, http.StatusBadRequest, "That response cannot be read", "Sign in again.")
			return
		}
		response = r.PostForm
	}
	pending, key := a.pendingOf(r, response.Get("state"))
	if pending == nil {
		a.failed(w, r, reject("state", "RFC 6749 section 10.12", "the answer to a sign-in of this browser", "one to none that is pending"))
		return
	}
	s, err := a.client.Callback(r.Context(), pending.authorization, response)
	if pending.authorization.used.Load() {
		a.pending.drop(key)
	}
	var note string
	if err == nil {
		note, err = a.learn(r, s)
	}
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v, err := a.admit(w, r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v.mu.Lock()
	v.session, v.notice = s, note
	v.mu.Unlock()
	http.Redirect(w, r, pending.returnTo, http.StatusSeeOther)
}

// pendingOf is the pending login that a response is to, if this browser began
// it. Without one of that state, the client is asked about the newest there is:
// it is the client that judges the state.
func (a *App) pendingOf(r *http.Request, state string) (*login, string) {
	c, err := r.Cookie(a.cookieName("login"))
	if err != nil {
		return nil, ""
	}
	if l, ok := a.pending.get(state); ok && l.browser == c.Value {
		return l, state
	}
	return a.pending.newest(func(l *login) bool { return l.browser == c.Value })
}

// learn fetches the claims of the user. That they cannot be had is a note; that
// they are wrong is the end of the sign-in.
func (a *App) learn(r *http.Request, s *Session) (note string, err error) {
	m, err := a.client.Discover(r.Context())
	if err != nil || m.UserInfoEndpoint == "" || s.AccessToken() == "" || s.IDToken == nil {
		return "", nil
	}
	if _, err = a.client.UserInfo(r.Context(), s); err == nil {
		return "", nil
	}
	refusal := rejection(err)
	if refusal != nil && (refusal.OAuth != nil || transientErr(err) || refusal.Response != nil && refusal.Response.Status >= 400) {
		return "The claims of userinfo could not be had: " + err.Error(), nil
	}
	return "", err
}

// failed shows why a sign-in was refused, on the first page. Who was signed in
// stays so. A form from another site comes without the session's cookie; to give
// such a browser a new one would sign out whoever it belongs to, so that page is
// the answer itself.
func (a *App) failed(w http.ResponseWriter, r *http.Request, err error) {
	if v, _ := a.visitor(r); v == nil && r.Method == http.MethodPost {
		a.show(w, http.StatusForbidden, "home", page{Failure: failureOf(err)})
		return
	}
	v, broken := a.greet(w, r)
	if broken != nil {
		a.problem(w, http.StatusInternalServerError, "This app has no random numbers", broken.Error())
		return
	}
	v.mu.Lock()
	v.failure = failureOf(err)
	v.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *App) refresh(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.signedIn(); s != nil {
		_, err := a.client.Refresh(r.Context(), s, RefreshOptions{})
		v.mu.Lock()
		switch {
		case err == nil:
			v.refreshes++
			v.notice = "The tokens were refreshed."
		case isOAuth(err, "invalid_grant") || isClaimTrouble(err):
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

// isClaimTrouble reports whether a refresh brought an ID token that was refused.
func isClaimTrouble(err error) bool {
	r := rejection(err)
	return r != nil && r.IDToken != nil
}

func (a *App) call(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.signedIn(); s != nil && a.cfg.APIURL != "" {
		resp, err := a.client.Call(r.Context(), s, CallOptions{URL: a.cfg.APIURL, AutoRefresh: true})
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
	now, err := a.admit(w, r)
	if err != nil {
		a.problem(w, http.StatusInternalServerError, "This app has no random numbers", err.Error())
		return
	}
	here := a.base.JoinPath("signed-out").String()
	if s == nil {
		http.Redirect(w, r, here, http.StatusSeeOther)
		return
	}
	m, err := a.client.Discover(r.Context())
	if token := s.Snapshot().Tokens.RefreshToken; err == nil && m.RevocationEndpoint != "" && token != "" {
		if err := a.client.Revoke(r.Context(), token, "refresh_token"); err != nil {
			now.notice = "The refresh token could not be taken back and may live on: " + err.Error()
		}
	}
	state, err := a.client.unguessable()
	if err == nil {
		now.logoutState = state
		if there, err := a.client.LogoutURL(r.Context(), s, LogoutOptions{PostLogoutRedirectURI: here, State: state}); err == nil {
			http.Redirect(w, r, there, http.StatusSeeOther)
			return
		}
	}
	now.logoutState = ""
	http.Redirect(w, r, here, http.StatusSeeOther)
}

// signedOut is where the provider sends the browser after a sign-out.
func (a *App) signedOut(w http.ResponseWriter, r *http.Request) {
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
		v.mu.Lock()
		if f := v.failure; f != nil {
			out["rejected"] = map[string]string{"check": f.Check, "spec": f.Spec, "error": f.Code, "reason": f.Reason}
		}
		v.mu.Unlock()
		if s != nil {
			now := s.Snapshot()
			status = http.StatusOK
			out["signed_in"], out["sub"] = true, now.Subject()
			out["granted"], out["missing"] = append([]string{}, now.Granted...), append([]string{}, now.Missing...)
			if !now.Expiry.IsZero() {
				out["expires"] = now.Expiry.UTC().Format(time.RFC3339)
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

// signedIn is the visitor's session, nil when there is none.
func (v *visitor) signedIn() *Session {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.session
}

// failureOf is what a page may show of a refusal.
func failureOf(err error) *failure {
	r := rejection(err)
	if r == nil {
		return &failure{Check: "client", Reason: err.Error()}
	}
	f := &failure{Check: r.Check, Spec: r.Spec, Want: r.Want, Got: r.Got, Reason: r.Error()}
	var e *OAuthError
	if errors.As(err, &e) {
		f.Code, f.Description, f.Denied = e.Code, clip(e.Description, 400), e.Code == "access_denied"
	}
	if r.IDToken != nil {
		f.Checks = r.IDToken.Checks
	}
	return f
}

// clip cuts a text from outside to a length a page can bear.
func clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
