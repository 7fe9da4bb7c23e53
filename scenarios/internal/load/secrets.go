package load

import (
	"slices"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// collectSecrets returns the secrets of the variables, and of the axes that have a
// credential's name.
func (h header) collectSecrets(env func(string) (string, bool)) *redact.Secrets {
	known := &redact.Secrets{}
	for name, v := range h.Vars {
		if v == nil {
			continue
		}
		if text, ok := env(v.Env); ok && v.Env != "" {
			known.Learn(text)
		}
		if !credential.IsVariable(name) && !credential.IsVariable(v.Env) {
			continue
		}
		for _, value := range []any{v.Value, v.Default} {
			if value != nil {
				known.Learn(match.Text(value))
			}
		}
	}
	if h.Matrix == nil {
		return known
	}
	for _, c := range slices.Concat(h.Matrix.Include, h.Matrix.Exclude) {
		for name, value := range c.Values {
			learnValue(known, name, value.Node)
		}
	}
	for _, axis := range h.Matrix.Axes {
		for _, value := range axis.Values {
			learnValue(known, axis.Name, value.Node)
		}
	}
	return known
}

// learnValue adds the value of an axis, or a part of one, that is called like a
// credential.
func learnValue(known *redact.Secrets, name string, n *strict.Node) {
	if mask.IsCredential(name) {
		known.Learn(n.Text)
	}
	for _, e := range n.Entries {
		learnValue(known, e.Key.Text, e.Value)
	}
	for _, item := range n.Items {
		learnValue(known, name, item)
	}
}

// parseFile reads documents, and keeps in mind that problems may quote them.
func (l *loader) parseFile(file string, data []byte) ([]*strict.Node, strict.Problems) {
	docs, ps := strict.Parse(file, data, strict.Options{Budget: l.budget})
	for _, doc := range docs {
		l.credentials += credential.Count(doc)
		if err := l.budget.Take(strict.Secrets, l.credentials, 0); err != nil {
			message, hint := (&folder{}).explainRefusal(file, err)
			return nil, strict.Problems{strict.FileProblem(file, strict.Limit, hint, "%s", message)} // without a line, which may have one
		}
	}
	l.documents = append(l.documents, docs...)
	if len(ps) > 0 {
		known := &redact.Secrets{}
		known.LearnLines(string(data))
		l.hidden = append(l.hidden, known)
	}
	return docs, ps
}

// hideInProblems returns the problems of a file without its secrets, wherever they
// were reported.
func (l *loader) hideInProblems() strict.Problems {
	if len(l.problems) == 0 {
		return nil
	}
	if len(l.hidden) == 1 {
		return l.hidden[0].HideIn(l.problems.Sorted(), l.documents...)
	}
	known := &redact.Secrets{}
	for _, s := range l.hidden {
		known.Add(s)
	}
	return known.HideIn(l.problems.Sorted(), l.documents...)
}

// hideInScenario hides secrets in the names of a scenario and its steps, which lists,
// reports and the address of its issuer show. The combinations of a document share the
// known secrets.
func hideInScenario(s *drill.Scenario, known *redact.Secrets) {
	known.LearnSetup(s.Setup)
	s.Secrets = known
	for _, text := range []*string{&s.Name, &s.Description, &s.Skip, &s.ExpectFailure} {
		*text = known.Hide(*text)
	}
	for i, step := range s.Steps {
		if name := known.Hide(step.Name); name != step.Name {
			hidden := *step // the combinations share steps
			hidden.Name = name
			s.Steps = slices.Clone(s.Steps)
			s.Steps[i] = &hidden
		}
	}
	s.Tags, s.Combination, s.Warnings = redact.Value(known, s.Tags), redact.Value(known, s.Combination), redact.Value(known, s.Warnings)
}
