package endpoint

import (
	"net/http"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// handler decides on the answer to a request, and does the work that goes with it.
// The trace of its decisions is in the exchange.
type handler func(*Issuer, *request) answer

// route is one line of the table of contents.
type route struct {
	protocol.Route
	methods []string
	read    func(*Issuer, *request) *oauthError // finds out where an answer goes, before the work; nil: it goes to whoever asks
	form    bool                                // the parameters are a form that is posted
	serve   handler
	errors  errorForm
	words   dialect.Dialect   // of errors, where a resource or a call has some of its own; nil: the issuer's
	call    *dialectfile.Call // in whose arrangement the answer is; nil: in that of the endpoint
	shared  cors.Sharing
	n       int // which URL of the endpoint it is, where a persona has several
}

// routes is the table of contents: what happens at each path of each endpoint, in
// the order of protocol.Routes.
func routes() []route {
	get, post, either := []string{http.MethodGet, http.MethodHead}, []string{http.MethodPost}, []string{http.MethodGet, http.MethodPost}
	return slices.Concat(
		routesOf(protocol.AuthorizationEndpoint, route{methods: either, read: (*Issuer).readAuthorization, serve: (*Issuer).authorize, errors: toClient}),
		routesOf(protocol.TokenEndpoint, route{methods: post, form: true, serve: (*Issuer).token, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.UserinfoEndpoint, route{methods: either, serve: (*Issuer).userinfo, errors: inBearer, shared: cors.SharedByAll}),
		routesOf(protocol.JWKSURI, route{methods: get, serve: (*Issuer).jwks, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.IntrospectionEndpoint, route{methods: post, form: true, serve: (*Issuer).introspect, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.RevocationEndpoint, route{methods: post, form: true, serve: (*Issuer).revoke, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.EndSessionEndpoint, route{methods: either, serve: (*Issuer).endSession, errors: onPage}),
		routesOf(protocol.CheckSessionIframe, route{methods: get, serve: (*Issuer).checkSession, errors: onPage}),
		routesOf(protocol.DeviceAuthorizationEndpoint, route{methods: post, form: true, serve: (*Issuer).deviceAuthorization, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.PushedAuthorizationRequestEndpoint, route{methods: post, form: true, serve: (*Issuer).par, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.RegistrationEndpoint, route{methods: post, serve: (*Issuer).register, errors: inJSON, shared: cors.SharedHere},
			route{serve: (*Issuer).registered, errors: inJSON, shared: cors.SharedHere}),
		routesOf(protocol.Discovery, route{methods: get, serve: (*Issuer).discovery, errors: inJSON, shared: cors.SharedByAll},
			route{methods: get, serve: (*Issuer).discovery, errors: inJSON, shared: cors.SharedByAll}),
		routesOf(protocol.Resource, route{serve: (*Issuer).resource, errors: inBearer, shared: cors.SharedByAll}),
		routesOf(protocol.Canary, route{serve: (*Issuer).canary, errors: inJSON}),
		routesOf(protocol.SignIn, route{methods: either, serve: (*Issuer).interaction, errors: toClient}),
		routesOf(protocol.DeviceVerification, route{methods: either, serve: (*Issuer).devicePage, errors: onPage}),
		routesOf(protocol.Home, route{serve: (*Issuer).frontPage, errors: onPage}),
	)
}

// personaPages are at paths that only personas have.
func personaPages() []route {
	get := []string{http.MethodGet, http.MethodHead}
	page := func(e protocol.Endpoint, serve handler) route {
		return route{Route: protocol.Route{Endpoint: e}, methods: get, serve: serve, errors: onPage}
	}
	return []route{
		page(protocol.CheckSessionInit, (*Issuer).checkSessionInit),
		page(protocol.CookieCheck, (*Issuer).cookieCheck),
		page(protocol.CookieCheckResult, (*Issuer).cookieCheckResult),
	}
}

// routesOf completes the routes of an endpoint, one for each of its paths.
func routesOf(e protocol.Endpoint, paths ...route) []route {
	n := 0
	for _, r := range protocol.Routes() {
		if r.Endpoint == e {
			paths[n].Route = r
			n++
		}
	}
	return paths
}

// WellKnown are the prefixes of a path that names an issuer: none, and the
// well-known paths that are inserted before it (RFC 8414 section 3.1).
func WellKnown() []string { return wellKnown() }

var wellKnown = sync.OnceValue(func() []string {
	out := []string{""}
	for _, r := range protocol.Routes() {
		if r.Endpoint == protocol.Discovery {
			out = append(out, r.Path)
		}
	}
	return out
})
