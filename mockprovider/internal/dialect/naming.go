package dialect

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

// Receive notes what the request's URL says about the issuer: a realm in its
// path, or the real provider's host name.
func (m *imitation) Receive(ctx context.Context, own Request, r *http.Request, n int) context.Context {
	at := own
	at.Path, at.N = segments(r), n
	if m.Dialect.Issuer != "" && slices.Contains(m.hosts, hostOf(r)) {
		at.Address = m.Dialect.Issuer
	}
	return With(ctx, at)
}

// hostOf returns the host name that a request was sent to.
func hostOf(r *http.Request) string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return strings.ToLower(name)
	}
	return strings.ToLower(r.Host)
}

// Issuer returns the address.
func (m *imitation) Issuer(at Request, _ func() map[string]any) string { return at.Address }

// Names accepts what is below an address too: a persona has an issuer for each
// of its tenants.
func (m *imitation) Names(address, iss string) bool {
	return slices.ContainsFunc([]string{address, m.Dialect.Issuer}, func(own string) bool {
		return own != "" && (iss == own || len(m.IDTokenClaims) > 0 && strings.HasPrefix(iss, own+"/"))
	})
}

// URLs returns those that the persona has for an endpoint.
func (m *imitation) URLs(at Request, endpoint, path string) []string {
	for _, e := range m.Endpoints.All() {
		if e.Name == endpoint && len(e.URLs) > 0 {
			return m.visible(at, e.URLs)
		}
	}
	return []string{at.URL + path}
}

// visible returns URLs of the real provider as the client sees them.
func (m *imitation) visible(at Request, real []string) []string {
	out := make([]string, 0, len(real))
	for _, address := range real {
		u, err := url.Parse(address)
		if err == nil && at.Address != m.Dialect.Issuer {
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
	for _, e := range m.Endpoints.All() {
		if len(e.URLs) > 0 && e.Name != "discovery" && e.Name != "device_verification" {
			doc[e.Name] = m.visible(at, e.URLs)[0]
		}
	}
	for _, res := range m.Resources {
		if _, there := doc[res.Name()]; !there && strings.HasSuffix(res.Name(), "_endpoint") {
			doc[res.Name()] = m.visible(at, res.URLs)[0]
		}
	}
	m.MetadataResponse.Apply(doc, persona.Values{"issuer": doc["issuer"], "base": at.URL, "path": at.Path}, random)
	return doc
}
