package webapp

import (
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestSessionCookiesAreFound finds the cookies that keep a browser signed in, and no
// others.
func TestSessionCookiesAreFound(t *testing.T) {
	has := func(r *http.Request, name string) bool {
		_, err := r.Cookie(name)
		return err == nil
	}
	for name, c := range map[string]struct {
		sets     []string
		signedIn func(r *http.Request) bool
		want     []string
	}{
		"beside one against forged requests": {
			[]string{"csrf", "session", "theme"}, func(r *http.Request) bool { return has(r, "session") }, []string{"session"},
		},
		"in two parts": {
			[]string{"session.0", "session.1", "csrf"}, func(r *http.Request) bool { return has(r, "session.0") && has(r, "session.1") }, []string{"session.0", "session.1"},
		},
		"either is enough": {
			[]string{"session", "remember", "csrf"}, func(r *http.Request) bool { return has(r, "session") || has(r, "remember") }, []string{"session", "remember"},
		},
		"in no cookie": {[]string{"csrf"}, func(*http.Request) bool { return false }, nil},
	} {
		site := newAppSite(t, &target.App{WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/in":
				for _, cookie := range c.sets {
					http.SetCookie(w, &http.Cookie{Name: cookie, Value: "1", Path: "/"})
				}
			case !c.signedIn(r):
				w.WriteHeader(http.StatusUnauthorized)
			}
			_, _ = io.WriteString(w, "alice@example.com")
		}))
		d := NewSubject(&drill.Scenario{}, site).(*subject)
		if _, err := d.browser(witness.Main).agent.Visit(t.Context(), agent.Request{URL: site.resolve("/in")}); err != nil {
			t.Fatal(err)
		}
		if got := d.findSessionCookies(t.Context()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		d.trail.close()
	}
}
