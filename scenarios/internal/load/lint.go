package load

import (
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// findUnlikely reports what is allowed but probably a mistake.
func findUnlikely(s *drill.Scenario) strict.Problems {
	var out strict.Problems
	warn := func(n *strict.Node, hint, format string, args ...any) {
		out = append(out, n.KeyProblem(strict.Check, hint, format, args...))
	}
	asked := false
	for _, step := range s.Steps {
		asked = asked || step.Authorize != nil || step.Open != nil || step.SignIn != nil && step.SignIn.Until != ""
		switch {
		case s.App != nil && step.Advance != nil:
			warn(step.Node.Get("advance"), "use short lifetimes, or tamper: {claims: {exp: ..}}", "an app has a clock of its own: advance moves only the provider's")
		case step.Callback != nil && step.Callback.URL == "" && !asked:
			warn(step.Node.Get("callback"), "put authorize before it, or name a url", "nothing was asked of the authorization endpoint before: no response to bring back")
		}
		if e := step.Expect; e != nil && e.Client != nil && e.Client.Outcome == "signed_in" && (e.Client.Reason != nil || e.Client.Check != nil) {
			warn(e.Node.Find("client.outcome"), "expect outcome: rejected", "a client that signs somebody in has no reason to refuse: this never matches")
		}
	}
	return out
}
