package mockprovider

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// HostOptions make a Host.
type HostOptions struct {
	BaseURL      string      // issuer identifier of the default issuer, like http://127.0.0.1:9400
	Defaults     setup.Setup // what every issuer starts with, beside setup.Default
	Seed         *uint64     // derives every issuer's secrets from a seed and its name
	RandomKeys   bool        // fresh RSA keys instead of the fixed test keys
	OnDemand     bool        // an issuer is made when it is first used
	MaxIssuers   int         // how many OnDemand may make; 0: 10,000
	AllowedHosts []string    // host names to answer beside loopback and that of BaseURL
	Capacity     int         // exchanges that each journal keeps

	// Authority, where the host is served over TLS, lets it be a proxy for its
	// personas: a CONNECT request for one of their host names is answered here.
	Authority *certificate.Authority

	// HTTP2 is set where the server offers HTTP/2: faults that need HTTP/1.1 are
	// then refused, for a client could not meet them.
	HTTP2 bool

	// Stimulus gives what an entry of the failure catalogue lays over a provider.
	// With it, /x/<id> is an issuer that does that one thing wrong, and the
	// control API can arm it by its id. The names ${issuer} and ${canary} in it
	// are filled in.
	Stimulus func(id string) (setup.Setup, error)
}

// Host keeps many issuers behind one handler: the default one at `/`, any other
// at `/t/<name>`, where a name may have several segments. Issuers share nothing
// but their pages' templates.
type Host struct {
	opts    HostOptions
	base    *url.URL // opts.BaseURL
	pages   *ui.Pages
	control http.Handler

	mu      sync.RWMutex
	issuers map[string]*Provider
	hosts   map[string]*Provider // by the host names of their personas

	memory  lazyMemory
	tunnels tunnels
	stop    chan struct{}
	once    sync.Once
}

// ErrExists is the error of creating an issuer that is there already.
var ErrExists = errors.New("an issuer of that name exists already")

// NewHost makes a host with its default issuer.
func NewHost(o HostOptions) (*Host, error) {
	if o.MaxIssuers == 0 {
		o.MaxIssuers = 10_000
	}
	if o.BaseURL == "" {
		o.BaseURL = "http://op.authdrill.test"
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	if err := checkIssuer(o.BaseURL); err != nil {
		return nil, fmt.Errorf("mockprovider: the base URL %q needs a scheme and a host, and has no query, like http://127.0.0.1:9400 (RFC 8414 section 2)", o.BaseURL)
	}
	base, _ := url.Parse(o.BaseURL) // just checked
	h := &Host{opts: o, base: base, pages: ui.New(), issuers: map[string]*Provider{}, hosts: map[string]*Provider{}, stop: make(chan struct{})}
	h.opts.AllowedHosts = nil
	for _, name := range o.AllowedHosts {
		h.opts.AllowedHosts = append(h.opts.AllowedHosts, hostname(name))
	}
	h.control = controlOf(h, h.pages)
	if _, err := h.Create("", setup.Setup{}); err != nil {
		return nil, err
	}
	go h.janitor()
	return h, nil
}

// Create makes an issuer. The error is ErrExists, or says what in the setup or
// the name cannot be.
func (h *Host) Create(name string, s setup.Setup) (*Provider, error) {
	name = strings.Trim(name, "/")
	if err := checkName(name); err != nil {
		return nil, err
	}
	o := options{setup: setup.Default().With(h.opts.Defaults).With(s), issuer: h.opts.BaseURL, name: name, seed: h.opts.Seed, randomKeys: h.opts.RandomKeys, capacity: h.opts.Capacity, http2: h.opts.HTTP2}
	if name != "" {
		o.issuer += "/t/" + name
	}
	return h.make(o)
}

// make builds an issuer and keeps it under its name.
func (h *Host) make(o options) (*Provider, error) {
	p, err := build(o, h.pages)
	if err != nil {
		return nil, err
	}
	p.host = h
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.issuers[o.name] != nil {
		return nil, ErrExists
	}
	h.issuers[o.name] = p
	for _, name := range p.hosts() {
		if h.hosts[name] == nil {
			h.hosts[name] = p
		}
	}
	return p, nil
}

func checkName(name string) error {
	for _, segment := range strings.Split(name, "/") {
		if name != "" && (segment == "" || segment == "." || segment == ".." || segment == "_" || segment == ".well-known" || strings.ContainsAny(segment, "?#%\\ ")) {
			return fmt.Errorf("the issuer name %q has the segment %q: use letters, digits, - and . between slashes", name, segment)
		}
	}
	return nil
}

// Issuer returns the issuer of that name, empty for the default one.
func (h *Host) Issuer(name string) (*Provider, bool) { return h.issuer(strings.Trim(name, "/")) }

func (h *Host) issuer(key string) (*Provider, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	p, ok := h.issuers[key]
	return p, ok
}

// Delete forgets an issuer and reports whether there was one. The default
// issuer stays.
func (h *Host) Delete(name string) bool {
	name = strings.Trim(name, "/")
	if name == "" {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.issuers[name]
	delete(h.issuers, name)
	maps.DeleteFunc(h.hosts, func(_ string, answers *Provider) bool { return answers == p })
	return ok
}

// Names returns the names of the issuers in order, the default one's empty.
func (h *Host) Names() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	names := make([]string, 0, len(h.issuers))
	for name := range h.issuers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// BaseURL returns the issuer identifier of the default issuer.
func (h *Host) BaseURL() string { return h.opts.BaseURL }

// ServeHTTP finds the issuer of a request. A request under a host name that is
// not ours is refused: a web page elsewhere may have let its name point to this
// machine (DNS rebinding).
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		h.tunnel(w, r)
		return
	}
	if p := h.playing(r.Host); p != nil {
		p.serveAs(w, r)
		return
	}
	if !ours(r.Host, h.opts.BaseURL, h.opts.AllowedHosts) {
		refuseHost(w, r, "name it with --allow-host")
		return
	}
	p, rest := h.find(r.URL.Path)
	switch {
	case p == nil && strings.Contains(r.URL.Path, "/_/"):
		h.control.ServeHTTP(w, r) // which says so in its own form
	case p == nil:
		http.Error(w, h.nobody(r.URL.Path), http.StatusNotFound)
	case strings.HasPrefix(rest, "/_/"):
		h.control.ServeHTTP(w, r)
	default:
		p.ServeHTTP(w, r)
	}
}

