package client

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Session is a user's session: the ID token, and the tokens that were issued. While
// a refresh may be under way, read the fields of a Snapshot.
type Session struct {
	IDToken *IDToken      // nil when none was issued or asked for
	Subject string        // the sub claim of the ID token, "" without one
	Tokens  TokenResponse // the newest; RefreshToken is the one in force
	Expiry  time.Time     // of the access token; zero: unknown
	Ended   *OAuthError   // why the provider ended the session, nil while it lasts

	Requested   []string // scopes that were asked for
	Granted     []string // of these, those granted
	Missing     []string // of these, those not granted
	Unrequested []string // granted without having been asked for: not to be relied upon

	UserInfo map[string]any // nil until it was fetched
	// Claims are those of the ID token and those of userinfo: of a claim that both
	// have, that of userinfo, but for the sub.
	Claims map[string]any

	origin  *IDToken // that of the sign-in, once a refresh has brought another
	mu      sync.Mutex
	flight  *flight // the refresh under way
	expired bool    // the access token was refused before its time
}

// Snapshot is a copy of the session as it is now.
func (s *Session) Snapshot() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Session{
		IDToken: s.IDToken, Subject: s.Subject, Tokens: s.Tokens, Expiry: s.Expiry, Ended: s.Ended,
		Requested: slices.Clone(s.Requested), Granted: slices.Clone(s.Granted),
		Missing: slices.Clone(s.Missing), Unrequested: slices.Clone(s.Unrequested),
		UserInfo: maps.Clone(s.UserInfo), Claims: maps.Clone(s.Claims), origin: s.origin, expired: s.expired,
	}
}

// setIDToken puts an ID token into a session that is new, or whose lock is held.
func (s *Session) setIDToken(id *IDToken) {
	s.IDToken, s.Subject = id, text(id.Claims["sub"])
	s.Claims = s.mergedClaims()
}

// setUserInfo puts the claims of userinfo into a session whose lock is held.
func (s *Session) setUserInfo(claims map[string]any) {
	s.UserInfo = claims
	s.Claims = s.mergedClaims()
}

func (s *Session) mergedClaims() map[string]any {
	out := map[string]any{}
	if s.IDToken != nil {
		maps.Copy(out, s.IDToken.Claims)
	}
	for name, value := range s.UserInfo {
		if _, found := out[name]; !found || name != "sub" {
			out[name] = value
		}
	}
	return out
}

// accessToken is the access token in force.
func (s *Session) accessToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Tokens.AccessToken
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

// Check is one check of an ID token.
type Check struct {
	Name    string
	Spec    string
	Outcome string // Passed, Skipped, NotApplicable or Failed
	Detail  string // what was seen, in a few words
}

// What came of a check. One that failed is in the Rejection; it ends the validation.
const (
	Passed        = "passed"
	Skipped       = "skipped"        // left out by a mutant
	NotApplicable = "not applicable" // the clause does not bear on this token
	Failed        = "failed"
)
