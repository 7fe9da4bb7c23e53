// Package record defines what an issuer keeps from one request to the next, and the
// interfaces behind which it is kept. Records are values; an operation of Store
// changes them in one step.
//
// A Backend has the state of one issuer. Package memory implements it in this
// process, and package storetest tests an implementation. Begin with Backend and
// Store.
package record

import (
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Backend is the state of one issuer, in this process or shared by several. A request
// takes the current State when it begins, and works with it to its end.
type Backend interface {
	// Clock returns the issuer's clock, which outlives a Reset.
	Clock() *clock.Clock
	// Journal returns the record of what the issuer saw and did.
	Journal() *journal.Journal
	// Current returns the state for the requests that begin now: the same pointer
	// until a Reset or a Restart. It is nil before the first Reset.
	Current() *State
	// Reset puts an empty state, once fill has filled it, in the place of the
	// current one, and begins a new volume of the journal, in one step: a request
	// meets all of the old state or all of the new one. Where fill returns an error
	// everything stays, and Reset returns the error.
	Reset(fill func(*State) error) error
	// Restart puts a state in place that goes on with the clients, users, faults,
	// settings and journal of the current one, and has no other record.
	Restart()
}

// State is what an issuer keeps from one Reset to the next, and its clock.
type State struct {
	Store
	Settings
	Faults  Faults
	Journal journal.Volume
	Clock   *clock.Clock
}

// Named gives a user without a subject identifier the one that the persona's provider
// would give: always the same.
func (s *State) Named(u *store.User) *store.User {
	p := s.Persona()
	d := p.Dialect
	if d == nil || d.Tokens.Subject == nil || u.Subject != "" && u.Subject != u.Login {
		return u
	}
	out := *u
	out.Subject = d.Tokens.Subject.Always(string(p.Name) + "\x00" + u.Login)
	return &out
}

// Settings is what the provider is like. It may change while the provider runs.
type Settings interface {
	// Persona returns what the provider is like now. It must not be changed.
	Persona() *persona.Persona
	// EditPersona puts what edit makes of the settings in their place: no other
	// change comes between. edit may be called again.
	EditPersona(edit func(*persona.Persona) persona.Persona)
}
