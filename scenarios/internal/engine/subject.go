// Package engine plays the documents of the drill language: it fills in and does their
// steps, in order, against a subject, and compares observations with expectations. It
// does the provider's part itself, and leaves that of clients and users to the subject.
// Begin with Play and Drill.
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
	// Provider returns the issuer that the subject signs in at, or the second one, nil
	// if the subject has only one.
	Provider(second bool) *mockprovider.Provider
	// Can says why the subject cannot do a step, nil if it can.
	Can(s *drill.Step) error
	// Do does what a client or a user does in a step, and notes what is observed. The
	// error is the client's refusal, or why the step could not be done.
	Do(ctx context.Context, s *drill.Step, o *Observation) error
	// Value returns the value of a variable that the subject knows.
	Value(name string) (any, bool)
	// Testify returns the evidence for the outcome of a document. The error is why there
	// is none.
	Testify(ctx context.Context, of *drill.Scenario) (*witness.Evidence, error)
	// Arrows returns the messages that the provider's journal does not show.
	Arrows() []result.Message
}

// Misuse is why a step cannot be done, whatever the provider and the client do. It
// meets no expectation.
type Misuse struct{ error }

// Misused makes a Misuse of an error.
func Misused(err error) error { return Misuse{err} }

// Allows reports whether the user allows anything at all on the consent page.
func Allows(c *drill.Consent) bool { return c == nil || c.Decision != "deny" }
