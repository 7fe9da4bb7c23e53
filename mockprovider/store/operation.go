package store

import (
	"time"
)

// What counts once is claimed by one of the operations below. Each is a single
// step: however many callers there are at the same moment, the outcome is as if
// they had come one after the other. Package storetest checks it, also of a store
// that is kept elsewhere.

// Claim is the outcome of claiming what counts once.
type Claim int

// The outcomes of a claim.
const (
	Gone Claim = iota // it is unknown, has expired, or its grant has ended
	Used              // another caller was first
	Won               // it is the caller's
)

// RedeemCode claims an authorization code (RFC 6749 section 4.1.2): of any number
// of callers one wins. The code is nil if it is unknown.
func (s *Store) RedeemCode(code string, now time.Time) (*Code, Claim) {
	c, ok := s.Codes.Get(code, now)
	switch {
	case !ok:
		return nil, Gone
	case c.Used():
		return c, Used
	case !c.Expires.After(now) || c.Grant.Ended():
		return c, Gone
	case !c.redeem():
		return c, Used
	}
	return c, Won
}

// RotateRefresh claims a refresh token for its successor: of any number of callers
// one wins, and those who come within the grace window after it. The token is nil
// if it is unknown.
func (s *Store) RotateRefresh(token string, now time.Time, grace time.Duration) (*Refresh, Claim) {
	r, ok := s.Refresh.Get(token, now)
	switch {
	case !ok:
		return nil, Gone
	case r.Grant.Ended() || !r.Expires.After(now):
		return r, Gone
	case !r.rotate(now, grace):
		return r, Used
	}
	return r, Won
}

// KeepAccess keeps an access token, and ends those that have to give way to it.
func (s *Store) KeepAccess(token string, a *Access, forgotten time.Time, give GiveWay) {
	if give == (GiveWay{}) {
		s.Access.Put(token, a, forgotten)
		return
	}
	s.limiting.Lock()
	defer s.limiting.Unlock()
	s.makeWay(a, give)
	s.Access.Put(token, a, forgotten)
}

// KeepRefresh keeps a refresh token. It ends the oldest grants that a user has for
// the client, so that no more than most have one; 0 is no limit.
func (s *Store) KeepRefresh(token string, r *Refresh, forgotten time.Time, most int) {
	if most == 0 || r.Grant.UserLogin == "" {
		s.Refresh.Put(token, r, forgotten)
		return
	}
	s.limiting.Lock()
	defer s.limiting.Unlock()
	s.endOldest(r, most)
	s.Refresh.Put(token, r, forgotten)
}

// TakePushed takes a pushed authorization request, which counts once (RFC 9126
// section 7.3). One that another client pushed stays.
func (s *Store) TakePushed(requestURI, clientID string, now time.Time) (*Pushed, bool) {
	return s.Pushed.TakeIf(requestURI, now, func(p *Pushed) bool { return p.ClientID == clientID })
}

// KeepDevice keeps a device authorization request until it is forgotten, later
// than it expires. It reports false if its user code is that of another one: then
// nothing is kept.
func (s *Store) KeepDevice(d *Device, forgotten, now time.Time) bool {
	if !s.UserCodes.PutNew(d.UserCode, d, d.Expires, now) {
		return false
	}
	s.Devices.Put(d.Code, d, forgotten)
	return true
}

// AnswerDevice gives the user's answer to a device: a grant, or nil to refuse. Of
// any number of answers the first counts; it reports whether this was it.
func (s *Store) AnswerDevice(userCode string, g *Grant, now time.Time) bool {
	d, ok := s.UserCodes.Take(userCode, now)
	return ok && d.decide(g)
}

// PollDevice counts a poll of a device (RFC 8628 section 3.5). Of any number of
// polls after the user's answer one takes it. The device is nil if the code is
// unknown, used, or another client's.
func (s *Store) PollDevice(code, clientID string, now time.Time) (*Device, Poll) {
	d, ok := s.Devices.Get(code, now)
	if !ok || d.ClientID != clientID {
		return nil, PollUnknown
	}
	outcome := d.poll(now)
	switch outcome {
	case PollUnknown:
		return nil, outcome
	case PollGranted:
		s.Devices.Delete(code)
	}
	return d, outcome
}

// FirstUse remembers a value that counts once, such as the jti of an assertion,
// until an instant. It reports whether it was not remembered yet.
func (s *Store) FirstUse(value string, until, now time.Time) bool {
	return s.used.PutNew(value, struct{}{}, until, now)
}

// Remembered returns how many values FirstUse remembers.
func (s *Store) Remembered() int { return s.used.Len() }

// SweepUsed forgets the values of FirstUse that are due, and returns how many.
func (s *Store) SweepUsed(now time.Time) int { return s.used.Sweep(now) }

// Consent returns what a user is remembered to have allowed a client, nil if
// nothing is.
func (s *Store) Consent(userLogin, clientID string, now time.Time) []string {
	scopes, _ := s.consents.Get(consentKey{userLogin, clientID}, now)
	return scopes
}

// EditConsent puts what edit makes of a consent in its place: no other change
// comes between. edit must not change what it gets.
func (s *Store) EditConsent(userLogin, clientID string, edit func([]string) []string, now time.Time) {
	s.consents.Edit(consentKey{userLogin, clientID}, edit, time.Time{}, now)
}

// EndSession ends a user's sign-in at the provider. It reports whether this call
// was the one that ended it.
func (s *Store) EndSession(id string, now time.Time) bool {
	_, ok := s.Sessions.Take(id, now)
	return ok
}

// EndGrants revokes the grants of a user to a client, and forgets what the user
// allowed it; an empty name means any. It returns how many it ended. A grant that
// is only being made meanwhile counts as made later.
func (s *Store) EndGrants(userLogin, clientID string) int {
	n := 0
	end := func(g *Grant) {
		if g != nil && (userLogin == "" || g.UserLogin == userLogin) && (clientID == "" || g.ClientID == clientID) && g.End() {
			n++
		}
	}
	// Also what has expired: a clock may go back.
	s.consents.DeleteFunc(func(key consentKey, _ []string) bool {
		return (userLogin == "" || key.user == userLogin) && (clientID == "" || key.client == clientID)
	})
	s.Codes.Each(func(c *Code) { end(c.Grant) })
	s.Access.Each(func(a *Access) { end(a.Grant) })
	s.Refresh.Each(func(r *Refresh) { end(r.Grant) })
	s.Devices.Each(func(d *Device) { end(d.Granted()) })
	return n
}

// consentKey tells consents apart.
type consentKey struct{ user, client string }
