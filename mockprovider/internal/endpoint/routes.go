package endpoint

import (
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

// handler decides on the answer to a request, and does the work that goes with it.
// The trace of its decisions is in the exchange.
type handler func(*Issuer, *request) answer

// route is one line of the table of contents.
type route struct {
	pattern string
	name    string // RFC 8414 name, or ours for a page: what the journal and faults call it
	spec    string
	methods []string
	read    func(*Issuer, *request) *oauthError // finds out where an answer goes, before the work; nil: it goes to whoever asks
	form    bool                                // the parameters are a form that is posted
	serve   handler
	errors  errorForm
	words   *persona.Dialect // of errors, where a resource has some of its own; nil: the issuer's
	shared  sharing
	n       int // which URL of the endpoint it is, where a persona has several
}

// routes is the table of contents: path, name, clause.
func routes() []route {
	get, post, either := []string{http.MethodGet, http.MethodHead}, []string{http.MethodPost}, []string{http.MethodGet, http.MethodPost}
	return []route{
		{pattern: "/authorize", name: "authorization_endpoint", spec: "RFC 6749 section 3.1, OIDC Core section 3.1.2", methods: either, read: (*Issuer).readAuthorization, serve: (*Issuer).authorize, errors: toClient},
		{pattern: "/token", name: "token_endpoint", spec: "RFC 6749 section 3.2", methods: post, form: true, serve: (*Issuer).token, errors: inJSON, shared: sharedByAll},
		{pattern: "/userinfo", name: "userinfo_endpoint", spec: "OIDC Core section 5.3", methods: either, serve: (*Issuer).userinfo, errors: inBearer, shared: sharedByAll},
		{pattern: "/jwks", name: "jwks_uri", spec: "RFC 7517 section 5", methods: get, serve: (*Issuer).jwks, errors: inJSON, shared: sharedByAll},
		{pattern: "/introspect", name: "introspection_endpoint", spec: "RFC 7662 section 2", methods: post, form: true, serve: (*Issuer).introspect, errors: inJSON, shared: sharedByAll},
		{pattern: "/revoke", name: "revocation_endpoint", spec: "RFC 7009 section 2", methods: post, form: true, serve: (*Issuer).revoke, errors: inJSON, shared: sharedByAll},
		{pattern: "/end_session", name: "end_session_endpoint", spec: "OpenID Connect RP-Initiated Logout 1.0 section 2", methods: either, serve: (*Issuer).endSession, errors: onPage},
		{pattern: "/device_authorization", name: "device_authorization_endpoint", spec: "RFC 8628 section 3.1", methods: post, form: true, serve: (*Issuer).deviceAuthorization, errors: inJSON, shared: sharedByAll},
		{pattern: "/par", name: "pushed_authorization_request_endpoint", spec: "RFC 9126 section 2", methods: post, form: true, serve: (*Issuer).par, errors: inJSON, shared: sharedByAll},
		{pattern: "/register", name: "registration_endpoint", spec: "RFC 7591 section 3", methods: post, serve: (*Issuer).register, errors: inJSON, shared: sharedHere},
		{pattern: "/register/{client_id}", name: "registration_endpoint", spec: "RFC 7592 section 2", serve: (*Issuer).registered, errors: inJSON, shared: sharedHere},
		{pattern: "/.well-known/openid-configuration", name: "discovery", spec: "OpenID Connect Discovery 1.0 section 4", methods: get, serve: (*Issuer).discovery, errors: inJSON, shared: sharedByAll},
		{pattern: "/.well-known/oauth-authorization-server", name: "discovery", spec: "RFC 8414 section 3", methods: get, serve: (*Issuer).discovery, errors: inJSON, shared: sharedByAll},
		{pattern: "/resource/{rest...}", name: "resource", spec: "RFC 6750 section 2", serve: (*Issuer).resource, errors: inBearer, shared: sharedByAll},
		{pattern: "/canary/{rest...}", name: "canary", spec: "", serve: (*Issuer).canary, errors: inJSON},
		{pattern: "/interaction/{ticket}", name: "sign_in", spec: "OIDC Core section 3.1.2.3", methods: post, serve: (*Issuer).interaction, errors: toClient},
		{pattern: "/device", name: "device_verification", spec: "RFC 8628 section 3.3", methods: either, serve: (*Issuer).devicePage, errors: onPage},
		{pattern: "/{$}", name: "home", spec: "", serve: (*Issuer).home, errors: onPage},
	}
}

// WellKnown are the prefixes of a path that names an issuer: none, and the
// well-known paths that are inserted before it (RFC 8414 section 3.1).
func WellKnown() []string {
	return []string{"", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
}
