package mockprovider

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/fetch"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Provider is one issuer. It is an http.Handler that serves its endpoints below
// the path of its issuer identifier, and is safe for parallel use.
type Provider struct {
	name    string
	names   *names // base URLs under which it is known,
	below   string // and what follows them in its issuer identifier: "" or /t/NAME
	random  *keys.Random
	keys    *keys.Ring
	backend record.Backend
	pages   *ui.Pages
	fetch   *fetch.Fetcher // of what clients name
	claims  []claim.Func
	control string         // base URL of the control API, where it has a port of its own
	log     *requestLogger // nil: nothing is logged
	shared  *bounds        // with the other issuers of its host

	leavePool func() // takes its journal out of the pool of all journals

	initial   atomic.Pointer[setup.Setup] // as it was given: it is never changed, but by Host.Reload
	own       setup.Setup                 // the part of it that is not the defaults of its host
	state     atomic.Pointer[state]
	replacing sync.Mutex // held while another state is put in place

	host *Host // that reaches it without a port; nil if it has none

	onDemand bool         // made at its first use, and dropped for others again
	used     atomic.Int64 // the host's turn at its latest request, where that counts

	pipes     lazyPipeServer
	server    *http.Server        // of Start
	authority []byte              // PEM of the authority of Start's certificate
	secured   *http.Transport     // that trusts its certificate, where Start listens over TLS
	alone     func() *control.API // its control API, where no Host has one
	csrf      string              // of the forms of the console
	http2     bool                // is offered to clients
}

// New makes an issuer that does not listen: serve it as a handler, or reach it
// through HTTPClient. The error names the option that cannot work.
func New(opts ...Option) (*Provider, error) {
	o := Options{BaseURL: "http://op.authdrill.test", given: setup.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Authority != nil {
		return nil, errors.New("tls: an issuer that does not listen has no use for certificates: leave Options.Authority to Start")
	}
	return buildAlone(o)
}

// buildAlone makes an issuer that no Host keeps, so that it has a control API
// itself.
func buildAlone(given Options) (*Provider, error) {
	o, err := given.forProvider()
	if err != nil {
		return nil, err
	}
	pages := ui.New()
	shared := newBounds(given.Logf)
	o.shared = &shared
	p, err := build(o, pages)
	if err != nil {
		return nil, err
	}
	p.alone = sync.OnceValue(func() *control.API { return control.New(sole{p}, pages, control.Token(given.ControlToken)) })
	return p, nil
}

// build wires the rooms of an issuer together.
func build(o options, pages *ui.Pages) (*Provider, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.setClock(); err != nil {
		return nil, err
	}
	p := &Provider{
		name: o.name, names: o.names, below: o.below, random: keys.NewRandom(o.seed, o.name),
		pages: pages, own: o.apart, log: o.log, http2: o.http2, control: o.controlURL,
		shared: o.shared, onDemand: o.onDemand, claims: o.claims,
	}
	p.initial.Store(&o.setup)
	seed := checksum(o.name)
	if o.seed != nil {
		seed ^= *o.seed
	}
	p.backend = memory.New(o.clock, o.capacity, seed)
	p.keys = keys.NewRing(keys.Options{
		Clock: o.clock, Random: p.random, Name: o.name, Seed: o.seed, RandomKeys: o.randomKeys,
		RotateEvery: func() time.Duration { return p.persona().JWKS.RotateEvery.D() },
		Own:         func() []*keys.Key { return p.persona().OwnKeys() },
	})
	p.fetch = &fetch.Fetcher{Allowed: p.mayFetch}
	p.csrf = keys.NewRandom(nil, "").Token(16) // never from the seed: a web page may know it
	if err := p.backend.Reset(p.fill); err != nil {
		return nil, err
	}
	p.shared.join(p)
	return p, nil
}

// setClock makes the clock of the setup where no option gives one.
func (o *options) setClock() error {
	if o.clock == nil {
		c, err := clockOf(o.setup.Clock)
		if err != nil {
			return err
		}
		o.clock = c
	}
	if err := clock.Reachable(o.clock.Now()); err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	return nil
}

// hosts are the names under which the persona's provider is known.
func (p *Provider) hosts() []string { return p.persona().Dialect.Hosts() }

// serveAs answers a request under a host name of the persona's provider, where
// paths are the provider's own.
func (p *Provider) serveAs(w http.ResponseWriter, r *http.Request) {
	if prefix := p.prefix(); prefix != "" && strings.HasPrefix(r.URL.Path, prefix+"/") {
		p.ServeHTTP(w, r) // from a page of ours
		return
	}
	p.now().handler().ServeHTTP(w, r)
}

// mayFetch reports whether the provider fetches from a host and port: its own, and
// those that a client of the configuration names. A client that registered itself
// widens nothing.
func (p *Provider) mayFetch(hostPort string) bool {
	if hostPort == origin.HostPort(p.Issuer()) {
		return true
	}
	for _, c := range p.issuer().Store.Clients() {
		if c.Registered != 0 {
			continue
		}
		for _, address := range slices.Concat([]string{c.JWKSURI, c.URI}, c.RedirectURIs, c.PostLogoutRedirectURIs) {
			if origin.HostPort(address) == hostPort {
				return true
			}
		}
	}
	return false
}

// logins sorts the users for the sign-in page: by name, which puts alice first.
func logins(users map[string]*store.User) []string {
	out := make([]string, 0, len(users))
	for login := range users {
		out = append(out, login)
	}
	slices.Sort(out)
	return out
}

func clockOf(text string) (*clock.Clock, error) {
	if text == "" || text == "real" {
		return clock.Running(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, strict.Member("clock", fmt.Errorf("%q is neither real nor an RFC 3339 instant like 2030-01-01T00:00:00Z", text))
	}
	return clock.Frozen(t), nil
}

// ServeHTTP answers a request below the issuer's path.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		http.Error(w, "authdrill is a proxy for its personas only with --tls.", http.StatusMethodNotAllowed)
		return
	}
	boundBody(w, r)
	if p.alone == nil {
		p.serve("", w, r)
		return
	}
	base, refused := p.names.baseOf(r)
	if prefix := p.prefix(); strings.HasPrefix(r.URL.Path, prefix+"/_/") {
		if refused != nil {
			refused.write(w, ownName)
			return
		}
		p.alone().Serve(w, r, func() control.Target { return target(p, strings.TrimPrefix(r.URL.Path, prefix), base) })
		return
	}
	p.serve(base, w, r)
}