// playing returns the issuer whose persona's provider has that host name, nil
// for any other.
func (h *Host) playing(host string) *Provider {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.hosts) == 0 {
		return nil
	}
	return h.hosts[hostname(host)]
}

// find returns the issuer that a path belongs to, and what follows its prefix:
// the longest name that exists, else, on demand, everything up to the first
// path of a provider.
func (h *Host) find(path string) (*Provider, string) {
	if p, rest, ok := h.attacking(path); ok {
		return p, rest
	}
	rest, ok := h.tenant(path)
	if !ok {
		p, _ := h.Issuer("")
		return p, strings.TrimPrefix(path, h.base.Path)
	}
	segments := strings.Split(strings.TrimPrefix(rest, "/"), "/") // a slash at the end counts: /_/ is the console
	known := len(segments)                                        // after a well-known path there is nothing but the name
	if strings.HasPrefix(path, h.base.Path+"/t/") {
		known = endOfName(segments)
	}
	h.mu.RLock()
	for n := len(segments); n > 0; n-- {
		p := h.issuers[strings.Join(segments[:n], "/")]
		if p == nil || h.opts.OnDemand && n < known && p.persona().Dialect == nil {
			continue // of a longer name that is still to be made
		}
		h.mu.RUnlock()
		return p, "/" + strings.Join(segments[n:], "/")
	}
	full := len(h.issuers) >= h.opts.MaxIssuers
	h.mu.RUnlock()
	if !h.opts.OnDemand || full || known == 0 {
		return nil, ""
	}
	name := strings.TrimSuffix(strings.Join(segments[:known], "/"), "/")
	p, err := h.Create(name, setup.Setup{})
	if errors.Is(err, ErrExists) {
		p, _ = h.Issuer(name)
	}
	return p, strings.TrimPrefix("/"+strings.Join(segments, "/"), "/"+name)
}

// tenant reports whether a path lies below /t/, also where a well-known path
// was inserted before it (RFC 8414 section 3.1).
func (h *Host) tenant(path string) (rest string, ok bool) {
	for _, well := range endpoint.WellKnown() {
		if rest, ok := strings.CutPrefix(path, well+h.base.Path+"/t/"); ok && rest != "" {
			return rest, true
		}
	}
	return "", false
}

// endOfName is how many segments of a path are the name of a new issuer: all
// before the first that is a path of a provider. A name alone is one if it is a
// single segment; what is longer may be a slip in the path of an issuer, and is
// none, 0.
func endOfName(segments []string) int {
	for n, segment := range segments {
		switch segment {
		case "authorize", "token", "userinfo", "jwks", "introspect", "revoke", "end_session", "device_authorization",
			"device", "par", "register", "resource", "canary", "interaction", ".well-known", "_":
			if n > 0 {
				return n
			}
		}
	}
	if len(segments) == 1 || len(segments) == 2 && segments[1] == "" {
		return 1
	}
	return 0
}

// ours reports whether a Host header names this server: this machine, the host
// of the base URL, or one that is allowed besides.
func ours(host, baseURL string, allowed []string) bool {
	name := hostname(host)
	base, err := url.Parse(baseURL)
	ip := net.ParseIP(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback() ||
		err == nil && strings.EqualFold(name, base.Hostname()) || slices.Contains(allowed, name)
}

// hostname is the name in a Host header, in lower case and without the port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

func refuseHost(w http.ResponseWriter, r *http.Request, remedy string) {
	http.Error(w, "authdrill does not answer to the host name "+r.Host+". If it should, "+remedy+".", http.StatusForbidden)
}

// HTTPClient returns a client that reaches the host without a port.
func (h *Host) HTTPClient() *http.Client { return &http.Client{Transport: h.Transport()} }

// Transport returns a transport that reaches the host without a port, over
// in-memory connections with the semantics of real ones.
func (h *Host) Transport() http.RoundTripper {
	return h.memory.transport(h, h.opts.BaseURL)
}

// Close stops the host's janitor and in-memory server. It may be called twice.
func (h *Host) Close() error {
	h.once.Do(func() { close(h.stop) })
	h.tunnels.close()
	return h.memory.Close()
}

const (
	sweepEvery = 10 * time.Second
	manyFreed  = 20_000 // records after whose end memory is given back at once
)

// janitor forgets what has expired, also when nobody asks any more.
func (h *Host) janitor() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-h.stop:
			return
		case <-ticker.C:
			h.Sweep()
		}
	}
}

// Sweep forgets what has expired on the issuers' clocks and returns how many
// records that were. The host does it by itself every ten seconds.
func (h *Host) Sweep() int {
	h.mu.RLock()
	all := make([]*Provider, 0, len(h.issuers))
	for _, p := range h.issuers {
		all = append(all, p)
	}
	h.mu.RUnlock()
	n := 0
	for _, p := range all {
		n += p.issuer().Sweep()
	}
	if n >= manyFreed {
		debug.FreeOSMemory()
	}
	return n
}
