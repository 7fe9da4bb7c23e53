package attack

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestPersonaEntriesNeedTheirProvider: what a real provider documents is played against
// apps that sign in there, unless it is asked for.
func TestPersonaEntriesNeedTheirProvider(t *testing.T) {
	for _, tc := range []struct {
		entry, persona string
		asked, skipped bool
	}{
		{"google-invalid-rapt", "", false, true},
		{"google-invalid-rapt", "google", false, false},
		{"google-invalid-rapt", "", true, false},
		{"github-private-email", "github-app", false, false},
		{"github-private-email", "gitlab", false, true},
		{"idt-nonce-wrong", "", false, false},
	} {
		e, err := catalog.Embedded().Lookup(tc.entry)
		if err != nil {
			t.Fatal(err)
		}
		w := &worker{campaign: &campaign{Options: Options{Personas: tc.asked, Setup: setup.Setup{Provider: persona.Persona{Name: persona.Name(tc.persona)}}}}}
		if got := w.isOfAnotherPersona(e.Scenario); got != tc.skipped {
			t.Errorf("%s at %q: skipped %v, want %v", tc.entry, tc.persona, got, tc.skipped)
		}
	}
}

// TestWhatThePersonaLacksIsNotExercised: an entry that changes an endpoint or an artifact
// which the imitated provider does not have says nothing about the app.
func TestWhatThePersonaLacksIsNotExercised(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t, bundledApp(), nil, func(cfg app.Config) (http.Handler, error) { return app.New(cfg) })
	host, err := mockprovider.NewHost(mockprovider.Options{Defaults: setup.Setup{Provider: persona.Persona{Name: "github"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Close() })
	w.site.Providers[0], _ = host.Issuer("")
	e := &drill.Scenario{Entry: drill.Entry{ID: "x", Key: "x"}}
	e.Stimulus = &setup.Setup{Faults: []fault.Fault{{At: protocol.JWKSURI, Respond: &fault.Respond{Status: 503}}}}
	const want = "persona github has no jwks_uri"
	if f := w.play(t.Context(), &catalog.Entry{Scenario: e, Variants: []*drill.Scenario{e}}); f.Verdict != result.NotExercised || !strings.Contains(f.Reason, want) {
		t.Errorf("%s: %s, want it not exercised: %s", f.Verdict, f.Reason, want)
	}
	w.learnTraits(nil, false)
	if w.traits["openid"] == "" {
		t.Error("an authorization request at a provider without ID tokens is asked for the scope openid")
	}
}

// TestOAuthAppMayLeaveOutOpenID: an app that signs in by OAuth 2.0, and asks for no ID
// token, is no relying party of OpenID Connect.
func TestOAuthAppMayLeaveOutOpenID(t *testing.T) {
	e, err := catalog.Embedded().Lookup("scope-openid-present")
	if err != nil {
		t.Fatal(err)
	}
	for lack, want := range map[string]result.Verdict{"": result.FailSecurity, "the app does not ask for the scope openid": result.Tolerated} {
		f := result.Result{Verdict: result.FailSecurity}
		w := &worker{traits: map[string]string{"id_token": lack}}
		if w.tolerateWithout(e.Scenario, &f); f.Verdict != want {
			t.Errorf("%q: %s, want %s", lack, f.Verdict, want)
		}
	}
}

// TestEveryPersonaEntryNamesItsProvider: else it would run against every app.
func TestEveryPersonaEntryNamesItsProvider(t *testing.T) {
	for _, e := range catalog.Embedded().Entries {
		if by := documentedBy(e.Scenario); e.Group == "persona" && by == "" {
			t.Errorf("%s arms no documented fault", e.ID)
		}
	}
}
