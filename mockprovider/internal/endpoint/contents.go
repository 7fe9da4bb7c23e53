package endpoint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// contents is the table of contents in a dialect: made once, and anew where the
// dialect changes while the provider runs.
type contents struct {
	dialect dialect.Dialect
	own     *http.ServeMux // paths of authdrill
	theirs  *http.ServeMux // paths of the real provider; nil: all are authdrill's
}

// Handler returns the issuer's endpoints.
func (i *Issuer) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, d := i.contents.Load(), i.Grants.Dialect()
		if c == nil || c.dialect != d {
			c = i.contentsOf(d)
			i.contents.Store(c)
		}
		i.serve(c, w, r)
	})
}

// serve answers under the paths of the dialect, whatever host name they are asked
// under.
func (i *Issuer) serve(c *contents, w http.ResponseWriter, r *http.Request) {
	if c.theirs == nil {
		c.own.ServeHTTP(w, r)
		return
	}
	for _, mux := range []*http.ServeMux{c.own, c.theirs} {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r) // not the handler itself: the mux sets the path's values
			return
		}
	}
	i.serveNothing(w, r, c.methods(r), c.dialect.Rules().Title+" has no "+r.URL.Path+": authdrill personas "+string(i.Persona().Name)+" lists what it has.")
}

// serveNothing answers at a path without an endpoint, or one that takes other methods
// than that of the request. Every page may read it, whose scripts else meet a
// network error; and it answers the preflights for resources.
func (i *Issuer) serveNothing(w http.ResponseWriter, r *http.Request, methods []string, nothing string) {
	switch {
	case i.Site().Answer(w, r, cors.SharedByAll):
	case len(methods) > 0:
		pipeline.WriteNotAllowed(w, methods)
		i.reportStray(r, http.StatusMethodNotAllowed, "it takes "+strings.Join(methods, ", ")+" requests only")
	default:
		http.Error(w, nothing, http.StatusNotFound)
		i.reportStray(r, http.StatusNotFound, nothing)
	}
}

// reportStray tells of a request that no endpoint answers.
func (i *Issuer) reportStray(r *http.Request, status int, why string) {
	if i.Stray != nil {
		i.Stray(r, status, why)
	}
}

// methods returns those that the real provider takes at the path of a request.
func (c *contents) methods(r *http.Request) []string {
	var out []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		asked := *r
		asked.Method = method
		if _, pattern := c.theirs.Handler(&asked); pattern != "" {
			out = append(out, method)
		}
	}
	return out
}

// homePattern leaves what is posted to the root to the real provider, where it has an
// API there.
func homePattern(path string, theirs []dialect.Route) string {
	if slices.ContainsFunc(theirs, func(r dialect.Route) bool { return r.Call != nil && strings.HasSuffix(r.Pattern, " "+path) }) {
		return http.MethodGet + " " + path
	}
	return path
}

// chooseCall answers at a URL whose requests say themselves which call they are.
func (i *Issuer) chooseCall(among []pipeline.Route) http.Handler {
	var calls []*dialectfile.Call
	var handlers []http.Handler
	for _, rt := range among {
		calls, handlers = append(calls, rt.Call), append(handlers, i.Through(rt))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, pipeline.MaxBody)
		n, form, err := dialect.ReadCall(calls, r)
		if err != nil {
			i.Site().Answer(w, r, cors.SharedByAll)
			http.Error(w, i.Grants.Dialect().Rules().Title+" is not played so far: "+err.Error()+". authdrill personas "+string(i.Persona().Name)+" lists what is played.", http.StatusBadRequest)
			return
		}
		handlers[n].ServeHTTP(w, form)
	})
}

// contentsOf makes the table of contents of a dialect. Pages stay at authdrill's
// paths: those of a real provider cannot be copied.
func (i *Issuer) contentsOf(d dialect.Dialect) *contents {
	c := &contents{dialect: d, own: http.NewServeMux()}
	theirs := d.Routes()
	byName := map[protocol.Endpoint]pipeline.Route{}
	for _, rt := range i.routes() {
		switch rt.Endpoint {
		case protocol.Home:
			c.own.Handle(homePattern(rt.Path, theirs), i.Through(rt))
		case protocol.SignIn, protocol.Canary, protocol.DeviceVerification:
			c.own.Handle(rt.Path, i.Through(rt))
		default:
			if len(theirs) == 0 {
				c.own.Handle(rt.Path, i.Through(rt))
			}
		}
		if _, ok := byName[rt.Endpoint]; !ok {
			byName[rt.Endpoint] = rt
		}
	}
	for _, rt := range i.personaPages() {
		byName[rt.Endpoint] = rt
	}
	calls := map[string][]pipeline.Route{} // by pattern
	for _, at := range theirs {
		rt := byName[at.Endpoint]
		if at.Call != nil {
			rt.Call, rt.Words, rt.N = at.Call, at.Words, at.N
			calls[at.Pattern] = append(calls[at.Pattern], rt)
			continue
		}
		if at.Resource != nil {
			rt = pipeline.Route{Route: protocol.Route{Endpoint: at.Endpoint}, Serve: i.personaResource(d, at), Errors: pipeline.InBearer, Words: at.Words, Shared: cors.SharedByAll}
		}
		rt.N = at.N
		if c.theirs == nil {
			c.theirs = http.NewServeMux()
		}
		c.theirs.Handle(at.Pattern, i.Through(rt))
	}
	for pattern, among := range calls {
		c.theirs.Handle(pattern, i.chooseCall(among))
	}
	if c.theirs == nil {
		c.own.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			i.serveNothing(w, r, nil, "This issuer has no "+r.URL.Path+": its metadata at "+i.URL+protocol.Discovery.Path()+" list what it has.")
		})
	}
	return c
}
