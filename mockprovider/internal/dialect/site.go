package dialect

import (
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// sitesOf returns the further host names of a persona under which the real provider
// has an issuer identifier of their own: those of a persona whose endpoints all are
// at the host of its issuer. A tenant with several host names is not one issuer.
func sitesOf(d *dialectfile.Dialect) []string {
	own, err := url.Parse(d.Issuer)
	if err != nil || own.Host == "" {
		return nil
	}
	for _, e := range d.Endpoints.All() {
		for _, address := range e.URLs {
			if u, err := url.Parse(address); err != nil || dialectfile.IsPublished(e.Name) && u.Host != own.Host {
				return nil
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(d.FurtherHosts), func(name string) bool { return name == own.Hostname() })
}

// addressAt returns the issuer identifier, without its path, that the real provider
// has under one of its host names.
func (m *imitation) addressAt(host string) string {
	if slices.Contains(m.sites, host) {
		return "https://" + host
	}
	return m.Dialect.Issuer
}

// isReal reports whether clients know the provider by an address of the real one.
func (m *imitation) isReal(at Request) bool {
	site, secure := strings.CutPrefix(at.Address, "https://")
	return at.Address == m.Dialect.Issuer || secure && at.Address != at.URL && slices.Contains(m.sites, site)
}

// atRequestHost returns a URL of the real provider with the host name of the request.
func (m *imitation) atRequestHost(at Request, address string) string {
	if rest, ok := strings.CutPrefix(address, m.Dialect.Issuer+"/"); ok {
		return at.Address + "/" + rest
	}
	return address
}

// Audiences are those that a client assertion may have at some endpoints (RFC 7523
// section 3): the issuer identifier and their URLs, as the client sees them, and as
// they are at the real provider, since an app may have been told so. The provider's
// own address counts only where the client knows it.
func (m *imitation) Audiences(at Request, endpoints ...protocol.Endpoint) []string {
	places := []Request{at}
	if !m.isReal(at) && m.Dialect.Issuer != "" {
		real := at
		real.Address = m.Dialect.Issuer
		places = append(places, real)
	} else if !at.Hosted {
		local := at
		local.Address = at.URL
		places = append(places, local)
	}
	var out []string
	for _, place := range places {
		out = append(out, m.Issuer(place, nil))
		for _, endpoint := range endpoints {
			out = append(out, m.URLs(place, endpoint)...)
		}
	}
	return out
}

func (specification) Audiences(at Request, endpoints ...protocol.Endpoint) []string {
	out := []string{at.Address}
	for _, endpoint := range endpoints {
		out = append(out, at.URL+endpoint.Path())
	}
	return out
}

// ByIssuer returns a request that is about one of the provider's issuers, named by
// its identifier or by the path of that, and whether there is such an issuer.
func (m *imitation) ByIssuer(own Request, issuer string) (Request, bool) {
	at, path := m.Default(own), strings.TrimSuffix(issuer, "/")
	addresses := []string{own.Address, own.URL, m.Dialect.Issuer}
	for _, host := range m.sites {
		addresses = append(addresses, m.addressAt(host))
	}
	for _, address := range addresses {
		if rest, ok := strings.CutPrefix(path, address); ok && address != "" && (rest == "" || rest[0] == '/') {
			path = rest
			if address != own.URL {
				at.Address = address
			}
			break
		}
	}
	if path == strings.TrimSuffix(m.OpenID.Issuer, "/") {
		return at, true
	}
	want := strings.Split(path+"/.well-known/openid-configuration", "/")
	for n, address := range m.Endpoints.Discovery {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if named, ok := matchSegments(strings.Split(u.Path, "/"), want); ok {
			at.Path, at.N = m.segmentValues(named), n
			return at, true
		}
	}
	return own, false
}

func (specification) ByIssuer(own Request, issuer string) (Request, bool) {
	issuer = strings.TrimSuffix(issuer, "/")
	return own, issuer == "" || issuer == own.Address || issuer == own.URL
}
