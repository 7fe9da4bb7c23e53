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
// or show. Without it every subject can do everything, and only a document that
// describes an app is played against one.
func WithSubject(choose func(*drill.Scenario) Subject) Option {
	return func(l *loader) { l.subject = choose }
}

// ableSubject can do and show everything.
func ableSubject(s *drill.Scenario) Subject {
	return Subject{
		App:   s.App != nil,
		Can:   func(*drill.Step) error { return nil },
		Shows: func(*witness.Outcome) (string, error) { return "", nil },
	}
}

// checkSubject reports steps that the subject of the document cannot do, and keys of
// the outcome that it cannot show.
func (c *checker) checkSubject() {
	for _, step := range c.s.Steps {
		if err := c.subject.Can(step); err != nil {
			c.problems.Report(step.Node.Get(step.Verb()).KeyProblem(strict.Check, "", "%s", err))
		}
	}
	if key, err := c.subject.Shows(&c.s.Outcome); err != nil {
		c.problems.Report(c.root.Find("outcome."+key).KeyProblem(strict.Check, "", "%s", err))
	}
}
