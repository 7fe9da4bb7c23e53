package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// stateless keeps what it knows of a browser in signed cookies. The server keeps only
// which sessions and sign-ins have ended.
type stateless struct {
	*site
	key   [32]byte
	mu    sync.Mutex
	ended map[string]time.Time
}

// ticket is what a session cookie says.
type ticket struct {
	ID      string
	User    visitor
	Expires time.Time
	Tokens  string `json:",omitempty"`
}

func newStateless(s *site) http.Handler {
	a := &stateless{site: s, ended: map[string]time.Time{}}
	_, _ = rand.Read(a.key[:])
	s.provider.without.errorFirst = s.bug("error-and-code") // planted: err-and-code-both
	mux := http.NewServeMux()
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		t := a.session(r)
		if t == nil {
			answer(w, 401, map[string]any{"signed_in": false})
			return
		}
		answer(w, 200, map[string]any{"signed_in": true, "account": t.User.Iss + " " + t.User.Sub, "email": t.User.Email, "name": t.User.Name})
	})
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("GET /callback", a.callback)
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		if t := a.session(r); t != nil && !s.bug("no-list-of-ended") { // planted: logout-cookie-replay
			a.end(t.ID, t.Expires)
		}
		http.SetCookie(w, sessionCookie("session", ""))
		show(w, 200, view{Text: "You are signed out."})
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		v := view{}
		if t := a.session(r); t != nil {
			v.User = &t.User
			v.State = t.Tokens
		}
		show(w, 200, v)
	})
	return mux
}

func (a *stateless) login(w http.ResponseWriter, r *http.Request) {
	l := newLogin("", local(r.URL.Query().Get("next")))
	sealed := a.seal(l)
	http.SetCookie(w, sessionCookie("login-"+l.State, sealed))
	if a.bug("state-without-browser") {
		l.State = sealed // planted: login-csrf // planted: state-cross-session // planted: callback-no-cookies // planted: callback-head-prefetch
	}
	address, err := a.provider.authorize(r.Context(), l)
	if err != nil {
		refuse(w, 403, err)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (a *stateless) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	q := r.URL.Query()
	var l login
	c, err := r.Cookie("login-" + q.Get("state"))
	switch {
	case a.bug("state-without-browser") && a.unseal(q.Get("state"), &l) == nil:
	case err != nil || a.unseal(c.Value, &l) != nil || l.State != q.Get("state"):
		refuse(w, 403, errors.New("state: no sign-in of this browser is pending"))
		return
	}
	if !a.end(l.State, l.Since.Add(time.Hour)) {
		refuse(w, 403, errors.New("state: that sign-in has ended"))
		return
	}
	v, err := a.provider.answer(r.Context(), q, &l)
	if err != nil {
		refuse(w, 403, err)
		return
	}
	t := &ticket{ID: rand.Text(), User: *v, Expires: time.Now().Add(8 * time.Hour)}
	if a.bug("tokens-in-cookie") {
		t.Tokens = v.accessToken // planted: tokens-in-browser
	}
	cookie := sessionCookie("session", a.seal(t))
	if a.bug("any-site") {
		cookie.HttpOnly = false // planted: session-cookie-flags
	}
	http.SetCookie(w, cookie)
	http.SetCookie(w, &http.Cookie{Name: "login-" + l.State, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, l.Next, http.StatusSeeOther)
}

// session returns what the session cookie says, nil where it is not valid.
func (a *stateless) session(r *http.Request) *ticket {
	c, err := r.Cookie("session")
	var t ticket
	if err != nil || a.unseal(c.Value, &t) != nil || time.Now().After(t.Expires) {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, over := a.ended[t.ID]; over {
		return nil
	}
	return &t
}

// end notes that a session or a sign-in is over, and reports whether it was not before.
func (a *stateless) end(id string, until time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for old, at := range a.ended {
		if time.Now().After(at) {
			delete(a.ended, old)
		}
	}
	_, over := a.ended[id]
	a.ended[id] = until
	return !over
}

func (a *stateless) sign(text string) string {
	mac := hmac.New(sha256.New, a.key[:])
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (a *stateless) seal(v any) string {
	data, _ := json.Marshal(v)
	text := base64.RawURLEncoding.EncodeToString(data)
	return text + "." + a.sign(text)
}

func (a *stateless) unseal(sealed string, into any) error {
	text, mac, _ := strings.Cut(sealed, ".")
	if !hmac.Equal([]byte(mac), []byte(a.sign(text))) {
		return errors.New("not signed here")
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
