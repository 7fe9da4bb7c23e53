package store

// Register adds a client that registered itself (RFC 7591 section 3.1), and
// forgets the oldest of those where they become more than most. A client of the
// configuration is never forgotten. It reports whether one was.
func (d *Directory) Register(c *Client, most int) (forgotten bool) {
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
	var oldest *Client
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
	delete(d.clients, oldest.ID)
	return true
}
