// Package fetch gets the documents that clients refer to by a URL, such as their key
// sets. Anyone can be a client, so a Fetcher sends requests only to hosts of the
// configuration, follows no redirects, and tells the client nothing of the answer (RFC
// 7591 section 5, OWASP on server-side request forgery). Begin with Fetcher.Get.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

const (
	within   = 2 * time.Second
	mostRead = 64 << 10 // bytes of a document
)

// Fetcher gets documents from where it is allowed to. It is safe for parallel use.
type Fetcher struct {
	// Allowed reports whether documents may come from a host and port, as
	// origin.HostPort writes them.
	Allowed func(hostPort string) bool

	// Resolve gives the addresses of a name; nil asks the machine's resolver.
	Resolve func(ctx context.Context, name string) ([]netip.Addr, error)

	// TLS is how an https document is fetched; nil trusts what the machine does.
	TLS *tls.Config

	// Within is how long it may take from the name to the last byte; 0: 2 s.
	Within time.Duration
}

// Check refuses a URL that Get would not even try. It looks nothing up, so its
// words tell no more than the URL does.
func (f *Fetcher) Check(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("want an absolute http or https URL")
	case u.User != nil:
		return errors.New("want a URL without credentials")
	case u.Fragment != "":
		return errors.New("want a URL without a fragment")
	case !f.Allowed(origin.HostPort(raw)):
		return fmt.Errorf("%s is not a host of the configuration", u.Host)
	}
	return nil
}

// Get returns the document at a URL. The error is for the operator, who may know
// what answers there; a client must be told the same thing whatever it says.
func (f *Fetcher) Get(ctx context.Context, raw string) ([]byte, error) {
	if err := f.Check(raw); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(f.Within, within))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, raw, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	// No proxy of the environment: it would look the name up anew.
	transport := &http.Transport{DialContext: f.dial, TLSClientConfig: f.TLS, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: mostRead}
	resp, err := transport.RoundTrip(req) // which follows no redirect and keeps no cookie
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", req.URL.Host, resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostRead+1))
	if err != nil {
		return nil, err
	}
	if len(body) > mostRead {
		return nil, fmt.Errorf("%s answered with more than %d bytes", req.URL.Host, mostRead)
	}
	return body, nil
}

// dial connects to the very addresses that were checked: a name that is asked
// for twice may have another answer the second time (DNS rebinding).
func (f *Fetcher) dial(ctx context.Context, network, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := f.addresses(ctx, name)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, a := range addresses {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, netip.AddrPortFrom(a, portNumber(port)).String())
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

func portNumber(text string) uint16 {
	n, err := net.LookupPort("tcp", text)
	if err != nil {
		return 0 // nothing listens there
	}
	return uint16(n) //nolint:gosec // a port fits
}

// addresses are those that a name may be reached at. An address is what the
// configuration says it is; a name must not turn out to be an address that only
// this machine or its network reaches, unless it is a name of that network.
func (f *Fetcher) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(name); err == nil {
		if ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate() || public(ip) {
			return []netip.Addr{ip}, nil
		}
		return nil, fmt.Errorf("%s is an address for special use", ip)
	}
	if origin.LoopbackHost(name) { // RFC 6761 section 6.3: no resolver has a say in it
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	resolve := f.Resolve
	if resolve == nil {
		resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		}
	}
	found, err := resolve(ctx, strings.ToLower(name))
	if err != nil {
		return nil, err
	}
	for _, ip := range found {
		if !public(ip) && !(localName(name) && ip.Unmap().IsPrivate()) {
			return nil, fmt.Errorf("%s has the address %s, which only this machine or its network reaches", name, ip)
		}
	}
	return found, nil
}

// localName reports whether a name is given by the network that this machine is
// in, as the services of a compose file or a cluster are: one without a dot, or
// below a domain that the Internet's DNS does not have (RFC 6762 section 3).
// No other network can let it point to an address of this network.
func localName(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return !strings.Contains(name, ".") || strings.HasSuffix(name, ".local") || strings.HasSuffix(name, ".internal")
}

// public reports whether an address is one of the Internet's (RFC 6890), also
// where it is written as one of another family.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(special).Contains(ip) {
			return false
		}
	}
	return true
}
