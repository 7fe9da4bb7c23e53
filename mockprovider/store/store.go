// Package store is an issuer's memory: its clients and users, and the codes,
// tokens and sessions it has given out, each with its expiry on the issuer's
// clock. A redemption and a rotation are single steps, so of parallel callers
// exactly one succeeds. What has expired is forgotten at the next sweep.
package store

import (
	"strings"
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
	Devices   Table[string, *Device]  // by device_code
	UserCodes Table[string, *Device]  // by user_code
	Consents  Table[string, []string] // scopes allowed before, by user and client
	Used      Table[string, struct{}] // jti of client assertions, and other values that count once
}

// New returns the empty memory of an issuer with these clients and users. A nil
// directory is an empty one.
func New(d *Directory) *Store {
	if d == nil {
		d = &Directory{}
	}
	return &Store{Directory: d}
}

// EndGrants revokes the grants of a user to a client, and forgets what the user
// allowed it; an empty name means any. It returns how many it ended.
func (s *Store) EndGrants(userLogin, clientID string, now time.Time) int {
	n := 0
	end := func(g *Grant) {
		if (userLogin == "" || g.UserLogin == userLogin) && (clientID == "" || g.ClientID == clientID) && g.End() {
			n++
		}
	}
	for _, c := range s.Codes.All(now) {
		end(c.Grant)
	}
	for _, a := range s.Access.All(now) {
		end(a.Grant)
	}
	for _, r := range s.Refresh.All(now) {
		end(r.Grant)
	}
	s.Consents.DeleteFunc(func(key string, _ []string) bool {
		user, client, _ := strings.Cut(key, "\x00")
		return (userLogin == "" || user == userLogin) && (clientID == "" || client == clientID)
	})
	return n
}

// Sweep forgets what has expired at now and returns how many records that were.
func (s *Store) Sweep(now time.Time) int {
	return s.Codes.Sweep(now) + s.Access.Sweep(now) + s.Refresh.Sweep(now) + s.Sessions.Sweep(now) +
		s.Pushed.Sweep(now) + s.Devices.Sweep(now) + s.UserCodes.Sweep(now) + s.Consents.Sweep(now) + s.Used.Sweep(now)
}
