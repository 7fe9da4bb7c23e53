package attack

import (
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
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

// TestEveryPersonaEntryNamesItsProvider: else it would run against every app.
func TestEveryPersonaEntryNamesItsProvider(t *testing.T) {
	for _, e := range catalog.Embedded().Entries {
		if by := documentedBy(e.Scenario); e.Group == "persona" && by == "" {
			t.Errorf("%s arms no documented fault", e.ID)
		}
	}
}
