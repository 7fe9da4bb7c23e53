package endpoint

import (
	"net/http"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// routes is the table of contents: what happens at each path of each endpoint, in
// the order of protocol.Routes.
func (i *Issuer) routes() []pipeline.Route {
	get, post, either := []string{http.MethodGet, http.MethodHead}, []string{http.MethodPost}, []string{http.MethodGet, http.MethodPost}
	return slices.Concat(
		routesOf(protocol.AuthorizationEndpoint, pipeline.Route{Methods: either, Read: i.readAuthorization, Serve: i.authorize, Errors: pipeline.ToClient}),
		routesOf(protocol.TokenEndpoint, pipeline.Route{Methods: post, Form: true, Serve: i.token, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.UserinfoEndpoint, pipeline.Route{Methods: either, Serve: i.userinfo, Errors: pipeline.InBearer, Shared: cors.SharedByAll}),
		routesOf(protocol.JWKSURI, pipeline.Route{Methods: get, Serve: i.jwks, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.IntrospectionEndpoint, pipeline.Route{Methods: post, Form: true, Serve: i.introspect, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.RevocationEndpoint, pipeline.Route{Methods: post, Form: true, Serve: i.revoke, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.EndSessionEndpoint, pipeline.Route{Methods: either, Serve: i.endSession, Errors: pipeline.OnPage}),
		routesOf(protocol.CheckSessionIframe, pipeline.Route{Methods: get, Serve: i.checkSession, Errors: pipeline.OnPage}),
		routesOf(protocol.DeviceAuthorizationEndpoint, pipeline.Route{Methods: post, Form: true, Serve: i.deviceAuthorization, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.PushedAuthorizationRequestEndpoint, pipeline.Route{Methods: post, Form: true, Serve: i.par, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.RegistrationEndpoint, pipeline.Route{Methods: post, Serve: i.register, Errors: pipeline.InJSON, Shared: cors.SharedHere},
			pipeline.Route{Serve: i.registered, Errors: pipeline.InJSON, Shared: cors.SharedHere}),
		routesOf(protocol.Discovery, pipeline.Route{Methods: get, Serve: i.discovery, Errors: pipeline.InJSON, Shared: cors.SharedByAll},
			pipeline.Route{Methods: get, Serve: i.discovery, Errors: pipeline.InJSON, Shared: cors.SharedByAll}),
		routesOf(protocol.Resource, pipeline.Route{Serve: i.resource, Errors: pipeline.InBearer, Shared: cors.SharedByAll}),
		routesOf(protocol.Canary, pipeline.Route{Serve: i.canary, Errors: pipeline.InJSON}),
		routesOf(protocol.SignIn, pipeline.Route{Methods: either, Serve: i.interaction, Errors: pipeline.ToClient}),
		routesOf(protocol.DeviceVerification, pipeline.Route{Methods: either, Serve: i.devicePage, Errors: pipeline.OnPage}),
		routesOf(protocol.Home, pipeline.Route{Serve: i.frontPage, Errors: pipeline.OnPage}),
	)
}

// personaPages are at paths that only personas have.
func (i *Issuer) personaPages() []pipeline.Route {
	get := []string{http.MethodGet, http.MethodHead}
	page := func(e protocol.Endpoint, serve pipeline.Handler) pipeline.Route {
		return pipeline.Route{Route: protocol.Route{Endpoint: e}, Methods: get, Serve: serve, Errors: pipeline.OnPage}
	}
	return []pipeline.Route{
		page(protocol.CheckSessionInit, i.checkSessionInit),
		page(protocol.CookieCheck, i.cookieCheck),
		page(protocol.CookieCheckResult, i.cookieCheckResult),
	}
}

// routesOf completes the routes of an endpoint, one for each of its paths.
func routesOf(e protocol.Endpoint, paths ...pipeline.Route) []pipeline.Route {
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
