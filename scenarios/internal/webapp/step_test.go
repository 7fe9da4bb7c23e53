package webapp

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestSignInThatMust: nothing is concluded where the app goes on with the user before.
func TestSignInThatMust(t *testing.T) {
	site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "alice@example.com")
	}))
	d := NewSubject(&drill.Scenario{}, site).(*subject)
	defer d.trail.close()
	for user, reached := range map[string]bool{"alice": true, "bob": false} {
		err := d.noteSignIn(t.Context(), d.browser(""), &drill.SignIn{User: user, Must: true})
		var notReached engine.NotReached
		if errors.As(err, &notReached) == reached || reached && err != nil {
			t.Errorf("%s: %v", user, err)
		}
	}
}

// TestUserBeforeSignsOut: an app that begins no sign-in while somebody is signed in is
// one where the next user can sign in after the user before has signed out.
func TestUserBeforeSignsOut(t *testing.T) {
	for _, logout := range []*target.Page{nil, {URL: "/logout"}} {
		next := []string{"alice", "bob"}
		app := &target.App{Login: &target.Page{URL: "/login"}, Logout: logout, WhoAmI: &target.Probe{URL: "/me"}}
		site := newAppSite(t, app, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := r.Cookie("user")
			switch {
			case r.URL.Path == "/logout":
				http.SetCookie(w, &http.Cookie{Name: "user", MaxAge: -1})
			case err == nil:
				_, _ = io.WriteString(w, c.Value+"@example.com")
			case r.URL.Path == "/login":
				http.SetCookie(w, &http.Cookie{Name: "user", Value: next[0]})
				next = next[1:]
			default:
				w.WriteHeader(http.StatusUnauthorized)
			}
		}))
		d := NewSubject(&drill.Scenario{}, site).(*subject)
		defer d.trail.close()
		if err := d.signIn(t.Context(), &drill.SignIn{User: "alice", Must: true}); err != nil {
			t.Fatal(err)
		}
		err := d.signIn(t.Context(), &drill.SignIn{User: "bob", Must: true})
		var notReached engine.NotReached
		if logout == nil && !errors.As(err, &notReached) || logout != nil && err != nil {
			t.Errorf("logout %v: %v", logout, err)
		}
	}
}
