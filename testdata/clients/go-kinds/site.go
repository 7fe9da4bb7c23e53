package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// site is what most kinds have in common: sign-ins and sessions in memory.
type site struct {
	base     string
	provider *provider
	bug      func(name string) bool // whether the app has a bug on purpose
	cookie   func(name, value string) *http.Cookie

	mu       sync.Mutex
	logins   map[string]*login
	visitors map[string]*visitor
}

// login is a sign-in that waits for its answer.
type login struct {
	State, Browser, Nonce, Verifier, Next string
	Since                                 time.Time
	provider                              *provider
}

// visitor is a user that is signed in.
type visitor struct {
	Iss, Sub, Email, Name string
	Verified              any // email_verified, as the provider says it
	Username              string
	account, csrf         string
	rawID, accessToken    string
}

func newSite(base string, p *provider) *site {
	return &site{base: base, provider: p, cookie: sessionCookie, logins: map[string]*login{}, visitors: map[string]*visitor{}}
}

func sessionCookie(name, value string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 8 * 3600}
}

func newLogin(browser, next string) *login {
	return &login{State: rand.Text(), Browser: browser, Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Since: time.Now()}
}

// begin sends the browser to the provider.
func (s *site) begin(w http.ResponseWriter, r *http.Request, p *provider, next string) error {
	browser := ""
	if c, err := r.Cookie("login"); err == nil && len(c.Value) == 26 {
		browser = c.Value
	} else {
		browser = rand.Text()
		http.SetCookie(w, s.cookie("login", browser))
	}
	l := newLogin(browser, next)
	l.provider = p
	address, err := p.authorize(r.Context(), l)
	if err != nil {
		return err
	}
	s.mu.Lock()
	for state, old := range s.logins {
		if time.Since(old.Since) > 30*time.Minute || len(s.logins) > 10_000 {
			delete(s.logins, state)
		}
	}
	s.logins[l.State] = l
	s.mu.Unlock()
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// finish takes an authorization response for a sign-in of this browser.
func (s *site) finish(r *http.Request) (*visitor, *login, error) {
	q := r.URL.Query()
	c, err := r.Cookie("login")
	if err != nil {
		return nil, nil, errors.New("no sign-in was begun in this browser")
	}
	s.mu.Lock()
	l := s.logins[q.Get("state")]
	if l != nil && l.Browser == c.Value {
		delete(s.logins, l.State)
	}
	s.mu.Unlock()
	if l == nil || l.Browser != c.Value {
		return nil, nil, errors.New("state: no sign-in of this browser is pending")
	}
	v, err := l.provider.answer(r.Context(), q, l)
	return v, l, err
}

// open begins a session of a user, and ends the one of before.
func (s *site) open(w http.ResponseWriter, r *http.Request, v *visitor) {
	id := rand.Text()
	v.csrf = rand.Text()
	s.mu.Lock()
	if c, err := r.Cookie("session"); err == nil {
		delete(s.visitors, c.Value)
	}
	s.visitors[id] = v
	s.mu.Unlock()
	http.SetCookie(w, s.cookie("session", id))
}

// visitor returns the user that is signed in, nil for none.
func (s *site) visitor(r *http.Request) *visitor {
	c, err := r.Cookie("session")
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visitors[c.Value]
}

// close ends the session.
func (s *site) close(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie("session"); err == nil {
		s.mu.Lock()
		delete(s.visitors, c.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, s.cookie("session", ""))
}

// local returns a path of this app, and / for anything else.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title>
{{with .Text}}<p>{{.}}</p>{{end}}{{with .User}}<h1>Signed in as {{.Name}} ({{.Email}})</h1>
<form method="post" action="/logout"><input type="hidden" name="csrf" value="{{.CSRF}}"><button>Sign out</button></form>
{{else}}<p>Not signed in. <a href="/login">Sign in</a></p>{{end}}{{with .State}}<script type="application/json">{{.}}</script>{{end}}</html>`))

type view struct {
	Text  string
	User  *visitor
	State string
}

// CSRF returns the value that the form for signing out must bring back.
func (v *visitor) CSRF() string { return v.csrf }

func show(w http.ResponseWriter, status int, v view) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = page.Execute(w, v)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// refuse writes why to the log, and nothing of it onto the page.
func refuse(w http.ResponseWriter, status int, err error) {
	log.Printf("%q", err.Error())
	show(w, status, view{Text: "The sign-in failed. Try again."})
}

// mux returns the pages that most kinds have: /login, /callback, /logout, / and /me.
// Failures are answered with a status.
func (s *site) mux(failure int) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { show(w, 200, view{User: s.visitor(r)}) })
	mux.HandleFunc("GET /me", s.me)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if err := s.begin(w, r, s.provider, local(r.URL.Query().Get("next"))); err != nil {
			refuse(w, failure, err)
		}
	})
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		v, l, err := s.finish(r)
		if err != nil {
			refuse(w, failure, err)
			return
		}
		s.open(w, r, v)
		http.Redirect(w, r, l.Next, http.StatusSeeOther)
	})
	return mux
}

func (s *site) me(w http.ResponseWriter, r *http.Request) {
	v := s.visitor(r)
	if v == nil {
		answer(w, 401, map[string]any{"signed_in": false})
		return
	}
	answer(w, 200, map[string]any{"signed_in": true, "account": fmt.Sprint(v.Iss, " ", v.Sub), "email": v.Email, "name": v.Name})
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	v := s.visitor(r)
	if v == nil || r.PostFormValue("csrf") != v.csrf {
		show(w, 403, view{Text: "Press the button on the first page.", User: v})
		return
	}
	s.close(w, r)
	show(w, 200, view{Text: "You are signed out."})
}

var gate = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title><h1>{{.Name}}, {{.Email}}</h1>
<form method="post" action="/sign_out"><input type="hidden" name="csrf" value="{{.CSRF}}"><button>Sign out</button></form></html>`))
