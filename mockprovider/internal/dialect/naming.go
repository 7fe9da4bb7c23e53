package dialect

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Receive notes what the request's URL says about the issuer: a realm in its
// path, or the real provider's host name.
func (m *imitation) Receive(ctx context.Context, own Request, r *http.Request, n int) context.Context {
	at := own
	at.Path, at.N = m.segmentValues(segments(r)), n
	if host := hostOf(r); m.Dialect.Issuer != "" && slices.Contains(m.hosts, host) {
		at.Address, at.Hosted = m.addressAt(host), true
	}
	return With(ctx, at)
}

// segmentValues returns the values of the named segments of a path.
func (m *imitation) segmentValues(path map[string]any) map[string]any {
	if len(m.Dialect.Path) == 0 {
		return path
	}
	out := maps.Clone(path)
	for name, tree := range m.Dialect.Path {
		if value, ok := tree.Fill(template.Values{"path": path}, nil); ok {
			out[name] = value
		}
	}
	return out
}

// Default names the segments as the issuer identifier does that clients are told.
func (m *imitation) Default(own Request) Request {
	own.Path = m.segments
	return own
}

// hostOf returns the host name that a request was sent to.
func hostOf(r *http.Request) string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return strings.ToLower(name)
	}
	return strings.ToLower(r.Host)
}

// Issuer adds the path that the persona has for the request to the address.
func (m *imitation) Issuer(at Request, user map[string]any) string {
	path, ok := m.issuerPath(at, user)
	if !ok {
		path = m.OpenID.Issuer
	}
	return at.Address + path
}

// issuerPath returns the path of the issuer identifier that a request is about, and
// whether the request says which.
func (m *imitation) issuerPath(at Request, user map[string]any) (path string, ok bool) {
	n := len(m.IssuerPath)
	if n == 0 {
		return "", false
	}
	filled, ok := m.IssuerPath[min(at.N, n-1)].Fill(template.Values{"path": escaped(at.Path), "user": user}, nil)
	if !ok {
		return "", false
	}
	return match.Text(filled), true
}

// escaped returns named segments as a URL has them: the name of a realm may have a space.
func escaped(path map[string]any) map[string]any {
	var out map[string]any
	for name, value := range path {
		text, _ := value.(string)
		if coded := url.PathEscape(text); coded != text {
			if out == nil {
				out = maps.Clone(path)
			}
			out[name] = coded
		}
	}
	if out == nil {
		return path
	}
	return out
}

// Realm is the path of the issuer identifier. Where that depends on the user, every
// URL knows the tokens of all.
func (m *imitation) Realm(at Request) string {
	if m.rules.IssuerByUser {
		return ""
	}
	path, ok := m.issuerPath(at, nil)
	if ok && path == "" {
		return "/" // that of the address, where others are below it
	}
	return path
}

// Names accepts the issuer of the realm, or what is below an address where the
// request is of none.
func (m *imitation) Names(at Request, iss string) bool {
	if slices.ContainsFunc(m.Dialect.Aliases, func(name string) bool { return strings.HasPrefix(iss, "https://"+name+"/") }) {
		return true
	}
	realm, below := m.Realm(at), m.OpenID.Issuer != "" || len(m.IssuerPath) > 0
	return slices.ContainsFunc([]string{at.Address, m.Dialect.Issuer}, func(own string) bool {
		switch {
		case own == "":
			return false
		case realm != "":
			return iss == own+strings.TrimSuffix(realm, "/")
		}
		return iss == own || below && strings.HasPrefix(iss, own+"/")
	})
}

// segmentsOf returns the named segments of the discovery URL that belongs to
// the issuer identifier which clients are told, nil if none does.
func segmentsOf(d *dialectfile.Dialect) map[string]any {
	want := strings.Split(d.OpenID.Issuer+"/.well-known/openid-configuration", "/")
	for _, address := range d.Endpoints.Discovery {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if named, ok := matchSegments(strings.Split(u.Path, "/"), want); ok {
			return named
		}
	}
	return nil
}

// matchSegments returns what the named segments of a pattern are in a path.
func matchSegments(pattern, path []string) (map[string]any, bool) {
	named := map[string]any{}
	if len(pattern) != len(path) {
		return nil, false
	}
	for n, segment := range pattern {
		if name, ok := segmentName(segment); ok {
			named[name] = path[n]
			if text, err := url.PathUnescape(path[n]); err == nil {
				named[name] = text
			}
		} else if segment != path[n] {
			return nil, false
		}
	}
	return named, true
}

// URLs returns those that the persona has for an endpoint of the issuer that a
// request is about.
func (m *imitation) URLs(at Request, endpoint protocol.Endpoint) []string {
	for _, e := range m.endpoints {
		if e.Name == endpoint && len(e.URLs) > 0 {
			return m.visible(at, m.ofIssuer(at, e.URLs))
		}
	}
	for _, res := range m.Resources {
		if res.Name() == endpoint {
			return m.visible(at, res.URLs)
		}
	}
	return []string{at.URL + endpoint.Path()}
}

// ofIssuer returns those of an endpoint's URLs that have the issuer identifier which
// the request's own URL has.
func (m *imitation) ofIssuer(at Request, urls []string) []string {
	if len(m.IssuerPath) < 2 || len(urls) < 2 {
		return urls
	}
	own := m.Issuer(at, nil)
	var out []string
	for n := range urls {
		sibling := at
		sibling.N = n
		if m.Issuer(sibling, nil) == own {
			out = append(out, urls[n])
		}
	}
	return out
}

// sibling returns that of an endpoint's URLs that belongs to the URL of a
// request: endpoints with several have them in the same order.
func (m *imitation) sibling(at Request, real []string) string {
	n := 0
	if at.N < len(real) {
		n = at.N
	}
	return m.visible(at, real[n:n+1])[0]
}

// visible returns URLs of the real provider as the client sees them.
func (m *imitation) visible(at Request, real []string) []string {
	out := make([]string, 0, len(real))
	for _, address := range real {
		u, err := url.Parse(address)
		switch {
		case err != nil:
		case m.isReal(at):
			address = m.atRequestHost(at, address)
		default:
			address = at.URL + u.Path
		}
		address, _ = at.fill(address)
		out = append(out, address)
	}
	return out
}

// Metadata has the dialect's addresses, and nothing else: what a real provider
// says in addition, its persona says.
func (m *imitation) Metadata(at Request, _ map[string]any, random io.Reader) map[string]any {
	doc := map[string]any{"issuer": m.Issuer(at, nil)}
	for _, e := range m.endpoints {
		if len(e.URLs) > 0 && dialectfile.IsPublished(e.Name) {
			doc[string(e.Name)] = m.sibling(at, e.URLs)
		}
	}
	for _, res := range m.Resources {
		name := string(res.Name())
		if _, there := doc[name]; !there && dialectfile.IsPublished(res.Name()) {
			doc[name] = m.sibling(at, res.URLs)
		}
	}
	m.MetadataResponse.Apply(doc, template.Values{"issuer": doc["issuer"], "base": at.Address, "path": at.Path}, random)
	return doc
}
