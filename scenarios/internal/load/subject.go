package load

import (
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// Subject is what a document will be played against, as far as reading it has to
// know.
type Subject struct {
	App   bool                                         // it is an app, not the bundled client
	Can   func(*drill.Step) error                      // why it cannot do a step
	Shows func(*witness.Outcome) (key string, _ error) // key of the outcome that it cannot show, and why
}

// WithSubject refuses steps and outcomes that the subject of a document cannot do
// or show. Without it every subject can do everything.
func WithSubject(choose func(*drill.Scenario) Subject) Option {
	return func(l *loader) { l.subject = choose }
}

// checkSubject reports steps that the subject of a document cannot do, and keys of the
// outcome that it cannot show.
func (l *loader) checkSubject(s *drill.Scenario, root *strict.Node) strict.Problems {
	if l.subject == nil {
		return nil
	}
	var out strict.Problems
	subject := l.subject(s)
	for _, step := range s.Steps {
		if err := subject.Can(step); err != nil {
			out = append(out, step.Node.Get(step.Verb()).KeyProblem(strict.Check, "", "%s", err))
		}
	}
	if key, err := subject.Shows(&s.Outcome); err != nil {
		out = append(out, root.Find("outcome."+key).KeyProblem(strict.Check, "", "%s", err))
	}
	return out
}
