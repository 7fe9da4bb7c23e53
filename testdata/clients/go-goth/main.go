// A web app that signs in with goth, at the provider whose client it is told of.
// It changes no URL: HTTPS_PROXY leads it to the provider's own host names.
package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"log"
	"net"
	"net/http"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/markbates/goth"
	"golang.org/x/oauth2"
)

// visitor is a browser's session. Of goth's, it keeps the text.
type visitor struct {
	state   string
	session string
	user    bool
}

type app struct {
	provider goth.Provider

	mu       sync.Mutex
	visitors map[string]*visitor
}

func main() {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
	if err != nil {
		log.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	provider, err := chosen(base + "/login/authorized")
	if err != nil {
		log.Fatal(err)
	}
	a := &app{provider: provider, visitors: map[string]*visitor{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.with(a.home))
	mux.HandleFunc("GET /login", a.with(a.login))
	mux.HandleFunc("/login/authorized", a.with(a.authorized)) // Apple sends a form
	mux.HandleFunc("GET /logout", a.with(a.logout))
	log.Printf("Running on %s", base)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}

func say(w http.ResponseWriter, status int, format string, args ...any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><p>%s <p><a href=\"/login\">Sign in</a> <a href=\"/logout\">Sign out</a>", html.EscapeString(fmt.Sprintf(format, args...)))
}

// with finds a browser's session, and begins it.
func (a *app) with(page func(http.ResponseWriter, *http.Request, *visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		var v *visitor
		if c, err := r.Cookie("session"); err == nil {
			v = a.visitors[c.Value]
		}
		if v == nil {
			v = &visitor{}
			id := rand.Text()
			a.visitors[id] = v
			// Apple's form comes from another site, and must bring the cookie.
			http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode})
		}
		page(w, r, v)
	}
}

func (a *app) home(w http.ResponseWriter, _ *http.Request, v *visitor) {
	if !v.user {
		say(w, 200, "Nobody is signed in.")
		return
	}
	user, err := a.user(v)
	if err != nil {
		*v = visitor{}
		say(w, 200, "Please sign in again: %v", err)
		return
	}
	email := user.Email
	if email == "" { // who has no mailbox at Microsoft has a name there that looks like one
		email, _ = user.RawData["userPrincipalName"].(string)
	}
	say(w, 200, "Signed in as: %s, %s, %s", user.UserID, user.Name, email)
}

func (a *app) login(w http.ResponseWriter, r *http.Request, v *visitor) {
	*v = visitor{state: rand.Text()}
	session, err := a.provider.BeginAuth(v.state)
	if err != nil {
		say(w, 502, "The sign-in failed: %v", err)
		return
	}
	address, err := session.GetAuthURL()
	if err != nil {
		say(w, 502, "The sign-in failed: %v", err)
		return
	}
	v.session = session.Marshal()
	http.Redirect(w, r, address, http.StatusFound)
}

func (a *app) authorized(w http.ResponseWriter, r *http.Request, v *visitor) {
	state := v.state
	v.state = ""
	switch {
	case state == "" || r.FormValue("state") != state:
		say(w, 400, "The sign-in failed: its state is not this browser's")
	case r.FormValue("error") != "":
		say(w, 200, "Access denied: error=%s reason=%s", r.FormValue("error"), r.FormValue("error_description"))
	default:
		session, err := a.provider.UnmarshalSession(v.session)
		if err == nil {
			_, err = session.Authorize(a.provider, r.Form)
		}
		if err != nil {
			say(w, 502, "The sign-in failed: %v", err)
			return
		}
		v.session, v.user = session.Marshal(), true
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (a *app) logout(w http.ResponseWriter, r *http.Request, v *visitor) {
	*v = visitor{}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// user asks the provider who has signed in. A token that has expired, or that is
// refused, is refreshed first where there is something to refresh it with.
func (a *app) user(v *visitor) (goth.User, error) {
	session, err := a.provider.UnmarshalSession(v.session)
	if err != nil {
		return goth.User{}, err
	}
	user, err := a.fetch(session)
	switch {
	case !a.provider.RefreshTokenAvailable() || field(session, "RefreshToken") == "":
		return user, err
	// Apple has no profile that could be refused: the refresh tells.
	case err == nil && user.ExpiresAt.After(time.Now()) && a.provider.Name() != "apple":
		return user, nil
	}
	token, err := a.provider.RefreshToken(field(session, "RefreshToken"))
	if err != nil {
		return user, err
	}
	renew(session, token)
	v.session = session.Marshal()
	return a.fetch(session)
}

// fetch asks for the profile. Slack refuses with status 200, which goth takes for
// a user without a name.
func (a *app) fetch(session goth.Session) (goth.User, error) {
	user, err := a.provider.FetchUser(session)
	if err == nil && user.UserID == "" {
		err = errors.New(a.provider.Name() + " names no user")
	}
	return user, err
}

// field reads a session, of which goth has another type for each provider.
func field(session goth.Session, name string) string {
	f := reflect.ValueOf(session).Elem().FieldByName(name)
	if !f.IsValid() {
		return ""
	}
	return f.String()
}

func renew(session goth.Session, token *oauth2.Token) {
	s := reflect.ValueOf(session).Elem()
	s.FieldByName("AccessToken").SetString(token.AccessToken)
	s.FieldByName("RefreshToken").SetString(token.RefreshToken)
	s.FieldByName("ExpiresAt").Set(reflect.ValueOf(token.Expiry))
}
