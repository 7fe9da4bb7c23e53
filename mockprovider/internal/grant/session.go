package grant

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	fositejwt "github.com/ory/fosite/token/jwt"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

var _ openid.Session = (*Session)(nil)

// Session carries a grant through fosite, and is silent about time.
//
// fosite calls time.Now wherever it sets or compares an expiry, always through
// SetExpiresAt and GetExpiresAt. This session drops the first and answers zero
// to the second: then fosite computes expires_in only from the lifetime and
// compares nothing, and the issuer's instants, which only this package keeps,
// are the ones that count. So a clock can be frozen to the nanosecond, and each
// issuer has its own.
type Session struct {
	engine *Engine
	grant  *record.Grant
	claims *fositejwt.IDTokenClaims
	target string // audience of the ID token that is all a token response has

	asked      *claim.Request     // what a request without a flow says of its tokens
	access     record.Access      // the access token that was made last
	limit      int                // of access tokens at once
	idTokenAlg protocol.Algorithm // of the ID token that comes with it
}

// takeExpiry lets the record of an access token agree with the exp that is
// configured. It reports whether that is another one than the lifetime gives.
func (s *Session) takeExpiry(claims map[string]any, from *claim.Source) bool {
	if claims["exp"] == from.Expires {
		return false
	}
	if raw, err := json.Marshal(claims["exp"]); err == nil {
		seconds, err := strconv.ParseFloat(string(raw), 64)
		if at := time.Unix(int64(seconds), 0); err == nil && clock.Reachable(at) == nil {
			s.access.Expires = record.At(at)
		}
	}
	return true
}

// Lifetime returns how long the access token that was made last lives.
func (s *Session) Lifetime() time.Duration {
	return max(0, s.access.Expires.Time().Sub(s.access.Issued.Time()))
}

// Grant returns the grant, nil until the storage has filled the session in.
func (s *Session) Grant() *record.Grant { return s.grant }

// SetExpiresAt does nothing: see Session.
func (s *Session) SetExpiresAt(fosite.TokenType, time.Time) {}

// GetExpiresAt returns the zero time: see Session.
func (s *Session) GetExpiresAt(fosite.TokenType) time.Time { return time.Time{} }

// GetUsername returns the login of the user.
func (s *Session) GetUsername() string {
	if s.grant == nil {
		return ""
	}
	return s.grant.UserLogin
}

// GetSubject returns sub.
func (s *Session) GetSubject() string {
	if s.grant == nil {
		return ""
	}
	return s.grant.Subject
}

// SetSubject takes the login that the password grant authenticated.
func (s *Session) SetSubject(login string) {
	if u, ok := s.engine.Store.User(login); ok {
		s.grant = &record.Grant{
			Subject: u.Sub(), GrantType: protocol.PasswordGrant,
			Authorization: &record.Authorization{UserLogin: u.Login, AuthTime: s.engine.now(), ACR: u.ACR, AMR: u.AMR},
		}
	}
}

// Clone returns a copy that shares the grant, which does not change.
func (s *Session) Clone() fosite.Session {
	if s == nil {
		return nil
	}
	c := *s
	c.claims = nil
	return &c
}

// IDTokenClaims is where fosite's OpenID handlers keep at_hash and c_hash for
// the ID token. AuthTime and RequestedAt are one and the same long past instant:
// fosite compares them with each other and with the machine's clock to judge
// prompt and max_age, which the sign-in layer has judged already.
func (s *Session) IDTokenClaims() *fositejwt.IDTokenClaims {
	if s.claims == nil {
		s.claims = &fositejwt.IDTokenClaims{Subject: s.GetSubject(), AuthTime: time.Unix(1, 0), RequestedAt: time.Unix(1, 0)}
	}
	return s.claims
}

// IDTokenHeaders tells fosite the algorithm, from whose last three digits it
// takes the hash for at_hash and c_hash. EdDSA has no digits but hashes with
// SHA-512 (Ed25519, RFC 8032 section 5.1), so it is named as if it had.
func (s *Session) IDTokenHeaders() *fositejwt.Headers {
	alg := s.idTokenAlg
	if alg == "" && s.grant != nil {
		l := s.engine.Levels(s.grant, s.engine.ClientOfGrant(s.grant), s.grant.Scopes)
		alg = l.IDToken().SigningAlg
	}
	if alg == protocol.EdDSA {
		alg = "Ed512"
	}
	return &fositejwt.Headers{Extra: map[string]any{"alg": string(alg)}}
}
