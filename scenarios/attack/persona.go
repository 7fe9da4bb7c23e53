package attack

import (
	"strings"

	"github.com/authdrill/authdrill/scenarios/drill"
)

// isOfAnotherPersona reports whether an entry of the group persona is about a provider
// that the app does not sign in at, and is not asked for all the same.
func (w *worker) isOfAnotherPersona(e *drill.Scenario) bool {
	by := documentedBy(e)
	if e.Group != "persona" || w.campaign.Personas || by == "" {
		return false
	}
	spoken := string(w.campaign.Setup.Provider.Name)
	return spoken != by && !strings.HasPrefix(spoken, by+"-") // github-app is github, too
}

// documentedBy returns the persona whose documented fault an entry arms, "" for none.
func documentedBy(e *drill.Scenario) string {
	if e.Stimulus == nil {
		return ""
	}
	for _, f := range e.Stimulus.Faults {
		if by, _, named := strings.Cut(f.Documented, "/"); named {
			return by
		}
	}
	return ""
}
