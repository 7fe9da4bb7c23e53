package store

import (
	"cmp"
	"maps"
	"slices"
)

// GiveWay says which access tokens end when another is kept.
type GiveWay struct {
	Most     int  // as many a user may have for a client and the same scopes: the oldest end; 0 is no limit
	OfFamily bool // all of the same grant
}

// makeWay ends the access tokens that have to give way to a.
func (s *Store) makeWay(a *Access, give GiveWay) {
	now := a.Issued.Time()
	var alike []*Access
	s.Access.Each(func(old *Access) {
		switch {
		case old == a:
		case give.OfFamily && old.Grant == a.Grant:
			old.Revoke()
		case old.Live(now) && old.Grant.UserLogin == a.Grant.UserLogin && old.Grant.ClientID == a.Grant.ClientID && slices.Equal(old.Scopes, a.Scopes):
			alike = append(alike, old)
		}
	})
	if give.Most == 0 || a.Grant.UserLogin == "" {
		return
	}
	slices.SortFunc(alike, func(a, b *Access) int { return cmp.Compare(a.Issued, b.Issued) })
	for len(alike) >= give.Most {
		alike[0].Revoke()
		alike = alike[1:]
	}
}

// endOldest ends the oldest grants of a user to a client, to make room for that of
// r among the most that may have a refresh token.
func (s *Store) endOldest(r *Refresh, most int) {
	grants := map[*Grant]struct{}{}
	s.Refresh.Each(func(old *Refresh) {
		if g := old.Grant; g != r.Grant && !g.Ended() && old.Expires.After(r.Issued.Time()) && g.UserLogin == r.Grant.UserLogin && g.ClientID == r.Grant.ClientID {
			grants[g] = struct{}{}
		}
	})
	oldest := slices.SortedFunc(maps.Keys(grants), func(a, b *Grant) int { return cmp.Compare(a.Issued, b.Issued) })
	for len(oldest) >= most {
		oldest[0].End()
		oldest = oldest[1:]
	}
}
