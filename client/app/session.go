package app

import (
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client"
)

// visitor is a browser the App knows, signed in or not.
type visitor struct {
	csrf string

	mu          sync.Mutex
	session     *client.Session // nil: not signed in
	account     string          // of the session
	local       string          // e-mail address of the account it signed in to by password
	provider    *client.Client  // that signed the session in
	since       time.Time
	failure     *failure // of the last sign-in, until the next
	notice      string   // shown once
	called      *called  // the last call of the API
	refreshes   int
	logoutState string // of the sign-out under way
}

// identity returns the visitor's account, and the e-mail address it signed in to it
// with, where that was by password.
func (v *visitor) identity() (account, local string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.account, v.local
}

// current returns the visitor's session, nil when there is none.
func (v *visitor) current() *client.Session {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.session
}

// visitor returns the visitor that sent a request, nil for a browser that is not
// known, and the value of its session cookie.
func (a *App) visitor(r *http.Request) (*visitor, string) {
	c, err := r.Cookie(a.cookieName("session"))
	if err != nil {
		return nil, ""
	}
	v, _ := a.visitors.get(c.Value)
	return v, c.Value
}

// renew gives a browser a session under a new cookie, and ends the one it had: a
// cookie that an attacker planted before is worth nothing after (session fixation).
func (a *App) renew(w http.ResponseWriter, r *http.Request) (*visitor, error) {
	_, old := a.visitor(r)
	id, err := a.cookies.Value(old)
	if err != nil {
		return nil, err
	}
	if old != "" {
		a.cookies.End(old)
	}
	csrf, err := a.newToken()
	if err != nil {
		return nil, err
	}
	v := &visitor{csrf: csrf, since: a.cfg.Now()}
	a.visitors.put(id, v)
	a.setCookie(w, &http.Cookie{
		Name: a.cookieName("session"), Value: id, SameSite: http.SameSiteLaxMode, MaxAge: int(a.cfg.SessionAge.Seconds()),
	})
	return v, nil
}

// ensureVisitor returns the visitor, a new one if need be.
func (a *App) ensureVisitor(w http.ResponseWriter, r *http.Request) (*visitor, error) {
	if v, _ := a.visitor(r); v != nil {
		return v, nil
	}
	return a.renew(w, r)
}

// action lets a POST through only with the visitor's own CSRF token.
func (a *App) action(do func(http.ResponseWriter, *http.Request, *visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, _ := a.visitor(r)
		if v == nil || subtle.ConstantTimeCompare([]byte(r.PostFormValue("csrf")), []byte(v.csrf)) != 1 {
			a.problem(w, http.StatusForbidden, "That button is out of date", "Go back to the first page and press it there.")
			return
		}
		do(w, r, v)
	}
}
