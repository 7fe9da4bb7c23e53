package protocol

import (
	"slices"
	"strings"
	"sync"
)

// Endpoint is an endpoint or a page of a provider. An endpoint has the name of
// its member in the metadata where it has one (RFC 8414 section 2).
type Endpoint string

// The endpoints, and the pages that a browser is shown.
const (
	AuthorizationEndpoint              Endpoint = "authorization_endpoint"
	TokenEndpoint                      Endpoint = "token_endpoint"
	UserinfoEndpoint                   Endpoint = "userinfo_endpoint"
	JWKSURI                            Endpoint = "jwks_uri"
	IntrospectionEndpoint              Endpoint = "introspection_endpoint"
	RevocationEndpoint                 Endpoint = "revocation_endpoint"
	EndSessionEndpoint                 Endpoint = "end_session_endpoint"
	CheckSessionIframe                 Endpoint = "check_session_iframe"
	DeviceAuthorizationEndpoint        Endpoint = "device_authorization_endpoint"
	PushedAuthorizationRequestEndpoint Endpoint = "pushed_authorization_request_endpoint"
	RegistrationEndpoint               Endpoint = "registration_endpoint"
	Discovery                          Endpoint = "discovery"
	Resource                           Endpoint = "resource"

	Canary             Endpoint = "canary"
	SignIn             Endpoint = "sign_in"
	DeviceVerification Endpoint = "device_verification"
	Home               Endpoint = "home"

	CheckSessionInit  Endpoint = "check_session_init"
	CookieCheck       Endpoint = "cookie_check"
	CookieCheckResult Endpoint = "cookie_check_result"
)

// personaPages are those that only personas have.
func personaPages() []Endpoint { return []Endpoint{CheckSessionInit, CookieCheck, CookieCheckResult} }

// Route is a path below an issuer, the endpoint that answers there and the
// clause that defines it, which is empty for what only a test has.
type Route struct {
	Endpoint Endpoint
	Path     string // a pattern of http.ServeMux
	Clause   string
}

// Routes returns the paths of a provider in the order in which the endpoints
// are listed everywhere. An endpoint with several paths has several rows.
func Routes() []Route { return slices.Clone(routes()) }

var routes = sync.OnceValue(func() []Route {
	return []Route{
		{AuthorizationEndpoint, "/authorize", "RFC 6749 section 3.1, OIDC Core section 3.1.2"},
		{TokenEndpoint, "/token", "RFC 6749 section 3.2"},
		{UserinfoEndpoint, "/userinfo", "OIDC Core section 5.3"},
		{JWKSURI, "/jwks", "RFC 7517 section 5"},
		{IntrospectionEndpoint, "/introspect", "RFC 7662 section 2"},
		{RevocationEndpoint, "/revoke", "RFC 7009 section 2"},
		{EndSessionEndpoint, "/end_session", "OpenID Connect RP-Initiated Logout 1.0 section 2"},
		{CheckSessionIframe, "/check_session", "OpenID Connect Session Management 1.0 section 3.3"},
		{DeviceAuthorizationEndpoint, "/device_authorization", "RFC 8628 section 3.1"},
		{PushedAuthorizationRequestEndpoint, "/par", "RFC 9126 section 2"},
		{RegistrationEndpoint, "/register", "RFC 7591 section 3"},
		{RegistrationEndpoint, "/register/{client_id}", "RFC 7592 section 2"},
		{Discovery, "/.well-known/openid-configuration", "OpenID Connect Discovery 1.0 section 4"},
		{Discovery, "/.well-known/oauth-authorization-server", "RFC 8414 section 3"},
		{Resource, "/resource/{rest...}", "RFC 6750 section 2"},
		{Canary, "/canary/{rest...}", ""},
		{SignIn, "/interaction/{ticket}", "OIDC Core section 3.1.2.3"},
		{DeviceVerification, "/device", "RFC 8628 section 3.3"},
		{Home, "/{$}", ""},
	}
})

// Path returns the first path of e, up to its first parameter.
func (e Endpoint) Path() string {
	for _, r := range routes() {
		if r.Endpoint == e {
			path, _, _ := strings.Cut(r.Path, "{")
			return path
		}
	}
	return ""
}

// endpointNames lists the endpoints and pages; those of the group "fault" are the ones
// where a fault can happen, which leaves the pages out.
func endpointNames(group string) []string {
	all := append(names(routes(), func(r Route) string { return string(r.Endpoint) }), Strings(personaPages())...)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool {
		return group == "fault" && Endpoint(name).isPage()
	})
}

func (e Endpoint) isPage() bool {
	return e == Canary || e == SignIn || e == DeviceVerification || e == Home
}
