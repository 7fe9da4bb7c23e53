package webapp

import (
	"net/http"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestUserOfPopupIsSignedIn: an app may know its user in the pop-up only, where the
// tokens are in the memory of its page.
func TestUserOfPopupIsSignedIn(t *testing.T) {
	site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "alice", Path: "/"})
		} else if _, err := r.Cookie("session"); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	d := NewSubject(&drill.Scenario{}, site).(*subject)
	defer d.trail.close()
	for _, signedIn := range []bool{false, true} {
		if signedIn {
			d.popup = newBrowser("pop-up", site, d.trail)
			if _, err := d.popup.agent.Visit(t.Context(), agent.Request{URL: site.resolve("/callback")}); err != nil {
				t.Fatal(err)
			}
		}
		who, err := d.whoamiIn(t.Context(), witness.Main, d.browser(""))
		if err != nil || who.signedIn != signedIn {
			t.Errorf("signed in %v, want %v: %v", who.signedIn, signedIn, err)
		}
	}
}
