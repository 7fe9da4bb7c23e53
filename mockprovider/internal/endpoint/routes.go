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
	cors    bool // browsers of other origins may call it
}

// routes is the table of contents: path, name, clause.
func routes() []route {
	return []route{
		{"/authorize", "authorization_endpoint", "RFC 6749 section 3.1, OIDC Core section 3.1.2", (*Issuer).authorize, false},
		{"/token", "token_endpoint", "RFC 6749 section 3.2", (*Issuer).token, true},
		{"/userinfo", "userinfo_endpoint", "OIDC Core section 5.3", (*Issuer).userinfo, true},
		{"/jwks", "jwks_uri", "RFC 7517 section 5", (*Issuer).jwks, true},
		{"/introspect", "introspection_endpoint", "RFC 7662 section 2", (*Issuer).introspect, true},
		{"/revoke", "revocation_endpoint", "RFC 7009 section 2", (*Issuer).revoke, true},
		{"/end_session", "end_session_endpoint", "OpenID Connect RP-Initiated Logout 1.0 section 2", (*Issuer).endSession, false},
		{"/device_authorization", "device_authorization_endpoint", "RFC 8628 section 3.1", (*Issuer).deviceAuthorization, true},
		{"/par", "pushed_authorization_request_endpoint", "RFC 9126 section 2", (*Issuer).par, true},
		{"/register", "registration_endpoint", "RFC 7591 section 3", (*Issuer).register, true},
		{"/register/{client_id}", "registration_endpoint", "RFC 7592 section 2", (*Issuer).registered, true},
		{"/.well-known/openid-configuration", "discovery", "OpenID Connect Discovery 1.0 section 4", (*Issuer).discovery, true},
		{"/.well-known/oauth-authorization-server", "discovery", "RFC 8414 section 3", (*Issuer).discovery, true},
		{"/resource/{rest...}", "resource", "RFC 6750 section 2", (*Issuer).resource, true},
		{"/canary/{rest...}", "canary", "", (*Issuer).canary, false},
		{"/interaction/{ticket}", "sign_in", "OIDC Core section 3.1.2.3", (*Issuer).interaction, false},
		{"/device", "device_verification", "RFC 8628 section 3.3", (*Issuer).devicePage, false},
		{"/{$}", "home", "", (*Issuer).home, false},
	}
}

// WellKnown are the prefixes of a path that names an issuer: none, and the
// well-known paths that are inserted before it (RFC 8414 section 3.1).
func WellKnown() []string {
	return []string{"", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
}
