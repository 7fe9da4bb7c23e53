package check

import (
	"context"
	"crypto"
	_ "crypto/sha256" // for HashOf
	_ "crypto/sha512" // for HashOf
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is an authorization request under construction. Its rows add what ties
// the response to it.
type Request struct {
	Params   url.Values
	Verifier string // code_verifier (RFC 7636 section 4.1)
}

// Reply is what the browser brought back: an authorization response, or the
// return from a sign-out.
type Reply struct {
	Params url.Values

	State        string    // that was sent
	ResponseType string    // that was asked for
	Created      time.Time // of the pending login
	IssPromised  bool      // the metadata promises an iss (RFC 9207 section 3)
	Take         func() bool
}

// Token is a JWT, parsed and not yet trusted.
type Token struct {
	Raw            string
	Header, Claims map[string]any // numbers are json.Number
}

// Verification is a token of the provider under examination, with what it must
// fit.
type Verification struct {
	*Token
	Context context.Context

	Nonce       string         // that was sent; "" if none
	MaxAge      *int           // seconds, as asked for
	ACR         []string       // of which one is essential; nil if none is
	AccessToken string         // issued with it; "" if none
	Code        string         // issued with it; "" if none
	Front       bool           // it came through the browser
	Before      map[string]any // claims of the ID token it renews (OIDC Core 12.2)
}

// Granted is what a token response gave for what was asked.
type Granted struct {
	Asked   []string // scopes
	Scope   string
	IDToken string
}

// UserInfo is an answer of the userinfo endpoint.
type UserInfo struct {
	Claims  map[string]any
	Subject string // of the ID token; "" without one
}

// Hop is a redirect that a request met.
type Hop struct {
	Request *http.Request   // that would be sent next
	Via     []*http.Request // that were sent, oldest first
}

// HashOf returns the hash of a signature algorithm, which is that of at_hash and
// c_hash too (OIDC Core 3.1.3.6). Ed25519 hashes with SHA-512.
func HashOf(alg string) crypto.Hash {
	switch {
	case alg == "EdDSA", strings.HasSuffix(alg, "512"):
		return crypto.SHA512
	case strings.HasSuffix(alg, "384"):
		return crypto.SHA384
	}
	return crypto.SHA256
}
