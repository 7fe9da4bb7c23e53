// Package engine plays the documents of the drill language: it fills in and does
// their steps, in order, against a subject, and compares what is seen with what
// is expected. What a provider does it does itself; what a client or a user does
// is done by the subject. Begin with Play.
package engine

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Subject is what a document is played against: the bundled client in process, or
// an app that is reached through a browser.
type Subject interface {
	// Provider is the issuer that the subject signs in at. One that knows no second
	// issuer has nil there.
	Provider(second bool) *mockprovider.Provider
	// Can says why the subject cannot do a step, nil if it can.
	Can(s *drill.Step) error
	// Do does what a client or a user does in a step, and notes what is seen. The
	// error is the client's refusal, or why the step could not be done.
	Do(ctx context.Context, s *drill.Step, o *Observation) error
	// Value is what a name in a text means to the subject.
	Value(name string) (any, bool)
	// Testify gathers the evidence for the outcome of a document. The error is why
	// nothing can be said.
	Testify(ctx context.Context, of *drill.Scenario) (*witness.Evidence, error)
	// Arrows are the messages that the provider's journal does not show.
	Arrows() []result.Message
}

// Misuse is why a step cannot be done, whatever the provider and the client do:
// no expectation is met by it.
type Misuse struct{ error }

// Misused makes a Misuse of an error.
func Misused(err error) error { return Misuse{err} }
