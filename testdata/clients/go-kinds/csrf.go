package main

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"strings"
)

var signInForm = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Sign in</title>
<form method="post" action="/login"><input type="hidden" name="csrf" value="{{.}}"><button>Sign in with Example</button></form></html>`))

// newCSRF makes an app whose sign-in is begun by POST, with the value of a hidden field
// that belongs to the browser's cookie, as Django and Rails want it.
func newCSRF(s *site) http.Handler {
	s.provider.without.duplicates = s.bug("first-of-several") // planted: code-duplicated // planted: state-duplicated
	mux := s.mux(http.StatusForbidden)
	app := http.NewServeMux()
	app.Handle("/", mux)
	app.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		token := rand.Text()
		if c, err := r.Cookie("csrf"); err == nil && len(c.Value) == 26 {
			token = c.Value
		} else {
			http.SetCookie(w, &http.Cookie{Name: "csrf", Value: token, Path: "/", SameSite: http.SameSiteLaxMode}) // scripts of the page may read it
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = signInForm.Execute(w, token)
	})
	app.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "sent by the form only", http.StatusMethodNotAllowed)
	})
	app.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("csrf")
		if err != nil || c.Value != r.PostFormValue("csrf") {
			show(w, 403, view{Text: "The form has expired. Open it again."})
			return
		}
		if err := s.begin(s.passOn(w, r), r, s.provider, s.next(r.FormValue("next"))); err != nil {
			refuse(w, 403, err)
		}
	})
	app.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if s.bug("any-state") {
			s.adoptState(r) // planted: state-missing // planted: state-wrong // planted: state-empty
		}
		mux.ServeHTTP(w, r)
	})
	return app
}

// passOn returns a writer that adds what the form was sent with to the authorization
// request, where the app has that bug.
func (s *site) passOn(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	if !s.bug("passes-on") {
		return w
	}
	_ = r.ParseForm()
	params := r.Form
	params.Del("csrf")
	return &authorizeWith{w, params} // planted: request-smuggle-params
}

// next returns where to go after a sign-in.
func (s *site) next(path string) string {
	if s.bug("open-redirect") && strings.HasPrefix(path, "/") { // planted: open-redirect-return-to
		return path
	}
	return local(path)
}

// adoptState takes the only sign-in of a browser for the one that was answered.
func (s *site) adoptState(r *http.Request) {
	c, err := r.Cookie("login")
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for state, l := range s.logins {
		if l.Browser == c.Value {
			q := r.URL.Query()
			q.Set("state", state)
			r.URL.RawQuery = q.Encode()
			return
		}
	}
}
