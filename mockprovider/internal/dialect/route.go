package dialect

import (
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Route is a path at which a provider has an endpoint, or a protected resource
// that only its persona knows.
type Route struct {
	Pattern  string // of http.ServeMux
	Endpoint protocol.Endpoint
	N        int                   // which of the endpoint's URLs it is
	Resource *dialectfile.Resource // nil: an endpoint
	Call     *dialectfile.Call     // one of those at the pattern, that does what the endpoint does
	Words    Dialect               // in which a resource or a call refuses
	Dead     Dialect               // in which a resource refuses a token that it is asked about, nil: Words
}

// Routes is where the specifications leave the paths to the provider.
func (specification) Routes() []Route { return nil }

// Routes are the paths of the real provider, whatever its host names.
func (m *imitation) Routes() []Route {
	var out []Route
	for _, e := range m.endpoints {
		for n, address := range e.URLs {
			out = append(out, Route{Pattern: pathOf(address), Endpoint: e.Name, N: n})
		}
	}
	for k := range m.Resources {
		res := &m.Resources[k]
		words := Dialect(m)
		if len(res.Errors) > 0 {
			words = Of(m.At(res))
		}
		var dead Dialect
		if len(res.Dead) > 0 {
			dead = Of(m.AtDead(res))
		}
		for n, address := range res.URLs {
			for _, method := range res.Speaks() {
				out = append(out, Route{Pattern: method + " " + pathOf(address), Endpoint: res.Name(), N: n, Resource: res, Words: words, Dead: dead})
			}
		}
	}
	return append(out, m.callRoutes()...)
}

// callRoutes are the paths of calls: several may have the same.
func (m *imitation) callRoutes() []Route {
	var out []Route
	for k := range m.Calls {
		c := &m.Calls[k]
		words := Of(m.AtCall(c))
		for n, address := range c.URLs {
			out = append(out, Route{Pattern: http.MethodPost + " " + pathOf(address), Endpoint: c.Endpoint, N: n, Call: c, Words: words})
		}
	}
	return out
}

// pathOf returns the path of a URL at the real provider, as a pattern.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "/" // the strict reader lets none pass
	}
	return dialectfile.MuxPath(u.Path)
}
