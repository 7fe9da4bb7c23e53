package main

import (
	"crypto/rand"
	"net/http"
	"strings"
)

// newGateway makes an app as a gateway does it: there is no sign-in page, a protected
// page redirects a browser that is not signed in to the provider and brings it back.
func newGateway(s *site) http.Handler {
	if s.bug("script-cookie") {
		s.cookie = func(name, value string) *http.Cookie {
			c := sessionCookie(name, value)
			c.HttpOnly = false // planted: session-cookie-flags
			return c
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		v, l, err := s.finish(r)
		if err != nil {
			refuse(w, http.StatusForbidden, err)
			return
		}
		if c, err := r.Cookie("session"); err == nil && c.Value != "" && s.bug("fixed-session") {
			s.mu.Lock()
			s.visitors[c.Value] = v // planted: session-fixation
			s.mu.Unlock()
		} else {
			s.open(w, r, v)
		}
		http.Redirect(w, r, l.Next, http.StatusSeeOther)
	})
	mux.HandleFunc("POST /sign_out", func(w http.ResponseWriter, r *http.Request) {
		switch v := s.visitor(r); {
		case v == nil || r.PostFormValue("csrf") != v.csrf:
			show(w, http.StatusForbidden, view{Text: "Press the button on the first page."})
			return
		case s.bug("sign-out-in-browser"):
			http.SetCookie(w, s.cookie("session", "")) // planted: logout-cookie-replay
		default:
			s.close(w, r)
		}
		show(w, http.StatusOK, view{Text: "You are signed out."})
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		v := s.visitor(r)
		if user := r.Header.Get("X-Forwarded-User"); user != "" && s.bug("trusts-header") {
			v = &visitor{Sub: user, Email: user, Name: user} // planted: reverse-proxy-header-spoof
		}
		if v != nil {
			showGate(w, v)
			return
		}
		next := r.URL.Query().Get("rd")
		if !s.bug("open-redirect") || !strings.HasPrefix(next, "/") { // planted: open-redirect-return-to
			next = local(next)
		}
		if _, err := r.Cookie("session"); err != nil && s.bug("fixed-session") {
			http.SetCookie(w, s.cookie("session", rand.Text())) // of a visitor
		}
		if err := s.begin(w, r, s.provider, next); err != nil {
			refuse(w, http.StatusForbidden, err)
		}
	})
	return mux
}

func showGate(w http.ResponseWriter, v *visitor) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = gate.Execute(w, v)
}
