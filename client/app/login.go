package app

import (
	"cmp"
	"net/http"

	"github.com/authdrill/authdrill/client"
)

// login sends the browser to the provider. With iss it is third-party initiated
// (OIDC Core 4), and goes to this issuer or nowhere.
func (a *App) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	provider := a.client
	if a.second != nil && q.Get("provider") == "second" {
		provider = a.second
	}
	switch iss := q.Get("iss"); {
	case iss == "":
	case a.client.HasBug(client.AnyIssLogin):
		http.Redirect(w, r, iss+"/authorize", http.StatusSeeOther)
		return
	case iss != provider.Config().Issuer || a.client.HasBug(client.IssLoginRefused):
		a.problem(w, http.StatusBadRequest, "That is not our provider", "This app signs in at "+provider.Config().Issuer+" only (OIDC Core 4).")
		return
	}
	if token := q.Get("access_token"); token != "" && a.client.HasBug(client.BareTokenLogin) {
		a.signInWith(w, r, token)
		return
	}
	browser, err := a.browser(w, r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	pending, err := provider.Authorize(r.Context(), a.authorizeOptions(r))
	if err != nil {
		a.failed(w, r, err)
		return
	}
	a.pending.put(a.pendingKey(pending), &login{
		provider: provider, browser: browser, authorization: pending,
		returnTo: a.localPath(cmp.Or(q.Get("return_to"), q.Get("target_link_uri"))),
	})
	http.Redirect(w, r, pending.URL, http.StatusSeeOther)
}

// authorizeOptions are what the request asks for: what the app is configured to,
// and of the login page's parameters the two that cannot harm.
func (a *App) authorizeOptions(r *http.Request) client.AuthorizeOptions {
	q := r.URL.Query()
	o := a.cfg.Authorize
	o.ResponseMode, o.LoginHint, o.Prompt = a.cfg.ResponseMode, q.Get("login_hint"), q.Get("prompt")
	if a.client.HasBug(client.LoginParamsPassed) {
		o.Extra = q
	}
	if host := cmp.Or(r.Header.Get("X-Forwarded-Host"), r.Host); a.client.HasBug(client.RedirectURIFromHost) {
		o.RedirectURL = "http://" + host + "/callback"
	}
	return o
}

// pendingKey is what a pending login is found by.
func (a *App) pendingKey(pending *client.Authorization) string {
	switch {
	case a.client.HasBug(client.LoginsBounded):
		return "the only one"
	case pending.State == "": // a client that was told to send none
		return pending.Verifier + pending.Nonce
	}
	return pending.State
}

// callback takes the authorization response, and leaves its URL at once, so that
// no code stays in the address bar or the history.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead && !a.client.HasBug(client.HeadRedeems) {
		return // who only looks uses nothing up
	}
	response := r.URL.Query()
	if r.Method == http.MethodPost && !a.client.HasBug(client.FormPostIgnored) {
		if err := r.ParseForm(); err != nil {
			a.problem(w, http.StatusBadRequest, "That response cannot be read", "Sign in again.")
			return
		}
		response = r.PostForm
	}
	if a.repeats(r, response.Get("state")) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	pending, key := a.pendingOf(r, response.Get("state"))
	if pending == nil {
		a.failed(w, r, &client.Rejection{Check: "state", Spec: "RFC 6749 section 10.12", Want: "the answer to a sign-in of this browser", Got: "one to none that is pending"})
		return
	}
	s, err := pending.provider.Callback(r.Context(), pending.authorization, response)
	if pending.authorization.Answered() && !a.keeps() {
		a.pending.drop(key)
	}
	if isRepeated(pending, response.Get("state"), err) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	var note string
	if err == nil {
		note, err = a.learn(r, pending.provider, s)
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
	if state := response.Get("state"); state != "" && pending.authorization.Answered() && !a.keeps() {
		a.answered.put(state, pending.browser)
	}
	v.mu.Lock()
	v.session, v.notice, v.provider = s, note, pending.provider
	v.account = a.account(s)
	account := v.account
	v.mu.Unlock()
	a.diary.admitted(account, s)
	if a.stumbles(w, s) {
		return
	}
	if a.client.HasBug(client.CodeLeftInURL) {
		a.show(w, http.StatusOK, "message", page{Heading: "Signed in", Text: "You are signed in."})
		return
	}
	http.Redirect(w, r, pending.returnTo, http.StatusSeeOther)
}

