package address

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// Proxies are the networks whose peers are trusted to say where a request was sent.
type Proxies []netip.Prefix

// Local returns the networks that a proxy of this machine or of a container network is
// in: loopback, private and link-local addresses (RFC 1918, RFC 4193, RFC 3927).
func Local() Proxies {
	var out Proxies
	for _, network := range []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"} {
		out = append(out, netip.MustParsePrefix(network))
	}
	return out
}

// ParseProxies reads networks and single addresses, such as 10.0.0.0/8 and ::1.
func ParseProxies(texts []string) (Proxies, error) {
	var out Proxies
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			ip, e := netip.ParseAddr(text)
			if e != nil || ip.Zone() != "" {
				return nil, fmt.Errorf("invalid proxy %q: want an IP address or a network, such as 10.0.0.0/8", text)
			}
			network = netip.PrefixFrom(ip, ip.BitLen())
		}
		out = append(out, network.Masked())
	}
	return out, nil
}

// Has reports whether an address is in one of the networks.
func (p Proxies) Has(ip netip.Addr) bool {
	for _, network := range p {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// forwarded takes what a proxy says. Of several values the last one counts: it is of
// the proxy that is trusted, and what is before it may be the client's own. A
// Forwarded field that says something about the scheme or the host goes over the
// X-Forwarded fields.
func (a *Address) forwarded(h http.Header) error {
	said, err := readForwarded(h.Values("Forwarded"))
	if err != nil {
		return err
	}
	if said == (elements{}) {
		said = elements{proto: last(h, "X-Forwarded-Proto"), host: last(h, "X-Forwarded-Host"), client: last(h, "X-Forwarded-For"), port: last(h, "X-Forwarded-Port")}
	}
	if a.Prefix = strings.TrimRight(last(h, "X-Forwarded-Prefix"), "/"); !validPrefix(a.Prefix) {
		return errors.New("invalid X-Forwarded-Prefix: want a path of letters, digits and - . _ ~ between single slashes")
	}
	a.Proxy = said != (elements{}) || a.Prefix != ""
	switch strings.ToLower(said.proto) {
	case "":
	case "http", "https":
		a.Scheme = strings.ToLower(said.proto)
	default:
		return fmt.Errorf("invalid forwarded scheme %q: want http or https", said.proto)
	}
	if said.host != "" {
		a.Host = said.host
	}
	if ip, ok := node(said.client); ok {
		a.Client = ip.String()
	}
	return a.addPort(said.port)
}

// addPort adds the port of X-Forwarded-Port to a host that has none, unless it is the
// default one.
func (a *Address) addPort(port string) error {
	if port == "" {
		return nil
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return fmt.Errorf("invalid X-Forwarded-Port %q: want a number from 1 to 65535", port)
	}
	if _, _, err := net.SplitHostPort(a.Host); err == nil || a.Scheme == "http" && port == "80" || a.Scheme == "https" && port == "443" {
		return nil
	}
	a.Host += ":" + port
	return nil
}

// elements are the parameters that count of Forwarded, and the X-Forwarded fields.
type elements struct{ proto, host, client, port string }

// readForwarded reads the Forwarded field (RFC 7239 section 4): elements between
// commas, each of which has pairs between semicolons. Values may be quoted.
func readForwarded(fields []string) (elements, error) {
	var out elements
	rest := strings.Join(fields, ",")
	for rest != "" {
		name, value, after, err := pair(rest)
		if err != nil {
			return out, err
		}
		switch strings.ToLower(name) {
		case "proto":
			out.proto = value
		case "host":
			out.host = value
		case "for":
			out.client = value
		}
		rest = after
	}
	return out, nil
}

// pair reads the first pair of a Forwarded field, and returns what is behind it.
func pair(text string) (name, value, rest string, err error) {
	text = strings.TrimLeft(text, " \t,;")
	if text == "" {
		return "", "", "", nil
	}
	name, rest, ok := strings.Cut(text, "=")
	if !ok || name == "" || strings.ContainsAny(name, " \t,;\"") {
		return "", "", "", errors.New("invalid Forwarded: want pairs such as proto=https;host=id.example.com (RFC 7239 section 4)")
	}
	if !strings.HasPrefix(rest, `"`) {
		end := strings.IndexAny(rest, ",;")
		if end < 0 {
			end = len(rest)
		}
		return name, strings.TrimSpace(rest[:end]), rest[end:], nil
	}
	var quoted strings.Builder
	for n := 1; n < len(rest); n++ {
		switch c := rest[n]; {
		case c == '"':
			return name, quoted.String(), rest[n+1:], nil
		case c == '\\' && n+1 < len(rest):
			n++
			quoted.WriteByte(rest[n])
		default:
			quoted.WriteByte(c)
		}
	}
	return "", "", "", errors.New("invalid Forwarded: a quoted value has no end (RFC 7239 section 4)")
}

// node returns the IP address of a node (RFC 7239 section 6), which may have a port.
func node(text string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), true
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap(), err == nil
}

// last returns the last value of a field that is a list.
func last(h http.Header, name string) string {
	fields := h.Values(name)
	if len(fields) == 0 {
		return ""
	}
	text := fields[len(fields)-1]
	return strings.TrimSpace(text[strings.LastIndexByte(text, ',')+1:])
}

// longestPrefix is how long the path of a base may be.
const longestPrefix = 200

// validPrefix reports whether a path is "" or one that URLs can begin with without
// escapes.
func validPrefix(path string) bool {
	if path == "" {
		return true
	}
	if len(path) > longestPrefix || path[0] != '/' {
		return false
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, func(r rune) bool { return !ofName(r) && r != '~' }) {
			return false
		}
	}
	return true
}
