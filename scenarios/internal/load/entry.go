package load

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/matrix"
)

// MaxVariants is how many variants an entry has at most: each is a drill.
const MaxVariants = 20

// settle fills in what an entry means without saying it: its variant, and that
// its faults strike every time.
func settle(s *drill.Scenario, c matrix.Combination, m *matrix.Matrix, number int) {
	s.Group = groupOf(s.File)
	s.Variant = labelOf(c, m)
	if s.Key = s.ID; number > 0 {
		s.Key += fmt.Sprintf(".%d", number+1)
	}
	if own := c.ProvenBy(m); len(own) > 0 {
		s.ProvenBy = nil
		for _, bad := range own {
			s.ProvenBy = append(s.ProvenBy, drill.KnownBad(bad))
		}
	}
	if s.Stimulus == nil {
		return
	}
	always := 0
	for i := range s.Stimulus.Faults {
		f := &s.Stimulus.Faults[i]
		if f.Times == nil {
			f.Times = &always
		}
		if f.ID == "" {
			f.ID = s.ID
			if i > 0 {
				f.ID = fmt.Sprintf("%s-%d", s.ID, i+1)
			}
		}
	}
}

// groupOf is the group of an entry: the name of its file.
func groupOf(file string) string {
	name := file[strings.LastIndexByte(file, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return name
}

func labelOf(c matrix.Combination, m *matrix.Matrix) string {
	var labels []string
	for _, s := range c.In(m) {
		labels = append(labels, s.Value)
	}
	return strings.Join(labels, "; ")
}

// checkVariants reports what is wrong with the matrix of an entry.
func checkVariants(root *strict.Node, m *matrix.Matrix) strict.Problems {
	at := root.Get("matrix")
	if n := m.Count(); n > MaxVariants {
		return strict.Problems{at.KeyProblem(strict.Limit, "each is a drill: keep those that break another client", "the entry has %d variants; at most %d are played", n, MaxVariants)}
	}
	var out strict.Problems
	seen := map[string]bool{}
	for _, c := range m.Combine() {
		label := labelOf(c, m)
		switch {
		case seen[label]:
			out = append(out, at.KeyProblem(strict.Duplicate, "give the values labels", "two variants have the label %q", label))
		case strings.TrimSpace(label) != label || label == "" || strings.ContainsAny(label, "#,\n"):
			out = append(out, at.KeyProblem(strict.Value, "give the value a label: {label: empty, value: \"\"}", "the label %q cannot be named in a list", label))
		}
		seen[label] = true
	}
	for _, a := range m.Axes {
		for _, v := range a.Values {
			if strings.Contains(v.Node.Text, "${") {
				out = append(out, v.Node.Problem(strict.Variable, "write the value out", "a value of the matrix cannot be made of others"))
			}
		}
	}
	return out
}

// armedLater reports whether a step arms the stimulus.
func armedLater(s *drill.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.Stimulus == drill.On })
}

// checkEntry reports what in an entry, with all its variants, cannot be meant.
func checkEntry(root *strict.Node, variants []*drill.Scenario) strict.Problems {
	var out strict.Problems
	s := variants[0]
	say := func(bad bool, text string) {
		if bad {
			out = append(out, root.Problem(strict.Check, "", "%s: %s", s.ID, text))
		}
	}
	runs := s.Stimulus != nil || len(s.Steps) > 0 || s.Lint != "" || s.Example != "" || s.TLS != ""
	judged := s.Severity != drill.Control && s.Runnable()
	mayBeRefused := s.Stimulus != nil && !armedLater(s) && (s.Record || s.Outcome.App.SignedIn == false)
	say(!s.Runnable() && runs, "it is planned, and yet has what to run: keep either")
	say(judged && !runs, "it does nothing: give it a stimulus, steps, a lint or an example, or the mechanism it is planned for")
	say(judged && (s.Why == "" || s.Remedy == ""), "a developer needs why and remedy")
	say(s.Outcome.App.MayRefuseStart && !mayBeRefused, "may_refuse_start is for a stimulus that is armed from the start, and for an entry that expects signed_in: false, or records what is seen")
	say(unusedProof(root, variants), "each of its variants has a proven_by of its own: leave out that of the entry")
	say(strings.ToLower(s.ID) != s.ID || strings.ContainsAny(s.ID, " /?#"), "an id is lower case and fits a path")
	return out
}

// unusedProof reports whether the entry names a known-bad client that none of its
// variants is proven by.
func unusedProof(root *strict.Node, variants []*drill.Scenario) bool {
	return slices.ContainsFunc(entries(root.Get("proven_by")), func(n *strict.Node) bool {
		return !slices.ContainsFunc(variants, func(v *drill.Scenario) bool {
			return slices.ContainsFunc(v.ProvenBy, func(bad drill.KnownBad) bool { return string(bad) == n.Text })
		})
	})
}
