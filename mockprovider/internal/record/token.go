package record

import "time"

// Code is an authorization code (RFC 6749 section 4.1.2), and for a while after
// its redemption the memory that it was one.
type Code struct {
	GrantKey GrantKey
	Expires  Instant
	Used     bool // it was redeemed
}

// Access is an access token.
type Access struct {
	GrantKey        GrantKey
	Scopes          []string // may be narrower than the grant's after a refresh
	Audience        []string // may be narrower than the grant's (RFC 8707 section 2.2)
	Issued, Expires Instant
	JWT             bool
	Address         string // the provider's, that it was issued under
	Revoked         bool   // by itself (RFC 7009)
	Claims          string // what it says, in JSON, where that is configured and the token itself cannot tell
}

// Refresh is a refresh token.
type Refresh struct {
	GrantKey GrantKey
	Issued   Instant
	Expires  Instant // the end of its idle lifetime or of the grant's, whichever is first
	Ends     Instant // the end of the grant's absolute lifetime
	Address  string  // the provider's, that its family was issued under
	Used     bool    // it is not the current one any more
	Rotated  Instant // when it was first used
}

// isInGrace reports whether now lies within the grace window after the first use.
func (r Refresh) isInGrace(now time.Time, grace time.Duration) bool {
	return grace > 0 && now.Sub(r.Rotated.Time()) <= grace
}

// Current reports whether the token may still be used at now: it is the latest
// of its family, or its successor was made less than the grace window ago.
func (r Refresh) Current(now time.Time, grace time.Duration) bool {
	return !r.Used || r.isInGrace(now, grace)
}

// HeldCode is a code as a store has it, with its grant.
type HeldCode struct {
	Code
	Grant *Grant // never written
	Ended bool   // the grant was revoked
}

// HeldAccess is an access token as a store has it, with its grant.
type HeldAccess struct {
	Access
	Token string // it was found by
	Grant *Grant // never written
	Ended bool   // the grant was revoked
}

// Live reports whether the token is accepted at now.
func (a HeldAccess) Live(now time.Time) bool {
	return a.Expires.After(now) && !a.Revoked && !a.Ended
}

// HeldRefresh is a refresh token as a store has it, with its grant.
type HeldRefresh struct {
	Refresh
	Grant *Grant // never written
	Ended bool   // the grant was revoked
}

// Claim is the outcome of claiming what counts once.
type Claim int

// The outcomes of a claim.
const (
	Gone Claim = iota // it is unknown, has expired, or its grant has ended
	Used              // another caller was first
	Won               // it is the caller's
)

// GiveWay says which access tokens end when another is kept.
type GiveWay struct {
	Most     int  // as many a user may have for a client and the same scopes: the oldest end; 0 means no limit
	OfFamily bool // all of the same grant
}
