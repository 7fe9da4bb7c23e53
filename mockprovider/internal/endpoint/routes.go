package endpoint

import (
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/journal"
)

// handler answers a request; what it decides it writes into the exchange.
type handler func(*Issuer, http.ResponseWriter, *http.Request, *journal.Exchange)

// route is one line of the table of contents.
type route struct {
	pattern string
	name    string // RFC 8414 name, or ours for a page: what the journal and faults call it
	spec    string
	serve   handler
	shared  sharing
	n       int // which URL of the endpoint it is, where a persona has several
}

// routes is the table of contents: path, name, clause.
func routes() []route {
	return []route{
		{"/authorize", "authorization_endpoint", "RFC 6749 section 3.1, OIDC Core section 3.1.2", (*Issuer).authorize, unshared, 0},
		{"/token", "token_endpoint", "RFC 6749 section 3.2", (*Issuer).token, sharedByAll, 0},
		{"/userinfo", "userinfo_endpoint", "OIDC Core section 5.3", (*Issuer).userinfo, sharedByAll, 0},
		{"/jwks", "jwks_uri", "RFC 7517 section 5", (*Issuer).jwks, sharedByAll, 0},
		{"/introspect", "introspection_endpoint", "RFC 7662 section 2", (*Issuer).introspect, sharedByAll, 0},
		{"/revoke", "revocation_endpoint", "RFC 7009 section 2", (*Issuer).revoke, sharedByAll, 0},
		{"/end_session", "end_session_endpoint", "OpenID Connect RP-Initiated Logout 1.0 section 2", (*Issuer).endSession, unshared, 0},
		{"/device_authorization", "device_authorization_endpoint", "RFC 8628 section 3.1", (*Issuer).deviceAuthorization, sharedByAll, 0},
		{"/par", "pushed_authorization_request_endpoint", "RFC 9126 section 2", (*Issuer).par, sharedByAll, 0},
		{"/register", "registration_endpoint", "RFC 7591 section 3", (*Issuer).register, sharedHere, 0},
		{"/register/{client_id}", "registration_endpoint", "RFC 7592 section 2", (*Issuer).registered, sharedHere, 0},
		{"/.well-known/openid-configuration", "discovery", "OpenID Connect Discovery 1.0 section 4", (*Issuer).discovery, sharedByAll, 0},
		{"/.well-known/oauth-authorization-server", "discovery", "RFC 8414 section 3", (*Issuer).discovery, sharedByAll, 0},
		{"/resource/{rest...}", "resource", "RFC 6750 section 2", (*Issuer).resource, sharedByAll, 0},
		{"/canary/{rest...}", "canary", "", (*Issuer).canary, unshared, 0},
		{"/interaction/{ticket}", "sign_in", "OIDC Core section 3.1.2.3", (*Issuer).interaction, unshared, 0},
		{"/device", "device_verification", "RFC 8628 section 3.3", (*Issuer).devicePage, unshared, 0},
		{"/{$}", "home", "", (*Issuer).home, unshared, 0},
	}
}

// WellKnown are the prefixes of a path that names an issuer: none, and the
// well-known paths that are inserted before it (RFC 8414 section 3.1).
func WellKnown() []string {
	return []string{"", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
}
