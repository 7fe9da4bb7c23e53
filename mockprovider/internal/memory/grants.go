package memory

import (
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// grants are the grants by their keys. Codes and tokens in memory point to the
// row of their grant, so that a look at one finds the other.
type grants struct {
	table Table[record.GrantKey, grantRow]
	last  atomic.Uint64 // the latest key
}

// grantRow is a grant and what has become of it.
type grantRow struct {
	grant record.Grant
	state atomic.Int32
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

// hold returns a grant that is to be known at least until forgotten, nil if it is
// unknown.
func (g *grants) hold(key record.GrantKey, forgotten time.Time) *grantRow {
	until := expiry(forgotten)
	g.table.mu.Lock()
	defer g.table.mu.Unlock()
	r := g.table.rows[key]
	if r == nil {
		return nil
	}
	r.extend(until)
	return &r.value
}

// PutGrant stores a grant until forgotten, or until the last code or token of it
// is forgotten. It returns the key that it gave it.
func (s *Store) PutGrant(g record.Grant, forgotten time.Time) record.GrantKey {
	g.Key = record.GrantKey(s.grants.last.Add(1))
	r := &row[grantRow]{expires: expiry(forgotten)}
	r.value.grant = g
	t := &s.grants.table
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(g.Key, r)
	return g.Key
}

// EndGrant revokes a grant with every code and token made from it. It reports
// whether this call was the one that ended it.
func (s *Store) EndGrant(key record.GrantKey) bool {
	t := &s.grants.table
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rows[key]
	return r != nil && r.value.end()
}

// EndGrants revokes the grants of a user to a client, and forgets what the user
// allowed it; an empty name means any. It returns how many it ended. A grant that
// is only being made meanwhile counts as made later.
func (s *Store) EndGrants(userLogin, clientID string) int {
	n := 0
	meant := func(g *record.Grant) bool {
		return (userLogin == "" || g.UserLogin == userLogin) && (clientID == "" || g.ClientID == clientID)
	}
	// Also what has expired: a clock may go back.
	s.consents.DeleteFunc(func(key consentKey, _ *[]string) bool {
		return (userLogin == "" || key.user == userLogin) && (clientID == "" || key.client == clientID)
	})
	s.grants.table.Each(func(g *grantRow) {
		if meant(&g.grant) && g.end() {
			n++
		}
	})
	return n + s.devices.refuse(meant)
}

// consentKey tells consents apart.
type consentKey struct{ user, client string }
