package memory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// code is an authorization code in memory.
type code struct {
	grant   *grantRow
	expires record.Instant
	used    bool
}

func (c *code) held() record.HeldCode {
	return record.HeldCode{
		Code:  record.Code{GrantKey: c.grant.grant.Key, Expires: c.expires, Used: c.used},
		Grant: &c.grant.grant, Ended: c.grant.ended(),
	}
}

// access is an access token in memory. There may be very many.
type access struct {
	grant           *grantRow
	own             *ownContent // nil: what the grant says
	issued, expires record.Instant
	jwt, revoked    bool
	address         *string // shared
}

// ownContent is what an access token says otherwise than its grant.
type ownContent struct {
	scopes, audience []string
	claims           string
}

func (a *access) held() record.HeldAccess {
	g := &a.grant.grant
	out := record.HeldAccess{
		Access: record.Access{GrantKey: g.Key, Scopes: a.scopesOf(), Audience: a.audience(), Issued: a.issued, Expires: a.expires, JWT: a.jwt, Revoked: a.revoked, Address: *a.address},
		Grant:  g, Ended: a.grant.ended(),
	}
	if a.own != nil {
		out.Claims = a.own.claims
	}
	return out
}

func (a *access) scopesOf() []string {
	if a.own == nil {
		return a.grant.grant.Scopes
	}
	return a.own.scopes
}

func (a *access) audience() []string {
	if a.own == nil {
		return a.grant.grant.Audience
	}
	return a.own.audience
}

// refresh is a refresh token in memory.
type refresh struct {
	grant                 *grantRow
	issued, expires, ends record.Instant
	rotated               record.Instant
	used                  bool
	address               *string // shared
}

func (r *refresh) held() record.HeldRefresh {
	g := &r.grant.grant
	return record.HeldRefresh{
		Refresh: record.Refresh{GrantKey: g.Key, Issued: r.issued, Expires: r.expires, Ends: r.ends, Used: r.used, Rotated: r.rotated, Address: *r.address},
		Grant:   g, Ended: r.grant.ended(),
	}
}

// latestText lets records share a text of which there are few, one after the other
// mostly the same. There may be very many records.
type latestText struct{ last atomic.Pointer[string] }

func (l *latestText) share(text string) *string {
	if last := l.last.Load(); last != nil && *last == text {
		return last
	}
	own := strings.Clone(text)
	l.last.Store(&own)
	return &own
}

// KeepCode keeps a code of a grant that is stored.
func (s *Store) KeepCode(text string, c record.Code, forgotten time.Time) {
	if g := s.grants.extend(c.GrantKey, forgotten); g != nil {
		s.codes.Put(text, code{g, c.Expires, c.Used}, forgotten)
	}
}

// Code returns a code that is not forgotten.
func (s *Store) Code(text string, now time.Time) (held record.HeldCode, ok bool) {
	s.codes.Look(text, now, func(c *code) {
		if ok = !c.grant.forgotten(); ok {
			held = c.held()
		}
	})
	return held, ok
}

// RedeemCode claims an authorization code (RFC 6749 section 4.1.2): of any number
// of callers one wins.
func (s *Store) RedeemCode(text string, now time.Time) (held record.HeldCode, claim record.Claim) {
	s.codes.Look(text, now, func(c *code) {
		switch {
		case c.grant.forgotten():
			return
		case c.used:
			claim = record.Used
		case c.expires.After(now) && !c.grant.ended():
			c.used, claim = true, record.Won
		}
		held = c.held()
	})
	return held, claim
}

// KeepAccess keeps an access token of a grant that is stored, and ends those that
// have to give way to it.
func (s *Store) KeepAccess(token string, a record.Access, forgotten time.Time, give record.GiveWay) {
	g := s.grants.extend(a.GrantKey, forgotten)
	if g == nil {
		return
	}
	kept := access{g, nil, a.Issued, a.Expires, a.JWT, a.Revoked, s.addresses.share(a.Address)}
	if a.Claims != "" || !slices.Equal(a.Scopes, g.grant.Scopes) || !slices.Equal(a.Audience, g.grant.Audience) {
		kept.own = &ownContent{a.Scopes, a.Audience, a.Claims}
	}
	if give != (record.GiveWay{}) {
		s.limiting.Lock()
		defer s.limiting.Unlock()
		s.makeWay(&kept, give)
	}
	s.access.Put(token, kept, forgotten)
}

