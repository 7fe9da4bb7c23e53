package app

import (
	"errors"
	"net/http"
	"slices"

	"github.com/authdrill/authdrill/client"
)

// refresh is the button "Refresh".
func (a *App) refresh(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.current(); s != nil {
		_, err := v.provider.Refresh(r.Context(), s, client.RefreshOptions{})
		if err != nil {
			a.log.failed("refresh", err)
		}
		v.mu.Lock()
		switch {
		case err == nil:
			v.refreshes++
			v.notice = "The tokens were refreshed."
		case endsSession(err):
			v.session, v.failure = nil, failureOf(err)
		default:
			v.notice = "The tokens could not be refreshed: " + err.Error()
		}
		v.mu.Unlock()
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// endsSession reports whether a refresh failed in a way that ends the session: the
// provider has ended the grant, or the refreshed ID token was refused, as one of
// another user is.
func endsSession(err error) bool {
	var e *client.OAuthError
	r := rejection(err)
	return errors.As(err, &e) && e.Code == "invalid_grant" || r != nil && r.IDToken != nil
}

// call is the button "Call the API".
func (a *App) call(w http.ResponseWriter, r *http.Request, v *visitor) {
	if s := v.current(); s != nil && a.cfg.APIURL != "" {
		resp, err := v.provider.Call(r.Context(), s, client.CallOptions{URL: a.cfg.APIURL, AutoRefresh: true})
		if err != nil {
			a.log.failed("call of the API", err)
		}
		v.mu.Lock()
		v.called = calledOf(a.cfg.APIURL, resp, err)
		v.mu.Unlock()
	}
	http.Redirect(w, r, "/#api", http.StatusSeeOther)
}

// api calls the protected resource for the user, and answers with its status: a page
// that other programs, and drills, can ask.
func (a *App) api(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	s := v.current()
	if s == nil || a.cfg.APIURL == "" {
		answerNotSignedIn(w)
		return
	}
	resp, err := v.provider.Call(r.Context(), s, client.CallOptions{URL: a.cfg.APIURL, AutoRefresh: true})
	if err != nil {
		answerAPIFailure(w, v, err)
		return
	}
	answerJSON(w, resp.Status, map[string]any{"status": resp.Status, "answer": resp.JSON, "refreshed": resp.Refreshed != nil})
}

// answerAPIFailure says why the resource could not be called. Where the provider has
// ended the session, ours ends too; any other failure may pass: the App works, and
// what it depends on does not.
func answerAPIFailure(w http.ResponseWriter, v *visitor, err error) {
	status := http.StatusFailedDependency
	if endsSession(err) {
		status = http.StatusUnauthorized
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

func answerNotSignedIn(w http.ResponseWriter) {
	answerJSON(w, http.StatusUnauthorized, map[string]any{"error": "no user is signed in"})
}

// health says that the App works, whatever the provider does.
func health(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{"ok": true})
}

// admin is for the accounts that Config.Admins names. No claim of a provider makes a
// user an administrator.
func (a *App) admin(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	if v.current() == nil {
		answerNotSignedIn(w)
		return
	}
	if account, _ := v.identity(); !slices.Contains(a.cfg.Admins, account) {
		answerJSON(w, http.StatusForbidden, map[string]any{"error": "this page is for administrators"})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"admin": true})
}
