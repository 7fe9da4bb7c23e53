package mockprovider

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Options make a Host and, by Option, a Provider.
type Options struct {
	BaseURL      string      // issuer identifier of the Provider, or of a Host's default issuer, like http://127.0.0.1:9400; Start sets it itself
	Defaults     setup.Setup // what every issuer starts with, in addition to setup.Default
	Seed         *uint64     // derives codes, tokens, keys and chances, so that a run can be repeated byte for byte
	RandomKeys   bool        // fresh RSA keys instead of the fixed test keys; the first signature then costs 20 to 110 ms
	AllowedHosts []string    // host names to answer in addition to loopback and that of BaseURL
	Capacity     int         // exchanges that each journal keeps; 0: journal.DefaultCapacity

	// Clock is that of a Provider. Each issuer of a Host has one of its own.
	Clock *clock.Clock

	// Claims adds claims to access tokens, ID tokens and userinfo answers that data
	// cannot express. It gets what is known where they are made, and returns those to
	// set, or "$absent" to remove one; its word counts more than what the provider,
	// scopes, clients and users are configured with. It is asked by several requests at
	// a time.
	Claims func(ClaimFacts) map[string]any

	// IssuerFromHost lets each host name that is answered to be an issuer of its own:
	// what a request is answered with has the name that it was sent to. BrowserURL, if
	// it is set, is where browsers are sent whatever name a client asked under.
	// IssuerFromProxy does so only for requests that a proxy of TrustedProxies has
	// passed on, which says where they were sent (RFC 7239).
	IssuerFromHost, IssuerFromProxy bool
	BrowserURL                      string
	TrustedProxies                  []netip.Prefix

	// Authority lets Start listen over TLS, with its certificates: what is wrong with
	// them can be changed at any time. HTTPClient then trusts it. A Host that is served over TLS is
	// with it a proxy for its personas: a CONNECT request for one of their host names is
	// answered by the Host.
	Authority *certificate.Authority

	// HTTP2 is set where the server offers HTTP/2: faults that need HTTP/1.1 are
	// then refused, for a client could not meet them.
	HTTP2 bool

	// ControlToken is what the control API, as a bearer token, and the consoles, in a
	// form, ask for; "": nothing.
	ControlToken string

	// Logf gets a line when a bound of memory is reached for the first time, so that the
	// oldest entries are dropped, and what Start's server has to say.
	Logf func(format string, args ...any)

	// The rest is for a Host only.

	OnDemand   bool // an issuer is made when it is first used
	MaxIssuers int  // how many of those are kept, the latest used; 0: 1,000, fewer where they begin with much

	// Stimulus gives what an entry of the failure catalogue lays over a provider.
	// With it, /x/<id> is an issuer that does that one thing wrong, and the
	// control API can arm it by its id. The names ${issuer} and ${canary} in it
	// are filled in.
	Stimulus func(id string) (setup.Setup, error)

	// ControlURL, where Host.Control is served on a port of its own, is the URL of
	// that port; the Host itself then has neither the control API nor the consoles.
	ControlURL string

	// Log gets each request once it is answered, with LogAll; else only those that are
	// refused. It is called by many requests at once, and must not wait.
	Log    func(Logged)
	LogAll bool

	given   setup.Setup // by the functions With, over setup.Default
	claims  []claim.Func
	invalid error // what the first function With a problem was given
}

// Check finds texts that cannot be what they are for: BaseURL, BrowserURL and
// AllowedHosts. Each error has its member: base_url, browser_url, allow_host.0.
func (o *Options) Check() error {
	var wrong []error
	if o.BaseURL != "" {
		if err := address.CheckBase(o.BaseURL); err != nil {
			wrong = append(wrong, strict.Member("base_url", err))
		}
	}
	if o.BrowserURL != "" {
		if err := address.CheckBase(o.BrowserURL); err != nil {
			wrong = append(wrong, strict.Member("browser_url", err))
		}
	}
	for n, name := range o.AllowedHosts {
		if err := origin.CheckHostname(name); err != nil {
			wrong = append(wrong, strict.Member(fmt.Sprintf("allow_host.%d", n), err))
		}
	}
	return errors.Join(wrong...)
}

