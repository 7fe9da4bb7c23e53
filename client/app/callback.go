package app

import (
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/client"
)

// callback takes the authorization response, and leaves its URL at once, so that no
// code stays in the address bar or the history.
func (a *App) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return // a prefetch uses nothing up
	}
	response := r.URL.Query()
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			a.problem(w, http.StatusBadRequest, "That response cannot be read", "Sign in again.")
			return
		}
		response = r.PostForm
	}
	state := response.Get("state")
	if a.isFinished(r, state) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	l, s, note, err := a.finish(r, response)
	switch {
	case l != nil && l.authorization.State == state && isReplay(err):
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case err != nil:
		a.fail(w, r, err)
	default:
		a.signIn(w, r, l, s, note)
	}
}

// isFinished reports whether a browser brings the answer to a sign-in that it has
// finished a moment ago: a second press, or a page that was loaded again. It is sent
// where the first went, and its cookies stay as they are.
func (a *App) isFinished(r *http.Request, state string) bool {
	browser, finished := a.answered.get(state)
	c, err := r.Cookie(a.cookieName("login"))
	return finished && err == nil && c.Value == browser
}

// isReplay reports whether a sign-in failed for no more than that the same answer is
// being taken already.
func isReplay(err error) bool {
	r := rejection(err)
	return r != nil && r.Check == "replay"
}

// finish judges a response, and fetches the claims of the user. note is what to tell
// the user about a sign-in that succeeded.
func (a *App) finish(r *http.Request, response url.Values) (l *login, s *client.Session, note string, err error) {
	l, key := a.pendingOf(r, response.Get("state"))
	if l == nil {
		return nil, nil, "", &client.Rejection{
			Check: "state", Spec: "RFC 6749 section 10.12", Want: "the answer to a sign-in of this browser", Got: "one to none that is pending",
		}
	}
	s, err = l.provider.Callback(r.Context(), l.authorization, response)
	if l.authorization.Answered.Load() {
		a.pending.delete(key)
	}
	if err == nil {
		note, err = fetchClaims(r, l.provider, s)
	}
	return l, s, note, err
}

// pendingOf returns the pending login that a response is to, if this browser began
// it. Without one of that state, it is the newest one of the browser: it is the client
// that judges the state.
func (a *App) pendingOf(r *http.Request, state string) (*login, string) {
	c, err := r.Cookie(a.cookieName("login"))
	mine := func(l *login) bool { return err == nil && l.browser == c.Value }
	if l, ok := a.pending.get(state); ok && mine(l) {
		return l, state
	}
	return a.pending.newest(mine)
}

// fetchClaims fetches the claims of the user from userinfo. That they cannot be had is
// a note; that they are wrong is the end of the sign-in.
func fetchClaims(r *http.Request, provider *client.Client, s *client.Session) (note string, err error) {
	m, err := provider.Discover(r.Context())
	if err != nil || m.UserInfoEndpoint == "" || s.Snapshot().Tokens.AccessToken == "" || s.IDToken == nil {
		return "", nil
	}
	_, err = provider.UserInfo(r.Context(), s)
	if refusal := rejection(err); refusal != nil && isUnavailable(refusal) {
		return "The claims of userinfo could not be had: " + err.Error(), nil
	}
	return "", err
}

// isUnavailable reports whether there was no answer to a request, or an error.
func isUnavailable(r *client.Rejection) bool {
	if r.Response == nil {
		return r.OAuth != nil || r.Check == "connection" || r.Check == "timeout"
	}
	return r.OAuth != nil || r.Response.Status >= 400
}

// signIn gives the browser a session.
func (a *App) signIn(w http.ResponseWriter, r *http.Request, l *login, s *client.Session, note string) {
	v, err := a.renew(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if state := l.authorization.State; state != "" && l.authorization.Answered.Load() {
		a.answered.put(state, l.browser)
	}
	account := a.account(s)
	v.mu.Lock()
	v.session, v.notice, v.provider, v.account = s, note, l.provider, account
	v.mu.Unlock()
	a.log.signedIn(account)
	a.signedIn(w, r, s, l.returnTo)
}

// redirectTo answers a sign-in that succeeded.
func redirectTo(w http.ResponseWriter, r *http.Request, _ *client.Session, returnTo string) {
	http.Redirect(w, r, returnTo, http.StatusSeeOther)
}

// fail answers a sign-in that failed.
func (a *App) fail(w http.ResponseWriter, r *http.Request, err error) {
	a.log.failed("sign-in", err)
	a.failurePage(w, r, err)
}

// showFailure shows why a sign-in was refused, on the first page. A signed-in user
// stays so. A form from another site comes without the session's cookie; to give
// such a browser a new one would sign its user out, so that page is the answer itself.
func (a *App) showFailure(w http.ResponseWriter, r *http.Request, err error) {
	if v, _ := a.visitor(r); v == nil && r.Method == http.MethodPost {
		a.show(w, http.StatusForbidden, "home", page{Failure: failureOf(err)})
		return
	}
	v, broken := a.ensureVisitor(w, r)
	if broken != nil {
		a.problem(w, http.StatusInternalServerError, "Internal error", "No source of randomness: "+broken.Error())
		return
	}
	v.mu.Lock()
	v.failure = failureOf(err)
	v.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
