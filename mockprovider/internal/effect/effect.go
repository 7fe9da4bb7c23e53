// Package effect applies the effects of faults to an exchange with an endpoint (a
// Target) or to an artifact. Package fault has their settings. Begin with the table
// in effectOf; each effect has a file of its own.
package effect

import (
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// interruption is an effect that strikes an exchange with an endpoint.
type interruption interface {
	needsHTTP1() string // why it cannot strike an exchange over HTTP/2; empty where it can
	needsAnswer() bool  // whether it changes the true answer, so that the work must be done first
	answers() bool      // whether it decides on what the client gets
	strike(t Target)
}

// effectOf returns what a fault that was checked does to an exchange, nil where it
// falsifies an artifact.
func effectOf(f *fault.Fault) interruption {
	switch {
	case f.Respond != nil:
		return (*respond)(f.Respond)
	case f.Error != nil:
		return (*oauthError)(f.Error)
	case f.Refuse != "":
		return refusal(f.Refuse)
	case f.Delay != nil:
		return (*delay)(f.Delay)
	case f.Connection != "":
		return connection(f.Connection)
	case f.Wire != nil:
		return (*wire)(f.Wire)
	}
	return nil
}

// NeedsHTTP1 says why a fault cannot strike an exchange over HTTP/2; it is empty
// where it can.
func NeedsHTTP1(f *fault.Fault) string {
	if e := effectOf(f); e != nil {
		return e.needsHTTP1()
	}
	return ""
}

// Answers reports whether a fault decides on what the client gets: of those at an
// endpoint the first one that does is the last to strike.
func Answers(f *fault.Fault) bool {
	e := effectOf(f)
	return e != nil && e.answers()
}

// NeedsWork reports whether the work is done before the fault strikes: it says so,
// or it changes the true answer.
func NeedsWork(f *fault.Fault) bool { return f.Moment == "after" || effectOf(f).needsAnswer() }

// Strike lets a fault at an endpoint strike an exchange.
func Strike(f *fault.Fault, t Target) { effectOf(f).strike(t) }

// Target is the exchange that a fault strikes, as its effect sees it.
type Target interface {
	// Sleep lets time pass on the issuer's clock. If the client goes away
	// meanwhile, it returns false, and no answer is sent any more.
	Sleep(d time.Duration) bool
	// Frozen reports whether the issuer's clock moves only when it is told to.
	Frozen() bool
	// Draw returns how long a delay takes.
	Draw(d *fault.Delay) time.Duration

	// Refuse answers with an error, in the form of the endpoint.
	Refuse(e *fault.OAuthError)
	// RefuseFor answers with the error that a persona has for a cause, in the form
	// of the endpoint.
	RefuseFor(cause string)
	// Answer returns the true answer, to be changed. It is there once the work is
	// done.
	Answer() *Answer
	// Replace returns an empty answer that takes the place of the true one.
	Replace() *Answer

	// Record writes the exchange into the journal. It is called before the client
	// can notice anything, so that what the client does next comes after it.
	// Status 0 means that no answer is sent.
	Record(status int, header http.Header)
	// Writer is what the answer is written to.
	Writer() http.ResponseWriter
}
