// Package store is an issuer's memory: its clients and users, and the codes,
// tokens and sessions it has given out, each with its expiry on the issuer's
// clock. A redemption and a rotation are single steps, so of parallel callers
// exactly one succeeds. What has expired is forgotten at the next sweep.
package store

import (
	"sync"
	"time"
)

// Store is the memory of one issuer: make one with New. It is safe for parallel
// use. To forget everything, put a new Store in its place: a request that has
// begun goes on with the old one, and never meets half of each.
type Store struct {
	*Directory

	Codes     Secrets[*Code]
	Access    Secrets[*Access]
	Refresh   Secrets[*Refresh]
	Sessions  Table[string, *Session]
	Pushed    Table[string, *Pushed]
	Devices   Table[string, *Device] // by device_code
	UserCodes Table[string, *Device] // by user_code, until they are answered
	Guesses   Guesses                // of user codes

	consents Table[consentKey, []string] // scopes allowed before
	used     Secrets[struct{}]           // values that count once
	limiting sync.Mutex                  // held while tokens are counted and kept
}

// New returns the empty memory of an issuer with these clients and users. A nil
// directory is an empty one.
func New(d *Directory) *Store {
	if d == nil {
		d = &Directory{}
	}
	return &Store{Directory: d}
}

// Sweep forgets what has expired at now and returns how many records that were.
// What FirstUse remembers is left to SweepUsed: it may be judged by another clock.
func (s *Store) Sweep(now time.Time) int {
	return s.Codes.Sweep(now) + s.Access.Sweep(now) + s.Refresh.Sweep(now) + s.Sessions.Sweep(now) +
		s.Pushed.Sweep(now) + s.Devices.Sweep(now) + s.UserCodes.Sweep(now) + s.consents.Sweep(now) + s.Guesses.Sweep(now)
}
