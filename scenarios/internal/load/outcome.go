package load

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// checkOutcome refuses users and browsers that no step or setting has: an expectation
// about them would never be judged.
func (c *checker) checkOutcome() {
	app := memberAt(c.root, "outcome", "app")
	c.checkOneOf(memberAt(app, "as"), "user", c.users)
	c.checkOneOf(memberAt(app, "never"), "user", c.users)
	browsers := memberAt(app, "browsers")
	if browsers == nil {
		return
	}
	known := namedBrowsers(c.s)
	namedByVariant := strings.Contains(strings.Join(known, " "), "${") // it may be any
	for _, e := range browsers.Entries {
		switch name := e.Key.Text; {
		case name == witness.Main:
			c.problems.Report(e.Value.KeyProblem(strict.Use, "write it in app: {signed_in, as, never}", "the browser main is that of the app itself"))
		case !isKnown(known, name) && !strings.Contains(name, "${") && !namedByVariant:
			c.problems.Report(e.Value.KeyProblem(strict.Use, cmp.Or(strict.Suggest(name, known), "name it in a step: browser: "+name), "no step has a browser %q", name))
		}
		c.checkOneOf(memberAt(e.Value, "as"), "user", c.users)
		c.checkOneOf(memberAt(e.Value, "never"), "user", c.users)
	}
}

// namedBrowsers returns the browsers that steps name, sorted.
func namedBrowsers(s *drill.Scenario) []string {
	names := map[string]bool{}
	for _, step := range s.Steps {
		if n := memberAt(step.Node, step.Verb(), "browser"); n != nil && n.Text != "" && n.Text != witness.Main {
			names[n.Text] = true
		}
		if step.CopyBrowser != "" {
			names[step.CopyBrowser] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// checkResponses refuses a callback with a response that no step before it holds back.
func (c *checker) checkResponses() {
	var held []string
	for _, step := range c.s.Steps {
		if in := step.SignIn; in != nil && in.Until != "" {
			held = append(held, responseName(in))
		}
		if step.Callback == nil || step.Callback.Response == "" || strings.Contains(step.Callback.Response, "${") {
			continue
		}
		if name := step.Callback.Response; !slices.Contains(held, name) {
			hint := "hold one back before: sign_in: {until: response, as: " + name + "}"
			if near, ok := strict.Nearest(name, held); ok {
				hint = "did you mean \"" + near + "\"?"
			}
			c.problems.Report(member(memberAt(step.Node, "callback"), "response").Problem(strict.Use, hint, "no earlier step holds back a response %q", name))
		}
	}
}

// responseName returns the name of the response that a sign-in holds back.
func responseName(in *drill.SignIn) string {
	switch {
	case in.As != "":
		return in.As
	case in.Browser != "":
		return in.Browser
	}
	return witness.Main
}

// checkSwitches refuses to switch a stimulus that a document has not.
func (c *checker) checkSwitches() {
	for _, step := range c.s.Steps {
		if step.Stimulus != "" && c.s.ID == "" {
			c.problems.Report(step.Node.Get("stimulus").KeyProblem(strict.Check, "use fault and clear_faults, or give it a header: authdrill help entries", "only an entry has a stimulus"))
		}
	}
}

// checkPages refuses the name of a page that no app has.
func (c *checker) checkPages() {
	known := []string{"admin", "api", "callback", "health", "login", "logout", "whoami"}
	for _, step := range c.s.Steps {
		for _, verb := range []string{"open", "crowd"} {
			n := memberAt(step.Node, verb, "page")
			if n == nil || strings.HasPrefix(n.Text, "/") || strings.Contains(n.Text, "${") || isKnown(known, n.Text) {
				continue
			}
			c.problems.Report(n.Problem(strict.Use, "want "+strings.Join(known, ", ")+", or a path that begins with /", "unknown page %q", n.Text))
		}
	}
}
