package memory

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// grants are the grants by their keys, which count up from 1. Codes and tokens in
// memory point to the row of their grant, so that a look at one finds the other. The
// zero value is empty and ready; it is safe for parallel use.
type grants struct {
	mu     sync.Mutex
	last   record.GrantKey // the latest key
	before int             // how many chunks were dropped before the first
	chunks []*chunk        // nil where all of one are forgotten
}

// chunk has the rows of keys that follow each other. There may be very many grants:
// a map would take three times the room, and as much of the time.
type chunk [32]*grantRow

// grantRow is a grant and what has become of it.
type grantRow struct {
	grant   record.Grant   // never written
	expires record.Instant // when it may be forgotten, 0 for never
	state   atomic.Int32
}

// The states of a grant.
const (
	grantLives int32 = iota
	grantEnded
	grantForgotten // its codes and tokens are unknown
)

func (g *grantRow) ended() bool     { return g.state.Load() != grantLives }
func (g *grantRow) forgotten() bool { return g.state.Load() == grantForgotten }

// end ends the grant and reports whether this call did.
func (g *grantRow) end() bool { return g.state.CompareAndSwap(grantLives, grantEnded) }

// sameParties reports whether two grants are of one user to one client.
func (g *grantRow) sameParties(other *grantRow) bool {
	return g.grant.UserLogin == other.grant.UserLogin && g.grant.ClientID == other.grant.ClientID
}

// put gives a row its key.
func (g *grants) put(r *grantRow) record.GrantKey {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last++
	r.grant.Key = g.last
	n, at := g.place(g.last)
	if n == len(g.chunks) {
		g.chunks = append(g.chunks, nil)
	}
	if g.chunks[n] == nil {
		g.chunks[n] = &chunk{}
	}
	g.chunks[n][at] = r
	return g.last
}

// place is where the row of a key is: in which chunk, and there.
func (g *grants) place(key record.GrantKey) (n, at int) {
	const size = record.GrantKey(len(chunk{}))
	return int((key-1)/size) - g.before, int((key - 1) % size) //nolint:gosec // keys are counted
}

// row returns the row of a key, nil if there is none. The caller holds the lock.
func (g *grants) row(key record.GrantKey) *grantRow {
	if key == 0 || key > g.last {
		return nil
	}
	n, at := g.place(key)
	if n < 0 || n >= len(g.chunks) || g.chunks[n] == nil {
		return nil
	}
	return g.chunks[n][at]
}

// extend returns a grant that is to be known at least until forgotten, nil if it is
// unknown.
func (g *grants) extend(key record.GrantKey, forgotten time.Time) *grantRow {
	until := expiry(forgotten)
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.row(key)
	if r != nil && r.expires != 0 && (until == 0 || until > r.expires) {
		r.expires = until
	}
	return r
}

// each visits all rows. The caller holds the lock.
func (g *grants) each(visit func(*grantRow)) {
	for _, c := range g.chunks {
		if c == nil {
			continue
		}
		for _, r := range c {
			if r != nil {
				visit(r)
			}
		}
	}
}

// forget forgets the rows for which drop holds. The caller holds the lock.
func (g *grants) forget(drop func(*grantRow) bool) {
	for n, c := range g.chunks {
		if c != nil && c.forget(drop) {
			g.chunks[n] = nil
		}
	}
	gone := 0
	for gone < len(g.chunks)-1 && g.chunks[gone] == nil { // the last may not be full yet
		gone++
	}
	if gone > 0 {
		g.chunks, g.before = slices.Clone(g.chunks[gone:]), g.before+gone
	}
}

// forget is grants.forget in one chunk. It reports whether no row is left.
func (c *chunk) forget(drop func(*grantRow) bool) (empty bool) {
	empty = true
	for at, r := range c {
		switch {
		case r == nil:
		case drop(r):
			r.state.Store(grantForgotten)
			c[at] = nil
		default:
			empty = false
		}
	}
	return empty
}

// sweep forgets what has expired at now.
func (g *grants) sweep(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(func(r *grantRow) bool { return r.expires != 0 && !r.expires.After(now) })
}

// Weight is how many bytes the grants take.
func (g *grants) Weight() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	g.each(func(r *grantRow) { n += rowCost + grantBytes(&r.grant) })
	return n
}

// Shed forgets the grants that would expire first, and those that never do last:
// their codes and tokens are unknown.
func (g *grants) Shed(bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []*grantRow
	g.each(func(r *grantRow) { all = append(all, r) })
	slices.SortStableFunc(all, func(a, b *grantRow) int { return compareExpiry(a.expires, b.expires) })
	drop := map[*grantRow]bool{}
	for _, r := range all {
		if bytes <= 0 {
			break
		}
		bytes -= rowCost + grantBytes(&r.grant)
		drop[r] = true
	}
	g.forget(func(r *grantRow) bool { return drop[r] })
}

// PutGrant stores a grant.
func (s *Store) PutGrant(g record.Grant, forgotten time.Time) record.GrantKey {
	return s.grants.put(&grantRow{grant: g, expires: expiry(forgotten)})
}

// EndGrant revokes a grant.
func (s *Store) EndGrant(key record.GrantKey) bool {
	s.grants.mu.Lock()
	defer s.grants.mu.Unlock()
	r := s.grants.row(key)
	return r != nil && r.end()
}

// EndGrants revokes the grants of a user to a client.
func (s *Store) EndGrants(userLogin, clientID string) int {
	n := 0
	meant := func(g *record.Grant) bool {
		return (userLogin == "" || g.UserLogin == userLogin) && (clientID == "" || g.ClientID == clientID)
	}
	// Also what has expired: a clock may go back.
	s.consents.DeleteFunc(func(key consentKey, _ *[]string) bool {
		return (userLogin == "" || key.user == userLogin) && (clientID == "" || key.client == clientID)
	})
	s.grants.mu.Lock()
	s.grants.each(func(r *grantRow) {
		if meant(&r.grant) && r.end() {
			n++
		}
	})
	s.grants.mu.Unlock()
	return n + s.devices.refuse(meant)
}

// EndSignIn revokes the grants that were made with a sign-in, but for those with a
// scope.
func (s *Store) EndSignIn(sessionID, exceptScope string) int {
	if sessionID == "" {
		return 0
	}
	n := 0
	meant := func(g *record.Grant) bool {
		return g.SessionID == sessionID && !slices.Contains(g.Scopes, exceptScope)
	}
	s.grants.mu.Lock()
	s.grants.each(func(r *grantRow) {
		if meant(&r.grant) && r.end() {
			n++
		}
	})
	s.grants.mu.Unlock()
	return n
}

// consentKey tells consents apart.
type consentKey struct{ user, client string }
