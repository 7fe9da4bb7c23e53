package main

import (
	"fmt"
	"html/template"
	"net/http"
	"os"
	"strings"
	"sync"
)

// accounts are those of an app that has passwords and two providers. A user of a
// provider gets the account of a password only if both have proved the address, and
// only from the first provider, which issues the addresses itself.
type accounts struct {
	bug   func(string) bool
	first string

	mu    sync.Mutex
	byID  map[string]string // of a provider and its user
	local map[string]*localAccount
	users []known
}

type localAccount struct {
	name, password string
	confirmed      bool // its owner has opened the link that was sent to the address
}

// known is a user of a provider who has an account.
type known struct {
	visitor
	account string
}

func newLinking(s *site) http.Handler {
	second := newProvider(os.Getenv("OIDC_ISSUER_2"), s.provider.id, s.provider.secret, s.provider.redirect)
	a := &accounts{bug: s.bug, first: s.provider.issuer, byID: map[string]string{}, local: map[string]*localAccount{}}
	mux := s.mux(http.StatusForbidden)
	app := http.NewServeMux()
	app.Handle("/", mux)
	app.HandleFunc("GET /login/second", func(w http.ResponseWriter, r *http.Request) {
		if err := s.begin(w, r, second, "/"); err != nil {
			refuse(w, http.StatusForbidden, err)
		}
	})
	app.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		v, l, err := s.finish(r)
		if err != nil {
			refuse(w, http.StatusForbidden, err)
			return
		}
		v.account = a.of(v)
		s.open(w, r, v)
		http.Redirect(w, r, l.Next, http.StatusSeeOther)
	})
	app.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		v := s.visitor(r)
		if v == nil {
			answer(w, 401, map[string]any{"signed_in": false})
			return
		}
		answer(w, 200, map[string]any{"signed_in": true, "account": v.account, "email": v.Email, "name": v.Name})
	})
	app.HandleFunc("GET /admin", func(w http.ResponseWriter, r *http.Request) {
		switch v := s.visitor(r); {
		case v == nil:
			show(w, 401, view{Text: "Sign in first."})
		case v.Username == "admin" && s.bug("admin-by-name"):
			show(w, 200, view{Text: "The users of this app", User: v}) // planted: preferred-username-admin
		default:
			show(w, 403, view{Text: "This page is for administrators.", User: v})
		}
	})
	for _, path := range []string{"/register", "/password"} {
		app.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = passwordForm.Execute(w, path)
		})
		app.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			email := r.PostFormValue("email")
			account := a.password(path == "/register", email, r.PostFormValue("password"))
			if account == "" {
				show(w, 403, view{Text: "That is not the password."})
				return
			}
			s.open(w, r, &visitor{Email: email, account: account})
			http.Redirect(w, r, "/", http.StatusSeeOther)
		})
	}
	return app
}

var passwordForm = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Password</title>
<form method="post" action="{{.}}"><input type="email" name="email"><input type="password" name="password"><button>Go</button></form></html>`))

// password registers an account or opens one, and returns its name, "" for none.
func (a *accounts) password(register bool, email, password string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.local[email]
	if l == nil && register {
		l = &localAccount{name: fmt.Sprintf("local-%d", len(a.local)+1), password: password}
		a.local[email] = l
	}
	if l == nil || l.password != password {
		return ""
	}
	return l.name
}

// of returns the account of a user of a provider: known by iss and sub.
func (a *accounts) of(v *visitor) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := v.Iss + " " + v.Sub
	if a.bug("sub-only") {
		id = v.Sub // planted: idp-confusion-sub
	}
	if a.byID[id] == "" {
		a.byID[id] = a.link(v)
	}
	a.users = append(a.users, known{*v, a.byID[id]})
	return a.byID[id]
}

// link returns the account that a new user of a provider gets.
func (a *accounts) link(v *visitor) string {
	if l := a.local[v.Email]; l != nil {
		trusted := v.Verified == true && v.Iss == a.first
		if trusted && (l.confirmed || a.bug("unconfirmed-password")) { // planted: pre-account-takeover
			return l.name
		}
	}
	for _, other := range a.users {
		if a.takesFor(v, &other.visitor) {
			return other.account
		}
	}
	return fmt.Sprintf("account-%d", len(a.byID)+1)
}

// takesFor reports whether the app takes one user of a provider for another, which it
// does only with a bug.
func (a *accounts) takesFor(v, other *visitor) bool {
	same := v.Email != "" && v.Email == other.Email
	switch {
	case same && v.Verified == true && a.bug("email"): // planted: idp-confusion-email // planted: ui-email-recycled
	case same && v.Verified == false && a.bug("unverified-email"): // planted: email-unverified-link
	case same && v.Verified == nil && a.bug("email-verified-by-default"): // planted: email-verified-absent // planted: ui-claim-type-confusion
	case !same && v.Email != "" && fold(v.Email) == fold(other.Email) && a.bug("folded-email"): // planted: email-case-plus
	case v.Username != "" && v.Username == other.Username && a.bug("username"): // planted: preferred-username-link
	default:
		return false
	}
	return true
}

func fold(email string) string {
	name, domain, _ := strings.Cut(strings.ToLower(email), "@")
	name, _, _ = strings.Cut(name, "+")
	return name + "@" + domain
}
