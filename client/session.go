package client

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Session is a user's session: the ID token, and the tokens that were issued. Its methods may
// be used by several goroutines at once; while a refresh may be under way, read
// the fields of a Snapshot.
type Session struct {
	IDToken *IDToken      // nil when none was issued or asked for
	Tokens  TokenResponse // the newest; RefreshToken is the one in force
	Expiry  time.Time     // of the access token; zero: unknown

	Requested   []string // scopes that were asked for
	Granted     []string // of these, those granted
	Missing     []string // of these, those not granted
	Unrequested []string // granted without having been asked for: not to be relied upon

	UserInfo map[string]any // nil until it was fetched

	origin  *IDToken // that of the sign-in, once a refresh has brought another
	mu      sync.Mutex
	flight  *flight     // the refresh under way
	ended   *OAuthError // why the provider ended it
	expired bool        // the access token was refused before its time
}

// Snapshot is a copy of the session as it is now.
func (s *Session) Snapshot() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Session{
		IDToken: s.IDToken, Tokens: s.Tokens, Expiry: s.Expiry,
		Requested: slices.Clone(s.Requested), Granted: slices.Clone(s.Granted),
		Missing: slices.Clone(s.Missing), Unrequested: slices.Clone(s.Unrequested),
		UserInfo: maps.Clone(s.UserInfo), origin: s.origin, ended: s.ended, expired: s.expired,
	}
}

// Subject is the sub claim of the ID token, "" without one.
func (s *Session) Subject() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.IDToken == nil {
		return ""
	}
	return s.IDToken.Subject()
}

// Claims returns the claims of the ID token, and those of userinfo: of a claim that
// both have, that of userinfo, but for the sub.
func (s *Session) Claims() map[string]any {
	now := s.Snapshot()
	out := map[string]any{}
	if now.IDToken != nil {
		maps.Copy(out, now.IDToken.Claims)
	}
	for name, value := range now.UserInfo {
		if _, found := out[name]; !found || name != "sub" {
			out[name] = value
		}
	}
	return out
}

// AccessToken is the access token in force.
func (s *Session) AccessToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Tokens.AccessToken
}

// Ended tells why the provider ended the session, nil while it lasts.
func (s *Session) Ended() *OAuthError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// TokenResponse is a successful answer of the token endpoint (RFC 6749 section 5.1), or
// the tokens of an authorization response (OIDC Core 3.2.2.5).
type TokenResponse struct {
	AccessToken  string
	TokenType    string
	RefreshToken string
	IDToken      string
	Scope        string
	ExpiresIn    *int64         // seconds; nil when not said
	Raw          map[string]any // every member; numbers are json.Number
	Status       int
	Header       http.Header
}

// IDToken is an ID token (OIDC Core 2) and what was checked of it.
type IDToken struct {
	Raw    string
	Header map[string]any
	Claims map[string]any // numbers are json.Number
	Checks []Check        // in the order they were made
}

// Subject is the sub claim.
func (t *IDToken) Subject() string {
	s, _ := t.Claims["sub"].(string)
	return s
}

// Check is one check of an ID token.
type Check struct {
	Name    string
	Spec    string
	Outcome Outcome
	Detail  string // what was seen, in a few words
}

// Outcome is what came of a check.
type Outcome string

// A check that failed is in the Rejection; it ends the validation.
const (
	Passed        Outcome = "passed"
	Skipped       Outcome = "skipped"        // left out by a mutant
	NotApplicable Outcome = "not applicable" // the clause does not bear on this token
	Failed        Outcome = "failed"
)
