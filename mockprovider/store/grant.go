package store

import (
	"encoding/json"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Grant is what a user (or a client for itself) has allowed a client: the root
// of a family of codes and tokens. Its members do not change once it is stored;
// only its death does. Every code and token points to its grant, so ending the
// grant ends them all, also those that are just being made.
type Grant struct {
	ID        uint64   // the family; 0 until it is stored
	ClientID  string   //
	Subject   string   // sub
	GrantType string   // the grant type it began with
	Scopes    []string // granted, in the order they were asked
	Issued    Instant

	*Authorization // never nil

	dead atomic.Bool
}

// Authorization is what a user's grant knows beyond a client's own: the request
// it answers and the sign-in it rests on.
type Authorization struct {
	Login       string    // the sign-in it came from, as the journal numbers them
	UserLogin   string    // empty for client credentials
	SessionID   string    // sid of the user's session at the provider
	Requested   []string  // scopes asked
	Audience    []string  //
	RedirectURI string    // as sent with the authorization request, empty if it was not
	Nonce       string    //
	ACR         string    //
	AMR         []string  //
	AuthTime    time.Time // when the user authenticated, on the issuer's clock

	Challenge       string // code_challenge (RFC 7636)
	ChallengeMethod string //
	MaxAgeAsked     bool   // max_age or require_auth_time: auth_time is due in the ID token

	Request    url.Values // the request's other parameters, where a persona speaks of them
	RefreshDue bool       // a persona issues a refresh token for this request

	ClaimsParameter json.RawMessage // the claims request parameter (OIDC Core section 5.5)
}

// nobody is the authorization of all grants without a user. It is never written.
var nobody = &Authorization{}

// ByClient returns a grant of a client to itself (RFC 6749 section 4.4). There
// may be very many: they share what they do not have.
func ByClient(clientID string) *Grant {
	return &Grant{GrantType: "client_credentials", Subject: clientID, Authorization: nobody}
}

// End revokes the grant with every code and token made from it. It reports
// whether this call was the one that ended it.
func (g *Grant) End() bool { return g.dead.CompareAndSwap(false, true) }

// Ended reports whether the grant was revoked.
func (g *Grant) Ended() bool { return g.dead.Load() }

// Code is an authorization code (RFC 6749 section 4.1.2), and for a while after
// its redemption the memory that it was one.
type Code struct {
	Grant   *Grant
	Expires Instant
	used    atomic.Bool
}

func (c *Code) redeem() bool { return c.used.CompareAndSwap(false, true) }

// Used reports whether the code was redeemed.
func (c *Code) Used() bool { return c.used.Load() }

// Access is an access token.
type Access struct {
	Grant           *Grant
	Scopes          []string // may be narrower than the grant's after a refresh
	Issued, Expires Instant
	JWT             bool
	revoked         atomic.Bool
}

// Revoke ends this one token (RFC 7009).
func (a *Access) Revoke() { a.revoked.Store(true) }

// Live reports whether the token is accepted at now.
func (a *Access) Live(now time.Time) bool {
	return a.Expires.After(now) && !a.revoked.Load() && !a.Grant.Ended()
}

// Refresh is a refresh token.
type Refresh struct {
	Grant   *Grant
	Issued  Instant
	Expires Instant // the end of its idle lifetime or of the grant's, whichever is first
	Ends    Instant // the end of the grant's absolute lifetime

	mu      sync.Mutex
	used    bool    // it is not the current one any more
	rotated Instant // when it was first used
}

// rotate marks the token as used at now. It reports whether this call was the
// first, or lies within the grace window after it.
func (r *Refresh) rotate(now time.Time, grace time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.used {
		r.used, r.rotated = true, At(now)
		return true
	}
	return r.within(now, grace)
}

// Current reports whether the token may still be used at now: it is the latest
// of its family, or its successor was made less than the grace window ago.
func (r *Refresh) Current(now time.Time, grace time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.used || r.within(now, grace)
}

func (r *Refresh) within(now time.Time, grace time.Duration) bool {
	return grace > 0 && now.Sub(r.rotated.Time()) <= grace
}

// Session is a user's sign-in at the provider, kept in a cookie (OIDC Core
// section 3.1.2.3).
type Session struct {
	ID       string
	Login    string
	AuthTime time.Time
	Expires  time.Time
	ACR      string
	AMR      []string
}

// Pushed is a pushed authorization request (RFC 9126 section 2.2).
type Pushed struct {
	ClientID string
	Params   url.Values
	Expires  time.Time
}
