package memory

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// Directory is the clients and users of an issuer. The zero Directory is empty and
// ready; it is safe for parallel use.
type Directory struct {
	mu      sync.RWMutex
	clients map[string]*store.Client
	users   map[string]*store.User
	order   []string // logins in the order they were added
	secrets secretIndex

	allClients []*store.Client // by identifier,
	allUsers   []*store.User   // and in their order: each nil after a change

	registered uint64 // number of the latest client that registered itself
	added      uint64 // number of the latest user who was typed into the sign-in page
}

// Client returns a registered client. It is shared and must not be changed.
func (d *Directory) Client(id string) (*store.Client, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	c, ok := d.clients[id]
	return c, ok
}

// Clients returns the clients by identifier.
func (d *Directory) Clients() []*store.Client {
	return shared(d, &d.allClients, func() []*store.Client {
		return slices.SortedFunc(maps.Values(d.clients), func(a, b *store.Client) int { return strings.Compare(a.ID, b.ID) })
	})
}

// shared returns a list, which is made where a change has left none.
func shared[R any](d *Directory, list *[]R, all func() []R) []R {
	d.mu.RLock()
	out := *list
	d.mu.RUnlock()
	if out != nil {
		return out
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if *list == nil {
		*list = slices.Clip(all())
	}
	return *list
}

// SetClient registers a client under its ID, replacing one of that name.
func (d *Directory) SetClient(c *store.Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.setClient(c)
}

func (d *Directory) setClient(c *store.Client) {
	if d.clients == nil {
		d.clients = make(map[string]*store.Client)
	}
	d.secrets.replace(secretOf(d.clients[c.ID]), c.Secret)
	d.clients[c.ID], d.allClients = c, nil
}

func (d *Directory) removeClient(id string) {
	d.secrets.replace(secretOf(d.clients[id]), "")
	delete(d.clients, id)
	d.allClients = nil
}

// RemoveClient forgets a client and reports whether there was one.
func (d *Directory) RemoveClient(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.clients[id]
	d.removeClient(id)
	return ok
}

// User returns a user by login. It is shared and must not be changed.
func (d *Directory) User(login string) (*store.User, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.users[login]
	return u, ok
}

// Users returns the users in the order they were added.
func (d *Directory) Users() []*store.User {
	return shared(d, &d.allUsers, func() []*store.User {
		out := make([]*store.User, len(d.order))
		for i, login := range d.order {
			out[i] = d.users[login]
		}
		return out
	})
}

// SetUser adds a user under its login, replacing one of that name.
func (d *Directory) SetUser(u *store.User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.setUser(u)
}

func (d *Directory) setUser(u *store.User) {
	if d.users == nil {
		d.users = make(map[string]*store.User)
	}
	if _, ok := d.users[u.Login]; !ok {
		d.order = append(d.order, u.Login)
	}
	d.secrets.replace(passwordOf(d.users[u.Login]), u.Password)
	d.users[u.Login], d.allUsers = u, nil
}

// AddUser adds a user who was typed into the sign-in page, or replaces one who was:
// a user of the configuration is never replaced, and then it returns false. The
// oldest of those who were added are forgotten where they become more than most.
func (d *Directory) AddUser(u *store.User, most int) (added, forgotten bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old, ok := d.users[u.Login]; ok && old.Added == 0 {
		return false, false
	}
	d.added++
	u.Added = d.added
	d.setUser(u)
	return true, d.forgetAdded(most)
}

// forgetAdded drops the oldest user who was added where there are more than most.
func (d *Directory) forgetAdded(most int) bool {
	var oldest *store.User
	n := 0
	for _, u := range d.users {
		if u.Added == 0 {
			continue
		}
		n++
		if oldest == nil || u.Added < oldest.Added {
			oldest = u
		}
	}
	if n <= most {
		return false
	}
	d.removeUser(oldest.Login)
	return true
}

func (d *Directory) removeUser(login string) {
	d.secrets.replace(passwordOf(d.users[login]), "")
	delete(d.users, login)
	d.allUsers = nil
	d.order = slices.DeleteFunc(d.order, func(l string) bool { return l == login })
}

// RemoveUser forgets a user and reports whether there was one.
func (d *Directory) RemoveUser(login string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.users[login]
	if ok {
		d.removeUser(login)
	}
	return ok
}

// EditClient puts what edit makes of a client in its place, in one step: no other
// change comes between. edit gets nil if the client is not registered, and returns
// nil to leave everything as it is. It must not change what it gets. EditClient
// reports whether it changed anything.
func (d *Directory) EditClient(id string, edit func(*store.Client) *store.Client) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := edit(d.clients[id])
	if c != nil {
		d.setClient(c)
	}
	return c != nil
}

// EditUser is to users what EditClient is to clients.
func (d *Directory) EditUser(login string, edit func(*store.User) *store.User) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := edit(d.users[login])
	if u != nil {
		d.setUser(u)
	}
	return u != nil
}
