package doctor

import (
	"encoding/json"
	"net/http"
	"strings"
)

type document struct {
	members map[string]any
	issuer  string
}

func (d *document) text(name string) string { text, _ := d.members[name].(string); return text }

func (e *examination) discover() *document {
	address := e.urlOf("/.well-known/openid-configuration")
	r, err := e.ask(http.MethodGet, address)
	if err != nil {
		e.dead = true
		e.fail("discovery", e.hostPort()+" takes the connection and does not answer: "+rootOf(err), "check that it is an HTTP server, and that it is not overloaded")
		return nil
	}
	e.date(r)
	if d := documentOf(r); d != nil {
		e.ok("discovery", address+" has the provider's metadata")
		return d
	}
	e.noDiscovery(r, address)
	return nil
}

func documentOf(r *reply) *document {
	d := &document{}
	if r.status != http.StatusOK || json.Unmarshal(r.body, &d.members) != nil || d.members == nil {
		return nil
	}
	d.issuer = d.text("issuer")
	return d
}

func (e *examination) noDiscovery(r *reply, address string) {
	text := string(r.body)
	switch {
	case r.status == http.StatusForbidden && strings.Contains(text, "does not answer to the host name"):
		e.fail("host", "authdrill answers, and refuses the host name "+e.url.Host, "start it with --allow-host "+e.url.Hostname()+" (allow_host in authdrill.yaml), or use 127.0.0.1")
	case r.status == http.StatusBadRequest && strings.Contains(text, "HTTP request to an HTTPS server"):
		e.fail("tls", e.hostPort()+" speaks TLS, and the URL says http", "write the issuer as https://"+e.url.Host+e.url.Path)
	case r.status >= 300 && r.status < 400:
		e.fail("discovery", address+" redirects to "+r.header.Get("Location")+", which clients do not follow (OIDC Discovery section 4.2)", "configure your app with the issuer that is named there")
	case r.status == http.StatusOK:
		e.fail("discovery", address+" answers, but not with JSON ("+contentType(r)+")", "another server may have this port: "+server(r)+"; choose one with --port")
	default:
		e.reportElsewhere(r, address)
	}
}

func (e *examination) reportElsewhere(r *reply, address string) {
	path := strings.TrimSuffix(e.url.Path, "/")
	for try := path; try != ""; {
		try = try[:strings.LastIndexByte(try, '/')]
		if at, err := e.ask(http.MethodGet, e.origin()+try+"/.well-known/openid-configuration"); err == nil {
			if d := documentOf(at); d != nil {
				e.fail("issuer", "no issuer has the path "+path+"; there is one at "+e.origin()+try+", which calls itself "+d.issuer, "configure your app with the issuer "+d.issuer)
				return
			}
		}
	}
	inserted := e.origin() + "/.well-known/oauth-authorization-server" + path
	if at, err := e.ask(http.MethodGet, inserted); err == nil && documentOf(at) != nil {
		e.warn("discovery", "no OpenID Connect discovery document, but OAuth metadata at "+inserted+" (RFC 8414)", "use a client of OAuth 2.0, or configure its endpoints by hand")
		return
	}
	e.fail("discovery", address+" answers "+http.StatusText(r.status)+"; "+server(r), "check host, port and path of the issuer; authdrill prints them when it starts")
}
