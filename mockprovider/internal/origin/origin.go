// Package origin tells pages of this machine from those of other web sites, by
// the origins that browsers send (RFC 6454, Fetch standard). Begin with Loopback.
package origin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// LoopbackHost reports whether a host name without a port is this machine's:
// localhost and the names below it (RFC 6761 section 6.3), or a loopback address.
func LoopbackHost(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if !mayBeAddress(name) {
		return false // without an error, which each request to a named host would make
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback()
}

// mayBeAddress reports whether a name has what no IP address is without: a colon, or a
// digit at its end.
func mayBeAddress(name string) bool {
	return strings.Contains(name, ":") || name != "" && '0' <= name[len(name)-1] && name[len(name)-1] <= '9'
}

// Hostname is the name in a Host header, in lower case and without the port.
func Hostname(host string) string {
	if strings.Contains(host, ":") {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// CheckHostname refuses what no Host header has as a name: hosts are compared as they
// are, so that a pattern or a URL would never match.
func CheckHostname(text string) error {
	if Hostname(text) == "" || strings.ContainsAny(text, "*/?#@ ") {
		return fmt.Errorf("invalid host name %q: want a name without a scheme, a path or a pattern, like app.example.com; names follow the request with --issuer-from-host", text)
	}
	return nil
}

// Loopback reports whether an origin, or any other web address, is on this machine.
func Loopback(address string) bool {
	u, ok := web(address)
	return ok && LoopbackHost(u.Hostname())
}

// Of is the origin of a web address, "" of anything else.
func Of(address string) string {
	u, ok := web(address)
	if !ok {
		return ""
	}
	return OfURL(u)
}

// OfURL is the origin of a web address that was parsed, "" of anything else.
func OfURL(u *url.URL) string {
	if !isWeb(u) {
		return ""
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && port != defaultPort(u.Scheme) {
		return u.Scheme + "://" + host + ":" + port
	}
	return u.Scheme + "://" + host
}

// HostPort is the host and the port that a web address is reached at, "" of
// anything else.
func HostPort(address string) string {
	u, ok := web(address)
	if !ok {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

func web(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	return u, err == nil && isWeb(u)
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// Check holds a text to the form in which a browser sends an origin (RFC 6454
// section 6.2). A pattern is none: origins are compared as strings.
func Check(text string) error {
	if text != "" && Of(text) == text && !strings.Contains(text, "*") {
		return nil
	}
	return fmt.Errorf("invalid origin %q: want scheme, host and port as a browser sends them, like https://app.example.com or http://app.example.com:3000", text)
}

// Allowed reports whether a page of that origin may do what changes something:
// it is on this machine, it is the server's own, or it is one of those named.
func Allowed(from, own string, named []string) bool {
	return Loopback(from) || from == Of(own) || slices.Contains(named, from)
}

// CrossSite says why a request comes from a page of another web site, or "". What
// is not a browser sends none of the three headers, and comes from no page.
func CrossSite(r *http.Request, own string, named []string) string {
	if from := r.Header.Get("Origin"); from != "" {
		if Allowed(from, own, named) {
			return ""
		}
		return "the origin " + from
	}
	if page := r.Header.Get("Referer"); page != "" {
		if from := Of(page); Allowed(from, own, named) {
			return ""
		}
		return "a page of " + Of(page)
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return "a page of another site"
	}
	return ""
}
