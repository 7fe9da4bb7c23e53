// Package store is an issuer's memory: its clients and users, and the codes,
// tokens and sessions it has given out, each with its expiry on the issuer's
// clock. A redemption and a rotation are single steps, so of parallel callers
// exactly one succeeds. What has expired is forgotten at the next sweep.
package store

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Store is the memory of one issuer. The zero Store is empty and ready; it is
// safe for parallel use.
type Store struct {
	Codes     Secrets[*Code]
	Access    Secrets[*Access]
	Refresh   Secrets[*Refresh]
	Sessions  Table[string, *Session]
	Pushed    Table[string, *Pushed]
	Devices   Table[string, *Device]  // by device_code
	UserCodes Table[string, *Device]  // by user_code
	Consents  Table[string, []string] // scopes allowed before, by user and client
	Used      Table[string, struct{}] // jti of client assertions, and other values that count once

	mu      sync.RWMutex
	clients map[string]*Client
	users   map[string]*User
	order   []string // logins in the order they were added

	registered uint64 // number of the latest client that registered itself
}

// Client returns a registered client. It is shared and must not be changed.
func (s *Store) Client(id string) (*Client, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.clients[id]
	return c, ok
}

// Clients returns the clients by identifier.
func (s *Store) Clients() []*Client {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.SortedFunc(maps.Values(s.clients), func(a, b *Client) int { return strings.Compare(a.ID, b.ID) })
}

// SetClient registers a client under its ID, replacing one of that name.
func (s *Store) SetClient(c *Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == nil {
		s.clients = make(map[string]*Client)
	}
	s.clients[c.ID] = c
}

// RemoveClient forgets a client and reports whether there was one.
func (s *Store) RemoveClient(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.clients[id]
	delete(s.clients, id)
	return ok
}

// User returns a user by login. It is shared and must not be changed.
func (s *Store) User(login string) (*User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, ok := s.users[login]
	return u, ok
}

// UserBySubject returns the user with that sub.
func (s *Store) UserBySubject(sub string) (*User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, login := range s.order {
		if u := s.users[login]; u.Sub() == sub {
			return u, true
		}
	}
	return nil, false
}

// Users returns the users in the order they were added.
func (s *Store) Users() []*User {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]*User, len(s.order))
	for i, login := range s.order {
		out[i] = s.users[login]
	}
	return out
}

// SetUser adds a user under its login, replacing one of that name.
func (s *Store) SetUser(u *User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == nil {
		s.users = make(map[string]*User)
	}
	if _, ok := s.users[u.Login]; !ok {
		s.order = append(s.order, u.Login)
	}
	s.users[u.Login] = u
}

// RemoveUser forgets a user and reports whether there was one.
func (s *Store) RemoveUser(login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.users[login]
	delete(s.users, login)
	s.order = slices.DeleteFunc(s.order, func(l string) bool { return l == login })
	return ok
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

// Forget drops codes, tokens, sessions and consents; clients and users stay.
func (s *Store) Forget() {
	s.Codes.Clear()
	s.Access.Clear()
	s.Refresh.Clear()
	s.Sessions.Clear()
	s.Pushed.Clear()
	s.Devices.Clear()
	s.UserCodes.Clear()
	s.Consents.Clear()
	s.Used.Clear()
}
