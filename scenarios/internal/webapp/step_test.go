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
