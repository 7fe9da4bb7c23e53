package mockprovider

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// Host keeps many issuers behind one handler: the default one at `/`, any other
// at `/t/<name>`, where a name may have several segments. Issuers share nothing
// but their pages' templates.
type Host struct {
	opts    Options
	names   *names
	log     *requestLogger // nil: nothing is logged
	pages   *ui.Pages
	control func() *control.API

	mu       sync.RWMutex
	issuers  map[string]*Provider
	hosts    map[string]*Provider // by the host names of their personas
	demanded int                  // how many of the issuers were made on demand

	turn     atomic.Int64 // of the latest request: issuers on demand are dropped by it
	shared   bounds
	defaults setup.Setup // of every issuer, which is never changed

	pipes   lazyPipeServer
	tunnels tunnels
	stop    chan struct{}
	once    sync.Once
}

// NewHost makes a host with its default issuer.
func NewHost(o Options) (*Host, error) {
	if o.MaxIssuers == 0 {
		o.MaxIssuers = issuersFor(o.Defaults)
	}
	if o.BaseURL == "" {
		o.BaseURL = "http://op.authdrill.test"
	}
	if o.Clock != nil {
		return nil, errors.New("mockprovider: Options.Clock is for a Provider: each issuer of a Host has a clock of its own")
	}
	where, err := newNames(o)
	if err != nil {
		return nil, fmt.Errorf("mockprovider: %w", err)
	}
	if err := o.Defaults.Validate(); err != nil {
		return nil, err
	}
	if err := setup.CheckRemoved(setup.Default(), o.Defaults); err != nil {
		return nil, err
	}
	if err := readKeys(&o.Defaults.Provider); err != nil {
		return nil, err
	}
	h := &Host{opts: o, names: where, pages: ui.New(), issuers: map[string]*Provider{}, hosts: map[string]*Provider{}, stop: make(chan struct{}), shared: newBounds(o.Logf), defaults: setup.Default().With(o.Defaults)}
	if o.Log != nil {
		h.log = &requestLogger{log: o.Log, all: o.LogAll, proxies: o.TrustedProxies}
	}
	h.opts.ControlURL = strings.TrimSuffix(o.ControlURL, "/")
	h.control = controlOf(h, h.pages)
	if _, err := h.Create("", setup.Setup{}); err != nil {
		return nil, err
	}
	go h.sweepRegularly()
	return h, nil
}

// Create makes an issuer. The error says that there is one of that name already, or
// what in the setup or the name cannot be.
func (h *Host) Create(name string, s setup.Setup) (*Provider, error) {
	name = strings.Trim(name, "/")
	if err := checkName(name); err != nil {
		return nil, err
	}
	whole := h.currentDefaults()
	if !reflect.ValueOf(s).IsZero() { // most have nothing of their own, and share the defaults
		if err := s.Validate(); err != nil {
			return nil, err
		}
		if err := setup.CheckRemoved(whole, s); err != nil {
			return nil, err
		}
		if err := readKeys(&s.Provider); err != nil {
			return nil, err
		}
		whole = whole.With(s)
	}
	o := h.options(name, whole)
	o.apart = s
	if name != "" {
		o.below = "/t/" + name
	}
	return h.make(o)
}

// currentDefaults are what every issuer begins with now.
func (h *Host) currentDefaults() setup.Setup {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.defaults
}

// options are those of every issuer of the host, with all that makes it.
func (h *Host) options(name string, whole setup.Setup) options {
	var claims []claim.Func
	if h.opts.Claims != nil {
		claims = []claim.Func{h.opts.Claims}
	}
	return options{
		setup: whole, claims: claims, names: h.names, name: name, log: h.log,
		seed: h.opts.Seed, randomKeys: h.opts.RandomKeys, capacity: h.opts.Capacity, shared: &h.shared, controlURL: h.opts.ControlURL, http2: h.opts.HTTP2,
	}
}

// make builds an issuer and keeps it under its name.
func (h *Host) make(o options) (*Provider, error) {
	p, err := build(o, h.pages)
	if err != nil {
		return nil, err
	}
	p.host = h
	h.use(p)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.issuers[o.name] != nil {
		h.shared.removeIssuer(p)
		return nil, control.ErrExists
	}
	if p.onDemand {
		h.dropUnused()
		h.demanded++
	}
	h.issuers[o.name] = p
	for _, name := range p.hosts() {
		if h.hosts[name] == nil {
			h.hosts[name] = p
		}
	}
	return p, nil
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
	if ok {
		h.drop(name, p)
	}
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
func (h *Host) BaseURL() string { return h.names.baseURL() }

// setBaseURL gives the issuers another base URL while they run.
func (h *Host) setBaseURL(base string) error {
	if err := address.CheckBase(base); err != nil {
		return err
	}
	h.names.move(base)
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, p := range h.issuers {
		p.renewState()
	}
	return nil
}

// HTTPClient returns a client that reaches the host without a port, over in-memory
// connections with the semantics of real ones.
func (h *Host) HTTPClient() *http.Client {
	return &http.Client{Transport: h.pipes.transport(h, h.BaseURL())}
}

// Close stops the host's janitor and in-memory server. It may be called twice.
func (h *Host) Close() error {
	h.once.Do(func() { close(h.stop) })
	h.tunnels.close()
	return h.pipes.Close()
}

const (
	sweepEvery = 10 * time.Second
	manyFreed  = 20_000 // records after whose end memory is given back at once
)

// sweepRegularly forgets what has expired, also when no request comes any more.
func (h *Host) sweepRegularly() {
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
		n += p.issuer().Grants.Sweep()
	}
	if n >= manyFreed {
		debug.FreeOSMemory()
	}
	return n
}
