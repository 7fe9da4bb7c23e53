package app

import (
	"cmp"
	"net/http"

	"github.com/authdrill/authdrill/client"
)

// login is a pending login of a browser.
type login struct {
	provider      *client.Client
	browser       string // the value of its cookie
	authorization *client.Authorization
	returnTo      string
}

// beginLogin sends the browser to the provider. With iss it is third-party initiated
// (OIDC Core 4), and refused for any issuer but our own.
func (a *App) beginLogin(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	provider := a.client
	if a.second != nil && q.Get("provider") == "second" {
		provider = a.second
	}
	if iss, ours := q.Get("iss"), provider.Config().Issuer; iss != "" && iss != ours {
		a.problem(w, http.StatusBadRequest, "That is not our provider", "This app signs in at "+ours+" only (OIDC Core 4).")
		return
	}
	browser, err := a.browser(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	pending, err := provider.Authorize(r.Context(), a.authorizeOptions(r))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	key := pending.State
	if key == "" { // a client that was told to send none
		key = pending.Verifier + pending.Nonce
	}
	a.pending.put(key, &login{
		provider: provider, browser: browser, authorization: pending,
		returnTo: localPath(cmp.Or(q.Get("return_to"), q.Get("target_link_uri"))),
	})
	http.Redirect(w, r, pending.URL, http.StatusSeeOther)
}

// authorizeOptions are what the request asks for: what the App is configured to ask
// for, and the two parameters of the login page that are harmless.
func (a *App) authorizeOptions(r *http.Request) client.AuthorizeOptions {
	q := r.URL.Query()
	o := a.cfg.Authorize
	o.ResponseMode, o.LoginHint, o.Prompt = a.cfg.ResponseMode, q.Get("login_hint"), q.Get("prompt")
	return o
}