// repeats reports whether a browser brings the answer to a sign-in that it has
// finished a moment ago: a second press, or a page that was loaded again. It is
// sent where the first went, and its cookies stay as they are.
func (a *App) repeats(r *http.Request, state string) bool {
	browser, finished := a.answered.get(state)
	c, err := r.Cookie(a.cookieName("login"))
	return finished && err == nil && c.Value == browser
}

// isRepeated reports whether a sign-in failed for no more than that the same
// answer is being taken already.
func isRepeated(l *login, state string, err error) bool {
	r := rejection(err)
	return r != nil && r.Check == "replay" && l.authorization.State == state
}

// pendingOf is the pending login that a response is to, if this browser began
// it. Without one of that state, the client is asked about the newest there is:
// it is the client that judges the state.
func (a *App) pendingOf(r *http.Request, state string) (*login, string) {
	c, err := r.Cookie(a.cookieName("login"))
	mine := func(l *login) bool { return err == nil && l.browser == c.Value }
	if a.client.HasBug(client.StateNotBoundToBrowser) {
		mine = func(*login) bool { return true }
	}
	if l, ok := a.pending.get(state); ok && mine(l) && !a.client.HasBug(client.IssuerNotBound) {
		return l, state
	}
	return a.pending.newest(mine)
}

// learn fetches the claims of the user. That they cannot be had is a note; that
// they are wrong is the end of the sign-in.
func (a *App) learn(r *http.Request, provider *client.Client, s *client.Session) (note string, err error) {
	m, err := provider.Discover(r.Context())
	if err != nil || m.UserInfoEndpoint == "" || s.AccessToken() == "" || s.IDToken == nil || a.client.HasBug(client.UserInfoNeverFetched) {
		return "", nil
	}
	if _, err = provider.UserInfo(r.Context(), s); err == nil {
		return "", nil
	}
	refusal := rejection(err)
	if refusal != nil && (refusal.OAuth != nil || isUnanswered(refusal) || refusal.Response != nil && refusal.Response.Status >= 400) {
		return "The claims of userinfo could not be had: " + err.Error(), nil
	}
	return "", err
}

// isUnanswered reports whether there was no answer to refuse.
func isUnanswered(r *client.Rejection) bool {
	return r.Response == nil && (r.Check == "connection" || r.Check == "timeout")
}

// failed shows why a sign-in was refused, on the first page. Who was signed in
// stays so. A form from another site comes without the session's cookie; to give
// such a browser a new one would sign out whoever it belongs to, so that page is
// the answer itself.
func (a *App) failed(w http.ResponseWriter, r *http.Request, err error) {
	a.diary.refused("sign-in", err)
	if a.fumbles(w, r, err) {
		return
	}
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

// signInWith signs in who brings an access token: only a client with a bug does
// that, for a token says nothing about who brings it.
func (a *App) signInWith(w http.ResponseWriter, r *http.Request, token string) {
	s := &client.Session{Tokens: client.TokenResponse{AccessToken: token}}
	m, err := a.client.Discover(r.Context())
	if err != nil {
		a.failed(w, r, err)
		return
	}
	resp, err := a.client.Call(r.Context(), s, client.CallOptions{URL: m.UserInfoEndpoint})
	if err != nil {
		a.failed(w, r, err)
		return
	}
	s.UserInfo, _ = resp.JSON.(map[string]any)
	s.IDToken = &client.IDToken{Claims: s.UserInfo}
	v, err := a.admit(w, r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v.mu.Lock()
	v.session, v.provider, v.account = s, a.client, a.account(s)
	v.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// words are what a provider says of an error.
func words(err error) *client.OAuthError {
	if r := rejection(err); r != nil && r.OAuth != nil {
		return r.OAuth
	}
	return &client.OAuthError{Code: "error", Description: err.Error()}
}
