package load

import (
	"slices"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// visibleWords returns what a verb can show, in the words of Expect; nil is
// everything. An expectation of anything else would never match, or always if it is
// $absent.
func visibleWords(verb string) []string {
	answer := []string{"status", "headers", "json", "body", "error", "error_description", "duration", "client", "app"}
	tokens := []string{"token_response", "id_token", "access_token"}
	switch verb {
	case "introspect", "revoke":
		return append(answer, "www_authenticate")
	case "call", "request":
		return slices.Concat(answer, tokens, []string{"www_authenticate"})
	case "refresh", "device":
		return append(answer, tokens...)
	case "logout":
		return answer
	case "verify":
		return []string{}
	}
	return nil
}

// checkVisible reports expectations of what a step cannot show.
func (c *checker) checkVisible(s *drill.Step) {
	expect := s.Node.Get("expect")
	if expect == nil || isProviderStep(s) {
		return
	}
	verb := s.Verb()
	can := visibleWords(verb)
	for _, e := range expect.Entries {
		name := e.Key.Text
		switch {
		case can != nil && !slices.Contains(can, name):
			c.problems.Report(e.Value.KeyProblem(strict.Check, "put it into the step that shows it", "%s shows no %s", verb, name))
		case name == "app" && !c.subject.App:
			c.problems.Report(e.Value.KeyProblem(strict.Check, "describe the app, name it with run --app, or expect something of client", "the scenario has no app"))
		case name == "client" && c.subject.App:
			c.problems.Report(e.Value.KeyProblem(strict.Check, "expect something of app", "the scenario drives an app, not the bundled client"))
		}
	}
}
