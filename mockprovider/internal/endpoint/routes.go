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
}

// routes is the table of contents: path, name, clause.
func routes() []route {
	return []route{
		{"/authorize", "authorization_endpoint", "RFC 6749 section 3.1, OIDC Core section 3.1.2", (*Issuer).authorize, unshared},
		{"/token", "token_endpoint", "RFC 6749 section 3.2", (*Issuer).token, sharedByAll},
		{"/userinfo", "userinfo_endpoint", "OIDC Core section 5.3", (*Issuer).userinfo, sharedByAll},
		{"/jwks", "jwks_uri", "RFC 7517 section 5", (*Issuer).jwks, sharedByAll},
		{"/introspect", "introspection_endpoint", "RFC 7662 section 2", (*Issuer).introspect, sharedByAll},
		{"/revoke", "revocation_endpoint", "RFC 7009 section 2", (*Issuer).revoke, sharedByAll},
		{"/end_session", "end_session_endpoint", "OpenID Connect RP-Initiated Logout 1.0 section 2", (*Issuer).endSession, unshared},
		{"/device_authorization", "device_authorization_endpoint", "RFC 8628 section 3.1", (*Issuer).deviceAuthorization, sharedByAll},
		{"/par", "pushed_authorization_request_endpoint", "RFC 9126 section 2", (*Issuer).par, sharedByAll},
		{"/register", "registration_endpoint", "RFC 7591 section 3", (*Issuer).register, sharedHere},
		{"/register/{client_id}", "registration_endpoint", "RFC 7592 section 2", (*Issuer).registered, sharedHere},
		{"/.well-known/openid-configuration", "discovery", "OpenID Connect Discovery 1.0 section 4", (*Issuer).discovery, sharedByAll},
		{"/.well-known/oauth-authorization-server", "discovery", "RFC 8414 section 3", (*Issuer).discovery, sharedByAll},
		{"/resource/{rest...}", "resource", "RFC 6750 section 2", (*Issuer).resource, sharedByAll},
		{"/canary/{rest...}", "canary", "", (*Issuer).canary, unshared},
		{"/interaction/{ticket}", "sign_in", "OIDC Core section 3.1.2.3", (*Issuer).interaction, unshared},
		{"/device", "device_verification", "RFC 8628 section 3.3", (*Issuer).devicePage, unshared},
		{"/{$}", "home", "", (*Issuer).home, unshared},
	}
}

// WellKnown are the prefixes of a path that names an issuer: none, and the
// well-known paths that are inserted before it (RFC 8414 section 3.1).
func WellKnown() []string {
	return []string{"", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
}