// serve answers a request that was sent to a base URL; "" is the one that was set.
func (p *Provider) serve(base string, w http.ResponseWriter, r *http.Request) {
	at := p.stateFor(base)
	prefix := p.prefix()
	if prefix != "" {
		if well, ok := strings.CutSuffix(r.URL.Path, prefix); ok && strings.HasPrefix(well, "/.well-known/") {
			r = withPath(r, well) // RFC 8414 section 3.1
		} else if r.URL.Path == prefix {
			r = withPath(r, "/") // else the default issuer's page would be next door
		} else {
			http.StripPrefix(prefix, at.handler()).ServeHTTP(w, r)
			return
		}
	}
	at.handler().ServeHTTP(w, r)
}

// ownName is how a provider without a Host is reached under another host name.
const ownName = "make it the issuer's with Options.BaseURL"

// prefix is the path of the issuer identifier, with which the paths of requests begin.
func (p *Provider) prefix() string {
	_, mount := p.names.current()
	return mount + p.below
}

func withPath(r *http.Request, path string) *http.Request {
	c := r.Clone(r.Context())
	c.URL.Path, c.URL.RawPath = path, ""
	return c
}

// Issuer returns the issuer identifier.
func (p *Provider) Issuer() string { return p.names.baseURL() + p.below }

// ControlURL returns where the issuer's control API is.
func (p *Provider) ControlURL() string { return p.console(p.names.baseURL()) + "api" }

// SetIssuer gives a provider another issuer identifier while it runs: codes, tokens and
// sessions stay. That of a Host's default issuer is the base URL with which the others
// begin. With Options.IssuerFromHost it is where browsers are sent. It outlives a Reset.
func (p *Provider) SetIssuer(url string) error {
	switch {
	case p.host != nil && p.name != "":
		return errors.New("this issuer is one of a Host: set that of the default issuer, with which it begins")
	case p.host != nil:
		return p.host.setBaseURL(url)
	}
	if err := address.CheckBase(url); err != nil {
		return err
	}
	p.names.move(url)
	p.renewState()
	return nil
}

// console returns where the console is, for who knows the issuer under a base URL.
func (p *Provider) console(base string) string {
	if p.control != "" {
		return p.control + p.prefix() + "/_/"
	}
	return base + p.below + "/_/"
}

// Metadata returns the discovery document (RFC 8414 section 2).
func (p *Provider) Metadata() map[string]any { return p.issuer().Metadata(context.Background()) }

// Client returns a copy of the default client, or of the first one of the
// configuration; an empty one where there is none.
func (p *Provider) Client() *store.Client {
	clients := p.issuer().Store
	if c, ok := clients.Client(setup.ClientID); ok {
		return c.Clone()
	}
	for _, c := range clients.Clients() {
		if c.Registered == 0 {
			return c.Clone()
		}
	}
	return &store.Client{}
}

// Clock returns the issuer's clock.
func (p *Provider) Clock() *clock.Clock { return p.backend.Clock() }

// Journal returns the record of what the issuer saw and did.
func (p *Provider) Journal() *journal.Journal { return p.backend.Journal() }

// Persona returns a copy of what the provider is like now.
func (p *Provider) Persona() persona.Persona { return p.persona().Clone() }

// HTTPClient returns a client that reaches the provider at its issuer URL
// without a port, over an in-memory connection with the semantics of a real
// one. It follows redirects as http.Client does. Where Start listens over TLS,
// the client uses the port, and trusts only the certificate's authority.
func (p *Provider) HTTPClient() *http.Client {
	if p.secured != nil {
		return &http.Client{Transport: p.secured}
	}
	if p.host != nil {
		return p.host.HTTPClient()
	}
	return &http.Client{Transport: p.pipes.transport(p, p.Issuer())}
}

// Close stops what the provider has started; connections are refused from then
// on. It may be called twice. An issuer of a Host ends with Host.Delete.
func (p *Provider) Close() error {
	err := p.pipes.Close()
	if p.secured != nil {
		p.secured.CloseIdleConnections()
	}
	if p.server != nil {
		err = errors.Join(err, p.server.Close())
	}
	return err
}

// checksum tells issuers of one seed apart.
func checksum(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return h.Sum64()
}
