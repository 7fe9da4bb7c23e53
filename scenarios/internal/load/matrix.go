package load

import (
	"cmp"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
)

// titleOf returns the name of a scenario with its combination: name [alg=RS256].
func titleOf(name string, values []matrix.Setting) string {
	if len(values) == 0 {
		return name
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v.Name + "=" + v.Value
	}
	return name + " [" + strings.Join(words, " ") + "]"
}

func isAxis(name string) bool { return strings.HasPrefix(name, "matrix.") }

// readCombinations returns the combinations of a matrix, as far as the budget allows
// them and what is read for each.
func (l *loader) readCombinations(m *matrix.Matrix, root *strict.Node) ([]matrix.Combination, bool) {
	n := m.Count()
	at := root
	if m != nil {
		at = root.Get("matrix")
	}
	values, data := root.Count()
	err := l.budget.Take(strict.Combinations, n, 1)
	if err == nil {
		err = cmp.Or(l.budget.Take(strict.Values, values, n), l.budget.Take(strict.Data, data, n), l.budget.Take(strict.Secrets, credential.Count(root), n))
	}
	if err != nil {
		l.report(strict.ProblemsAt(at, err)...)
		return nil, false
	}
	return m.Combine(), true
}

// refuseValueProofs refuses proven_by of values, which only entries have.
func refuseValueProofs(m *matrix.Matrix) strict.Problems {
	var out strict.Problems
	for _, axis := range m.Axes {
		for _, v := range axis.Values {
			if len(v.ProvenBy) > 0 {
				out = append(out, v.Node.Problem(strict.Use, "name them in proven_by of the scenario", "a value names known-bad clients only in an entry of the failure catalogue"))
			}
		}
	}
	return out
}
