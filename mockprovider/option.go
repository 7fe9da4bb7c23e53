package mockprovider

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Option is a choice about a new Provider. One that no provider can be made with,
// such as a client with a misspelt grant type, is an error of New, with the near
// miss, and fails the test of Start.
type Option func(*options)

type options struct {
	setup      setup.Setup
	apart      setup.Setup // the part of it that is not the defaults of the host
	issuer     string      // of one that no Host keeps
	allowed    []string    // host names that it answers to,
	fromHost   bool        // each as an issuer of its own
	names      *names      // of the host; nil: the issuer has no host
	log        *requestLogger
	below      string // what follows the base URL in the issuer identifier
	name       string
	seed       *uint64
	randomKeys bool
	clock      *clock.Clock
	capacity   int
	logf       func(format string, args ...any)
	authority  *certificate.Authority
	http2      bool
	shared     *bounds
	onDemand   bool
	claims     []claim.Func
	own        []persona.SigningKey // of WithSigningKey
	invalid    error                // what the first option with a problem was given

	controlToken string
	controlURL   string
}

// give lays a setup over what the options before it have given.
func (o *options) give(s setup.Setup) {
	if o.invalid == nil {
		o.invalid = s.Validate()
	}
	if o.invalid == nil {
		o.invalid = setup.CheckRemoved(o.setup, s)
	}
	if o.invalid == nil {
		o.invalid = readKeys(&s.Provider)
	}
	o.setup = o.setup.With(s)
}

// WithClaims adds claims to access tokens, ID tokens and userinfo answers that data
// cannot express. f gets what is known where they are made, and returns those to set,
// or "$absent" to remove one; its word counts more than what the provider, scopes,
// clients and users are configured with. Several functions are asked in their order,
// and each by several requests at a time.
func WithClaims(f func(ClaimFacts) map[string]any) Option {
	return func(o *options) { o.claims = append(o.claims, f) }
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
	var problems persona.KeyProblems
	if !errors.As(err, &problems) {
		return err
	}
	all := make([]error, len(problems))
	for n, problem := range problems {
		all[n] = fmt.Errorf("provider.%w", problem)
	}
	return errors.Join(all...)
}

// WithClient registers a client in addition to the default one, or redefines it.
func WithClient(c store.Client) Option {
	return func(o *options) { o.give(setup.Setup{Clients: map[string]*store.Client{c.ID: &c}}) }
}

// WithClock gives the issuer a clock that the test keeps.
func WithClock(c *clock.Clock) Option { return func(o *options) { o.clock = c } }

// WithControlToken lets the control API and the console ask for a token: the API as
// a bearer token, the console in a form.
func WithControlToken(token string) Option { return func(o *options) { o.controlToken = token } }

// WithFault arms a fault from the start.
func WithFault(f fault.Fault) Option {
	return func(o *options) {
		if o.invalid == nil {
			o.invalid = strict.CheckValue(fmt.Sprintf("faults[%d]", len(o.setup.Faults)), f)
		}
		o.setup.Faults = append(o.setup.Faults, f)
	}
}

// WithFrozenClock freezes the issuer's clock at t until it is advanced.
func WithFrozenClock(t time.Time) Option { return WithClock(clock.Frozen(t)) }

// WithIssuer sets the issuer identifier, for a provider that is reached through
// HTTPClient or behind a proxy. Start sets it by itself.
func WithIssuer(url string) Option { return func(o *options) { o.issuer = url } }

// WithIssuerFromHost lets each host name that is answered to be an issuer of its own:
// those of loopback, that of WithIssuer, and further ones.
func WithIssuerFromHost(further ...string) Option {
	return func(o *options) { o.fromHost, o.allowed = true, append(o.allowed, further...) }
}

// WithJournalCapacity sets how many exchanges are kept.
func WithJournalCapacity(n int) Option { return func(o *options) { o.capacity = n } }

// WithLogf gets a line about what Start's server cannot tell anybody else.
func WithLogf(logf func(format string, args ...any)) Option {
	return func(o *options) { o.logf = logf }
}

// WithProvider overlays what the provider is like.
func WithProvider(p persona.Persona) Option {
	return func(o *options) { o.give(setup.Setup{Provider: p}) }
}

// WithSigningKey has tokens signed with a key of the caller's: an RSA, EC or Ed25519
// key. alg may be empty, which chooses by the type of the key; kid too. Of several of
// the same algorithm the first signs. WithProvider takes keys from files:
// persona.Persona{Keys: []persona.SigningKey{{File: "testdata/key.pem"}}}.
func WithSigningKey(private crypto.Signer, kid string, alg protocol.Algorithm) Option {
	return func(o *options) {
		o.own = append(o.own, persona.NewSigningKey(private, kid, alg))
		o.give(setup.Setup{Provider: persona.Persona{Keys: o.own}})
	}
}

// WithRandomKeys makes fresh RSA keys, instead of taking the fixed test keys
// that come with this package. The first signature then costs 20 to 110 ms.
func WithRandomKeys() Option { return func(o *options) { o.randomKeys = true } }

// WithSeed derives codes, tokens, keys and chances from a seed, so that a run
// can be repeated byte for byte.
func WithSeed(seed uint64) Option { return func(o *options) { o.seed = &seed } }

// WithSetup overlays clients, users, faults, the clock and the provider at once.
func WithSetup(s setup.Setup) Option { return func(o *options) { o.give(s) } }

// WithTLS lets Start listen over TLS, with the certificates of an authority: what
// is wrong with them can be changed at any time. HTTPClient then trusts it.
func WithTLS(a *certificate.Authority) Option { return func(o *options) { o.authority = a } }

// WithUser adds a user to alice, bob and carol, or redefines one of them.
func WithUser(u store.User) Option {
	return func(o *options) { o.give(setup.Setup{Users: map[string]*store.User{u.Login: &u}}) }
}
