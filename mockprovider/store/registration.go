package store

// Register adds a client that registered itself (RFC 7591 section 3.1), and
// forgets the oldest of those where they become more than most. A client of the
// configuration is never forgotten. It reports whether one was.
func (s *Store) Register(c *Client, most int) (forgotten bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registered++
	c.Registered = s.registered
	if s.clients == nil {
		s.clients = make(map[string]*Client)
	}
	s.clients[c.ID] = c
	return s.forgetRegistered(most)
}

// forgetRegistered drops the oldest client that registered itself where there are
// more than most.
func (s *Store) forgetRegistered(most int) bool {
	var oldest *Client
	n := 0
	for _, c := range s.clients {
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
	delete(s.clients, oldest.ID)
	return true
}
