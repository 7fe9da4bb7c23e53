// Package address finds out to which URL a client sent a request: its scheme, host and
// path prefix. They come from the connection, or from the header fields of a trusted
// proxy (RFC 7239, and the older X-Forwarded fields). Begin with Of.
package address

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Address is where a client has sent a request.
type Address struct {
	Scheme string // http or https
	Host   string // as the client wrote it, with its port
	Prefix string // path that a proxy has taken away, "" or "/auth"
	Client string // IP address of the client
	Proxy  bool   // a trusted proxy has said some of it
}

// URL returns the address as a base of URLs, without a slash at its end.
func (a Address) URL() string { return a.Scheme + "://" + a.Host + a.Prefix }

// Of returns the address of a request. The error says which field a trusted proxy
// has sent cannot be understood, or that the Host field is malformed.
func Of(r *http.Request, trusted Proxies) (Address, error) {
	a := Address{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		a.Scheme = "https"
	}
	peer, ok := peerOf(r)
	if ok {
		a.Client = peer.String()
	}
	if ok && trusted.Has(peer) {
		if err := a.forwarded(r.Header); err != nil {
			return a, err
		}
	}
	if !validHost(a.Host) {
		return a, fmt.Errorf("invalid host %q: want a host name or an IP address, and at most a port", a.Host)
	}
	return a, nil
}

// peerOf returns the address at the other end of the connection.
func peerOf(r *http.Request) (netip.Addr, bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return at.Addr().Unmap().WithZone(""), true
}

// validHost holds a Host field to a name that a URL needs no escapes for, or an IP
// address, and a port.
func validHost(host string) bool {
	name, port := host, ""
	if n, p, err := net.SplitHostPort(host); err == nil {
		name, port = n, p
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
			return false
		}
		if strings.Contains(name, ":") != strings.HasPrefix(host, "[") {
			return false
		}
	} else if inner, ok := strings.CutPrefix(name, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		if name = inner; !ok || !strings.Contains(name, ":") {
			return false
		}
	} else if strings.Contains(name, ":") {
		return false
	}
	if strings.Contains(name, ":") {
		ip, err := netip.ParseAddr(name)
		return err == nil && ip.Zone() == ""
	}
	return name != "" && len(name) <= 255 && !strings.ContainsFunc(name, func(r rune) bool { return !ofName(r) })
}

// ofName reports whether a character may be in a host name here.
func ofName(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_'
}

// CheckBase holds a base URL to what an issuer identifier may be (RFC 8414 section
// 2), and to one that paths can be added to.
func CheckBase(text string) error {
	const want = "want a scheme, a host and no query, like http://127.0.0.1:9400 (RFC 8414 section 2)"
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(text, "?#") || !validHost(u.Host):
		return fmt.Errorf("invalid base URL %q: %s", text, want)
	case strings.HasSuffix(text, "/"):
		return fmt.Errorf("invalid base URL %q: an issuer with a slash at its end is another identifier, and none of this server's paths begin with //: write %s", text, strings.TrimRight(text, "/"))
	case !validPrefix(u.EscapedPath()):
		return fmt.Errorf("invalid base URL %q: want a path of letters, digits and - . _ ~ between single slashes", text)
	}
	return nil
}
