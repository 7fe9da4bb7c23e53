package load

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
)

// MaxVariants is how many variants an entry has at most: each is a drill.
const MaxVariants = 20

// checkVariants reports problems of the matrix of an entry.
func checkVariants(root *strict.Node, m *matrix.Matrix) strict.Problems {
	at := root.Get("matrix")
	if n := m.Count(); n > MaxVariants {
		return strict.Problems{at.KeyProblem(strict.Limit, "each is a drill: keep those that break another client", "the entry has %d variants; at most %d are played", n, MaxVariants)}
	}
	var out strict.Problems
	seen := map[string]bool{}
	for _, c := range m.Combine() {
		label, place := labelOf(c, m), at
		if len(m.Axes) == 1 && c.Node == nil {
			place = c.Values[m.Axes[0].Name].Node
		}
		switch {
		case seen[label]:
			out = append(out, place.Problem(strict.Duplicate, "give one of them a label of its own: {label: NAME, value: ..}", "two variants have the label %q", label))
		case strings.TrimSpace(label) != label || label == "" || strings.ContainsAny(label, "#,\n"):
			out = append(out, place.Problem(strict.Value, "give the value a label: {label: empty, value: \"\"}", "invalid label %q: a variant is named by it, as in --only ID[LABEL]", label))
		}
		seen[label] = true
	}
	for _, a := range m.Axes {
		for _, v := range a.Values {
			if strings.Contains(v.Node.Text, "${") {
				out = append(out, v.Node.Problem(strict.Variable, "write the value out", "a value of the matrix cannot be made of others"))
			}
			if len(v.ProvenBy) > 0 {
				refuseUnknownBugs(&out, v.Node.Parent.Get("proven_by"))
			}
		}
	}
	return out
}

// checkEntry reports what in an entry, with all its variants, cannot be meant.
func checkEntry(root *strict.Node, variants []*drill.Scenario) strict.Problems {
	out := unread(root)
	s := variants[0]
	at := root.Get("entry")
	say := func(bad bool, hint, format string, args ...any) {
		if bad {
			out = append(out, at.Problem(strict.Check, hint, format, args...))
		}
	}
	runs := s.Stimulus != nil || len(s.Steps) > 0 || s.Lint != "" || s.Example != "" || s.TLS != ""
	judged := s.Severity != drill.Control && s.Planned == ""
	say(!isID(s.ID), "write it in lower case, without spaces, such as ours-state-missing", "invalid id %q", s.ID)
	say(s.Planned != "" && runs, "leave out planned, or what is played", "%s is planned, and has something to play", s.ID)
	say(judged && !runs, "add a stimulus, steps, lint, tls or example; or say in planned what is not built yet", "%s does nothing: there is nothing to play", s.ID)
	say(judged && (s.Why == "" || s.Remedy == ""), "say in why what happens to a client that gets it wrong, and in remedy what to change", "%s lacks why or remedy", s.ID)
	if s.Outcome.App.MayRefuseStart && !mayRefuseStart(s) {
		out = append(out, root.Find("outcome.app.may_refuse_start").KeyProblem(strict.Check, "leave it out, or expect signed_in: false", "may_refuse_start is for a stimulus that is armed from the start, and for an entry that expects signed_in: false, or records what is seen"))
	}
	if n := unusedProof(root, variants); n != nil {
		out = append(out, n.Problem(strict.Check, "leave it out", "no variant is proven by %s: each names known-bad clients of its own", n.Text))
	}
	return out
}

// isID reports whether a text can be the id of an entry: it is part of a path, and
// of a list.
func isID(id string) bool {
	return id != "" && strings.ToLower(id) == id && !strings.ContainsAny(id, " \t/?#,[]")
}

// mayRefuseStart reports whether an app may do right by not starting.
func mayRefuseStart(s *drill.Scenario) bool {
	armedLater := slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.Stimulus == drill.On })
	return s.Stimulus != nil && !armedLater && (s.Record || s.Outcome.App.SignedIn == false)
}

// unusedProof finds a known-bad client that the entry names and none of its variants
// is proven by.
func unusedProof(root *strict.Node, variants []*drill.Scenario) *strict.Node {
	for _, n := range listItems(root.Get("proven_by")) {
		if !slices.ContainsFunc(variants, func(v *drill.Scenario) bool { return slices.Contains(v.ProvenBy, drill.KnownBad(n.Text)) }) {
			return n
		}
	}
	return nil
}

// unread refuses keys of a scenario that nothing reads in an entry.
func unread(root *strict.Node) strict.Problems {
	const laid = "put it below stimulus, which is laid over the provider"
	var out strict.Problems
	for _, key := range []struct{ name, hint string }{
		{"clock", laid}, {"provider", laid}, {"clients", laid}, {"users", laid}, {"faults", laid},
		{"client", "configure the bundled client app in bundled"},
		{"app", "leave it out: authdrill attack is told the app"},
		{"attack", "write the stimulus of that entry out"},
		{"skip", "leave the entry out with --skip"},
		{"expect_failure", "list the entry in the file of --expected-failures"},
	} {
		if n := root.Get(key.name); n != nil {
			out = append(out, n.KeyProblem(strict.Check, key.hint, "an entry has no %s", key.name))
		}
	}
	return out
}