// makeWay revokes the access tokens that have to give way to a.
func (s *Store) makeWay(a *access, give record.GiveWay) {
	var alike []*access
	limited := give.Most > 0 && a.grant.grant.UserLogin != ""
	t := &s.access.table
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		switch old := &r.value; {
		case give.OfFamily && old.grant == a.grant:
			old.revoked = true
		case limited && old.held().Live(a.issued.Time()) && old.grant.sameParties(a.grant) && slices.Equal(old.scopesOf(), a.scopesOf()):
			alike = append(alike, old)
		}
	}
	slices.SortFunc(alike, func(a, b *access) int { return cmp.Compare(a.issued, b.issued) })
	for limited && len(alike) >= give.Most {
		alike[0].revoked = true
		alike = alike[1:]
	}
}

// Access returns an access token that is not forgotten.
func (s *Store) Access(token string, now time.Time) (held record.HeldAccess, ok bool) {
	s.access.Look(token, now, func(a *access) {
		if ok = !a.grant.forgotten(); ok {
			held = a.held()
			held.Token = token
		}
	})
	return held, ok
}

// RevokeAccess ends one access token (RFC 7009).
func (s *Store) RevokeAccess(token string, now time.Time) {
	s.access.Look(token, now, func(a *access) { a.revoked = true })
}

// ForgetAccess forgets an access token.
func (s *Store) ForgetAccess(token string) { s.access.Delete(token) }

// KeepRefresh stores a refresh token of a grant that is stored. It ends the oldest
// grants that the user has given the client, so that at most most of them have a
// refresh token; 0 means any number.
func (s *Store) KeepRefresh(token string, r record.Refresh, forgotten time.Time, most int) {
	g := s.grants.extend(r.GrantKey, forgotten)
	if g == nil {
		return
	}
	kept := refresh{g, r.Issued, r.Expires, r.Ends, r.Rotated, r.Used, s.addresses.share(r.Address)}
	if most > 0 && g.grant.UserLogin != "" {
		s.limiting.Lock()
		defer s.limiting.Unlock()
		s.endOldest(&kept, most)
	}
	s.refresh.Put(token, kept, forgotten)
}

// endOldest ends the oldest grants of a user to a client, to make room for that of
// r among the most that may have a refresh token.
func (s *Store) endOldest(r *refresh, most int) {
	found, now := map[*grantRow]struct{}{}, r.issued.Time()
	s.refresh.Each(func(old *refresh) {
		if g := old.grant; g != r.grant && !g.ended() && old.expires.After(now) && g.sameParties(r.grant) {
			found[old.grant] = struct{}{}
		}
	})
	oldest := slices.SortedFunc(maps.Keys(found), func(a, b *grantRow) int { return cmp.Compare(a.grant.Issued, b.grant.Issued) })
	for len(oldest) >= most {
		oldest[0].end()
		oldest = oldest[1:]
	}
}

// Refresh returns a refresh token that is not forgotten.
func (s *Store) Refresh(token string, now time.Time) (held record.HeldRefresh, ok bool) {
	s.refresh.Look(token, now, func(r *refresh) {
		if ok = !r.grant.forgotten(); ok {
			held = r.held()
		}
	})
	return held, ok
}

// RotateRefresh claims a refresh token for its successor: of any number of callers
// one wins, and those who come within the grace window after it.
func (s *Store) RotateRefresh(token string, now time.Time, grace time.Duration) (held record.HeldRefresh, claim record.Claim) {
	s.refresh.Look(token, now, func(r *refresh) {
		if r.grant.forgotten() {
			return
		}
		held = r.held()
		switch {
		case held.Ended || !r.expires.After(now):
		case !held.Current(now, grace):
			claim = record.Used
		default:
			claim = record.Won
			if !r.used {
				r.used, r.rotated = true, record.At(now)
			}
		}
	})
	return held, claim
}
