package memory

import (
	"time"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// Register adds a client that registered itself (RFC 7591 section 3.1), with the
// token that manages it, and forgets the oldest of those where they become more than
// most. A client of the configuration is never forgotten. It reports whether one
// was.
func (s *Store) Register(c *store.Client, token string, most int) (forgotten bool) {
	s.limiting.Lock()
	defer s.limiting.Unlock()
	s.registrations.Put(token, c.ID, time.Time{})
	if !s.Directory.register(c, most) {
		return false
	}
	s.registrations.DeleteFunc(func(_ string, id *string) bool {
		_, known := s.Client(*id)
		return !known
	})
	return true
}

// Admit adds an unregistered client, and returns it, or the one of its name
// that is there already. It counts as one that registered itself.
func (s *Store) Admit(c *store.Client, most int) (known *store.Client, forgotten bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.clients[c.ID]; ok {
		return known, false
	}
	s.registered++
	c.Registered = s.registered
	s.setClient(c)
	return c, s.forgetRegistered(most)
}

// Registration returns the client that a registration access token manages.
func (s *Store) Registration(token string) (*store.Client, bool) {
	id, ok := s.registrations.Get(token, time.Time{})
	if !ok {
		return nil, false
	}
	return s.Client(id)
}

// EndRegistration forgets a client with the token that manages it. It reports
// whether this call was the one that did.
func (s *Store) EndRegistration(token string) bool {
	id, ok := s.registrations.Take(token, time.Time{})
	if ok {
		s.RemoveClient(id)
	}
	return ok
}

// register adds a client, and reports whether another was forgotten for it.
func (d *Directory) register(c *store.Client, most int) (forgotten bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.registered++
	c.Registered = d.registered
	d.setClient(c)
	return d.forgetRegistered(most)
}

// forgetRegistered drops the oldest client that registered itself where there are
// more than most.
func (d *Directory) forgetRegistered(most int) bool {
	var oldest *store.Client
	n := 0
	for _, c := range d.clients {
		if c.Registered == 0 {
			continue
		}
		n++
		if oldest == nil || c.Registered < oldest.Registered {
			oldest = c
		}
	}
	if n <= most {
		return false
	}
	d.removeClient(oldest.ID)
	return true
}
