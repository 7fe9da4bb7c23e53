package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// AuthorizeOptions are the parameters of an authorization request (RFC 6749
// 4.1.1, OIDC Core 3.1.2.1). What is empty comes from Config.
type AuthorizeOptions struct {
	Scopes       []string
	Prompt       string
	MaxAge       *int // seconds
	LoginHint    string
	IDTokenHint  string
	ACRValues    string
	Display      string
	UILocales    string
	Claims       json.RawMessage
	ResponseType string
	ResponseMode string
	RedirectURL  string
	PAR          bool // push the request first (RFC 9126); done anyway where the provider requires it

	// Extra has the last word over every parameter; a name without values
	// leaves that parameter out.
	Extra url.Values
}

// RefreshOptions are the parameters of a refresh (RFC 6749 section 6).
type RefreshOptions struct {
	Scope        string // narrower scopes to ask for; default none, which keeps those granted
	RefreshToken string // default the session's

	// Stale is the access token to be replaced. If the session has another one
	// by now, nothing is sent and the newest token response is returned.
	Stale string
	// Direct sends a request of its own though another is under way.
	Direct bool
	// Extra has the last word over every parameter; a name without values
	// leaves that parameter out.
	Extra url.Values
}

// CallOptions are a request to a protected resource.
type CallOptions struct {
	Method string // default GET, POST with a Body or InBody
	URL    string
	Header http.Header
	Body   []byte

	// AutoRefresh refreshes first when the access token has expired, and once
	// when the resource says invalid_token (RFC 6750 section 3.1).
	AutoRefresh bool
	Token       string // default the session's access token
	InBody      bool   // send the token as a form parameter (RFC 6750 section 2.2)
}

// Response is an answer, read whole.
type Response struct {
	Status    int
	Header    http.Header
	Body      []byte         // at most Config.MaxBody bytes
	JSON      any            // the body if it is JSON; numbers are json.Number
	Challenge *Challenge     // of WWW-Authenticate, if there is one
	Refreshed *TokenResponse // the refresh that Call made on the way, if it did
}

// Challenge is a WWW-Authenticate header (RFC 9110 section 11.6.1, RFC 6750 section 3).
type Challenge struct {
	Scheme           string
	Realm            string
	Error            string
	ErrorDescription string
	ErrorURI         string
	Scope            string
	ResourceMetadata string            // RFC 9728 section 5.1
	Params           map[string]string // every parameter, names in lower case
}

// LogoutOptions are the parameters of a sign-out (OIDC RP-Initiated Logout 2).
type LogoutOptions struct {
	PostLogoutRedirectURI string
	State                 string
	IDTokenHint           string     // default the session's ID token
	Extra                 url.Values // the last word; a name without values leaves that parameter out
}

// DeviceAuthorization is the answer of the device authorization endpoint
// (RFC 8628 section 3.2).
type DeviceAuthorization struct {
	DeviceCode              string
	UserCode                string
	VerificationURI         string
	VerificationURIComplete string
	Expiry                  time.Time
	Interval                time.Duration // between polls; default 5 s
	Requested               []string      // scopes that were asked for
	Raw                     map[string]any
}