// Option is a choice about a new Provider: one of the functions With, or a function
// that sets members of Options. One that no provider can be made with, such as a
// client with a misspelt grant type, is an error of New, with the near miss, and fails
// the test of Start.
type Option func(*Options)

// options are what one issuer is made of.
type options struct {
	setup      setup.Setup
	apart      setup.Setup // the part of it that is not the defaults of the host
	names      *names
	log        *requestLogger
	below      string // what follows the base URL in the issuer identifier
	name       string
	seed       *uint64
	randomKeys bool
	clock      *clock.Clock
	capacity   int
	http2      bool
	shared     *bounds
	onDemand   bool
	claims     []claim.Func
	controlURL string
}

// addSetup lays a setup over what the options before it have given.
func (o *Options) addSetup(s setup.Setup) {
	if o.invalid == nil {
		o.invalid = s.Validate()
	}
	if o.invalid == nil {
		o.invalid = setup.CheckRemoved(o.given, s)
	}
	if o.invalid == nil {
		o.invalid = readKeys(&s.Provider)
	}
	o.given = o.given.With(s)
}

// forProvider turns the choices into those of an issuer that no Host keeps.
func (o *Options) forProvider() (options, error) {
	if err := o.checkForProvider(); err != nil {
		return options{}, err
	}
	if !reflect.ValueOf(o.Defaults).IsZero() {
		o.addSetup(o.Defaults)
	}
	if o.invalid != nil {
		return options{}, o.invalid
	}
	if err := address.CheckBase(o.BaseURL); err != nil {
		return options{}, fmt.Errorf("issuer: %w", err)
	}
	where, err := newNames(*o)
	if err != nil {
		return options{}, err
	}
	claims := o.claims
	if o.Claims != nil {
		claims = append(claims, o.Claims)
	}
	return options{
		setup: o.given, names: where, seed: o.Seed, randomKeys: o.RandomKeys, clock: o.Clock, capacity: o.Capacity, http2: o.HTTP2, claims: claims,
	}, nil
}

// WithClaims adds claims to access tokens, ID tokens and userinfo answers that data
// cannot express, as Options.Claims does. Several functions are asked in their order.
func WithClaims(f func(ClaimFacts) map[string]any) Option {
	return func(o *Options) { o.claims = append(o.claims, f) }
}

// ClaimFacts are what is known where claims are made.
type ClaimFacts = claim.Facts

// readKeys reads the keys that settings name in Go, where files are relative to the
// working directory.
func readKeys(p *persona.Persona) error {
	if len(p.Keys) == 0 {
		return nil
	}
	err := p.ReadKeys(func(file string) ([]byte, error) { return confined.ReadFile(file, persona.MaxKeyFile) })
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var all []error
	for _, problem := range joined.Unwrap() {
		all = append(all, fmt.Errorf("provider.%w", problem))
	}
	return errors.Join(all...)
}

// WithClient registers a client in addition to the default one, or redefines it.
func WithClient(c store.Client) Option {
	return func(o *Options) { o.addSetup(setup.Setup{Clients: map[string]*store.Client{c.ID: &c}}) }
}

// WithClock gives the issuer a clock that the test keeps.
func WithClock(c *clock.Clock) Option { return func(o *Options) { o.Clock = c } }

// WithFault arms a fault from the start.
func WithFault(f fault.Fault) Option {
	return func(o *Options) {
		if o.invalid == nil {
			o.invalid = strict.CheckValue(fmt.Sprintf("faults[%d]", len(o.given.Faults)), f)
		}
		o.given.Faults = append(o.given.Faults, f)
	}
}

// WithProvider overlays what the provider is like.
func WithProvider(p persona.Persona) Option {
	return func(o *Options) { o.addSetup(setup.Setup{Provider: p}) }
}

// WithSeed derives codes, tokens, keys and chances from a seed, so that a run
// can be repeated byte for byte.
func WithSeed(seed uint64) Option { return func(o *Options) { o.Seed = &seed } }

// WithSetup overlays clients, users, faults, the clock and the provider at once.
func WithSetup(s setup.Setup) Option { return func(o *Options) { o.addSetup(s) } }

// WithUser adds a user to alice, bob and carol, or redefines one of them.
func WithUser(u store.User) Option {
	return func(o *Options) { o.addSetup(setup.Setup{Users: map[string]*store.User{u.Login: &u}}) }
}
