package mockprovider

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// names are the URLs under which the issuers of a host are known: its base URL, and,
// where the issuer follows the request, that of every host name which is answered to.
type names struct {
	allowed     []string        // host names, in addition to loopback and that of the base URL
	followHost  bool            // each name is an issuer of its own
	followProxy bool            // so is each name that a trusted proxy gives
	proxies     address.Proxies // that are trusted

	mu      sync.RWMutex
	base    string   // base URL, without a slash at its end
	hosts   []string // its host name, and those of earlier ones
	browser string   // base URL that browsers are sent to, where it is set; else the request's own
	mount   string   // path of the base URL, which the paths of requests begin with
	earlier []string // base URLs before it: what was issued under them still holds
}

// newNames returns the names of a new host.
func newNames(o Options) (*names, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	n := &names{
		allowed: hostnames(o.AllowedHosts), followHost: o.IssuerFromHost, followProxy: o.IssuerFromProxy, proxies: o.TrustedProxies, browser: o.BrowserURL,
	}
	n.move(o.BaseURL)
	return n, nil
}

// mostEarlier is how many earlier base URLs are remembered.
const mostEarlier = 16

// move sets the base URL, and returns the one before. Where the issuer follows the
// request, it is where browsers are sent.
func (n *names) move(base string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.base != "" && n.base != base {
		n.earlier = append(n.earlier, n.base)
		n.earlier = n.earlier[max(0, len(n.earlier)-mostEarlier):]
	}
	if n.base != "" && n.followHost {
		n.browser = base
	}
	n.base, n.mount = base, pathOf(base)
	n.hosts = []string{hostnameOf(base)}
	for _, one := range n.earlier {
		n.hosts = append(n.hosts, hostnameOf(one))
	}
}

func hostnameOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// pathOf returns the path of a base URL, "" at the root.
func pathOf(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		return rest[slash:]
	}
	return ""
}

func (n *names) current() (base, mount string) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.base, n.mount
}

// baseURL returns the base URL.
func (n *names) baseURL() string {
	base, _ := n.current()
	return base
}

// browserURL returns where browsers are sent whose client knows the provider under
// the URL base: the URL that was set for them, or base itself.
func (n *names) browserURL(base string) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if n.browser == "" {
		return base
	}
	return n.browser
}

// baseOf returns the base URL that a request was sent to, "" where the issuer does not
// follow it. A request under a host name that is not ours is refused: a web page
// elsewhere may have let its name point to this machine (DNS rebinding). Such a page
// can send every field of a proxy too, so that what a proxy
// says is of no use to a machine whose Host field is refused.
func (n *names) baseOf(r *http.Request) (string, *refusedName) {
	if !n.isOwnHost(r.Host) {
		return "", &refusedName{http.StatusForbidden, r.Host, ""}
	}
	if !n.followHost && len(n.proxies) == 0 {
		return "", nil
	}
	at, err := address.Of(r, n.proxies)
	switch {
	case err != nil:
		return "", &refusedName{http.StatusBadRequest, r.Host, err.Error()}
	case !n.isOwnHost(at.Host):
		return "", &refusedName{http.StatusForbidden, at.Host, ""}
	case !n.followHost && !(n.followProxy && at.Proxy):
		return "", nil
	}
	base, mount := n.current()
	if url := at.URL() + mount; url != base {
		return url, nil
	}
	return "", nil
}

// isOwnHost reports whether a Host header names this server: this machine, the host of the
// base URL, now or earlier, or one that is allowed besides.
func (n *names) isOwnHost(host string) bool {
	n.mu.RLock()
	hosts := n.hosts
	n.mu.RUnlock()
	return isOurs(origin.Hostname(host), hosts, n.allowed)
}

// refusedName is why a request is not answered because of where it was sent.
type refusedName struct {
	status int
	host   string
	why    string // "": the name is not ours
}

func (e *refusedName) Error() string {
	if e.why != "" {
		return "it cannot be told where the request was sent: " + e.why
	}
	return "authdrill does not answer to the host name " + e.host
}

func (e *refusedName) remedy() string {
	if e.why != "" {
		return ""
	}
	return "name it with --allow-host " + origin.Hostname(e.host)
}

func (e *refusedName) write(w http.ResponseWriter, remedy string) {
	if e.why != "" {
		http.Error(w, "authdrill cannot tell where this request was sent: "+e.why+".", e.status)
		return
	}
	http.Error(w, "authdrill does not answer to the host name "+e.host+". If it should, "+remedy+".", e.status)
}

// aliases returns the URLs of an issuer under the name that a text, such as the iss of
// a token, begins with: nil where that is none of its names. below is what follows the
// base URL in its identifier, and own the identifier under the name of the request.
func (n *names) aliases(text, below, own string) []string {
	var out []string
	n.mu.RLock()
	mount, earlier := n.mount, n.earlier
	n.mu.RUnlock()
	for _, base := range earlier {
		if strings.HasPrefix(text, base) {
			out = append(out, base+below)
		}
	}
	u, err := url.Parse(text)
	if err == nil && n.followsAny() && (u.Scheme == "http" || u.Scheme == "https") && n.isOwnHost(u.Host) {
		site := u.Scheme + "://" + u.Host
		out = append(out, site+mount+below, site+pathOf(own))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hasSeveral reports whether there are issuer identifiers of several names.
func (n *names) hasSeveral() bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.followsAny() || len(n.earlier) > 0
}

// followsAny reports whether the issuer may have another name than that of the base URL.
func (n *names) followsAny() bool { return n.followHost || n.followProxy }

func isOurs(name string, base, allowed []string) bool {
	return name != "" && (origin.LoopbackHost(name) || slices.Contains(base, name) || slices.Contains(allowed, name))
}

// hostnames returns names as Host headers are compared to them.
func hostnames(all []string) []string {
	out := make([]string, 0, len(all))
	for _, name := range all {
		out = append(out, origin.Hostname(name))
	}
	return out
}

// ParseProxies reads the networks and addresses of proxies, such as 10.0.0.0/8. Without
// any it returns those of this machine and of private networks.
func ParseProxies(texts ...string) ([]netip.Prefix, error) {
	if len(texts) == 0 {
		return address.Local(), nil
	}
	return address.ParseProxies(texts)
}
