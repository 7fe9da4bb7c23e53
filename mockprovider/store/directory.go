package store

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Directory is the clients and users of an issuer. The zero Directory is empty and
// ready; it is safe for parallel use.
type Directory struct {
	mu      sync.RWMutex
	clients map[string]*Client
	users   map[string]*User
	order   []string // logins in the order they were added

	registered uint64 // number of the latest client that registered itself
}

// Client returns a registered client. It is shared and must not be changed.
func (d *Directory) Client(id string) (*Client, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	c, ok := d.clients[id]
	return c, ok
}

// Clients returns the clients by identifier.
func (d *Directory) Clients() []*Client {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.SortedFunc(maps.Values(d.clients), func(a, b *Client) int { return strings.Compare(a.ID, b.ID) })
}

// SetClient registers a client under its ID, replacing one of that name.
func (d *Directory) SetClient(c *Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.setClient(c)
}

func (d *Directory) setClient(c *Client) {
	if d.clients == nil {
		d.clients = make(map[string]*Client)
	}
	d.clients[c.ID] = c
}

// RemoveClient forgets a client and reports whether there was one.
func (d *Directory) RemoveClient(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.clients[id]
	delete(d.clients, id)
	return ok
}

// User returns a user by login. It is shared and must not be changed.
func (d *Directory) User(login string) (*User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.users[login]
	return u, ok
}

// UserBySubject returns the user with that sub.
func (d *Directory) UserBySubject(sub string) (*User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, login := range d.order {
		if u := d.users[login]; u.Sub() == sub {
			return u, true
		}
	}
	return nil, false
}

// Users returns the users in the order they were added.
func (d *Directory) Users() []*User {
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make([]*User, len(d.order))
	for i, login := range d.order {
		out[i] = d.users[login]
	}
	return out
}

// SetUser adds a user under its login, replacing one of that name.
func (d *Directory) SetUser(u *User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.setUser(u)
}

func (d *Directory) setUser(u *User) {
	if d.users == nil {
		d.users = make(map[string]*User)
	}
	if _, ok := d.users[u.Login]; !ok {
		d.order = append(d.order, u.Login)
	}
	d.users[u.Login] = u
}

// RemoveUser forgets a user and reports whether there was one.
func (d *Directory) RemoveUser(login string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.users[login]
	delete(d.users, login)
	d.order = slices.DeleteFunc(d.order, func(l string) bool { return l == login })
	return ok
}

// EditClient puts what edit makes of a client in its place, in one step: no other
// change comes between. edit gets nil if the client is not registered, and returns
// nil to leave everything as it is. It must not change what it gets. EditClient
// reports whether it changed anything.
func (d *Directory) EditClient(id string, edit func(*Client) *Client) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := edit(d.clients[id])
	if c != nil {
		d.setClient(c)
	}
	return c != nil
}

// EditUser is to users what EditClient is to clients.
func (d *Directory) EditUser(login string, edit func(*User) *User) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := edit(d.users[login])
	if u != nil {
		d.setUser(u)
	}
	return u != nil
}
