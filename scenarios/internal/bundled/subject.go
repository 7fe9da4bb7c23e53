// Package bundled plays documents of the drill language against the bundled client
// in process, with a scripted browser and the issuer's own clock. Begin with New.
package bundled

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/load"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Options are how the bundled client is.
type Options struct {
	Host     *mockprovider.Host                   // makes the issuer that the client signs in at
	Issuer   string                               // its name
	Seed     uint64                               // what is random follows from it and the issuer's name
	Bugs     []string                             // of every client, in addition to those of the scenario
	Stimulus func(id string) (setup.Setup, error) // what an entry of the catalogue lays over a provider
}

// Subject is the bundled client in process: its issuer, its user's browser, and
// the clients of a scenario.
type Subject struct {
	options  Options
	scenario *drill.Scenario
	provider *mockprovider.Provider
	browser  *agent.Agent
	tap      *tap
	random   io.Reader
	clients  map[string]*party
	keys     map[string]*jose.JSONWebKey // of clients that sign their assertions
	last     string                      // client that acted last

	page   *agent.Page      // what the browser shows
	called []int            // statuses of the answers to calls
	arrows []result.Message // what the journal does not show
}

// party is a client of the scenario and what it holds.
type party struct {
	id      string
	client  *client.Client
	pending *client.Authorization
	sent    url.Values // the authorization request, as the browser carried it
	session *client.Session
	answer  url.Values // the authorization response the browser brought
}

// callbackURL is where the bundled client seems to be.
const callbackURL = "http://127.0.0.1:9401/callback"

// New makes the issuer of a scenario, and the client that signs in there.
func New(of *drill.Scenario, o Options) (*Subject, error) {
	b := &Subject{
		options: o, scenario: of, clients: map[string]*party{}, keys: map[string]*jose.JSONWebKey{}, random: Random(o.Seed, "clients of "+o.Issuer),
	}
	issuer := o.Host.BaseURL() + "/t/" + o.Issuer
	s, err := strict.Expand(of.Setup, func(name string) (any, error) {
		if name == "issuer" {
			return issuer, nil
		}
		return nil, fmt.Errorf("${%s} is not known before the first step", name)
	})
	if err != nil {
		return nil, err
	}
	if s.Clock == "" {
		s.Clock = clock.Epoch().Format(time.RFC3339)
	}
	if err := b.registerKeys(&s); err != nil {
		return nil, err
	}
	for _, id := range of.Attack {
		stimulus, err := b.stimulusOf(id, issuer)
		if err != nil {
			return nil, err
		}
		s = s.With(stimulus)
	}
	if b.provider, err = o.Host.Create(o.Issuer, s); err != nil {
		return nil, err
	}
	b.tap = &tap{next: Patient(o.Host.HTTPClient().Transport, b.provider.Clock().Now, clientTimeout)}
	b.browser = &agent.Agent{Transport: o.Host.HTTPClient().Transport, Now: b.provider.Clock().Now}
	// Whatever is not the provider is not called: the browser stops there.
	b.browser.Intercept = func(u *url.URL) bool { return u.Scheme+"://"+u.Host != o.Host.BaseURL() }
	return b, nil
}

// stimulusOf is what an entry of the catalogue lays over the provider.
func (b *Subject) stimulusOf(id, issuer string) (setup.Setup, error) {
	s, err := b.options.Stimulus(id)
	if err != nil {
		return s, err
	}
	return strict.Expand(s, func(name string) (any, error) {
		switch name {
		case "issuer":
			return issuer, nil
		case "canary":
			return mockprovider.Canary(issuer), nil
		}
		return nil, fmt.Errorf("unknown variable ${%s}: must be ${issuer} or ${canary}", name)
	})
}

// Close removes the issuer.
func (b *Subject) Close() { b.options.Host.Delete(b.options.Issuer) }

// Provider is the issuer that the client signs in at. It knows no second one.
func (b *Subject) Provider(second bool) *mockprovider.Provider {
	if second {
		return nil
	}
	return b.provider
}

// Value returns nothing: the engine knows every name.
func (b *Subject) Value(string) (any, bool) { return nil, false }

// Arrows are the messages that the provider's journal does not show.
func (b *Subject) Arrows() []result.Message { return b.arrows }

// party returns a client of the scenario, made at its first use. An empty id is
// the one that acted last, else app.
func (b *Subject) party(id string) (*party, error) {
	if id == "" {
		id = b.last
	}
	if id == "" {
		id = setup.ClientID
	}
	b.last = id
	if p := b.clients[id]; p != nil {
		return p, nil
	}
	config, err := b.clientConfig(id)
	if err != nil {
		return nil, err
	}
	if config.AuthMethod == string(protocol.PrivateKeyJWT) {
		key, err := b.clientKey(id, b.signingAlg(id))
		if err != nil {
			return nil, err
		}
		config.SigningKey = key
	}
	c, err := mutant.New(config, b.setBehaviour(&config)...)
	if err != nil {
		return nil, engine.Misused(err)
	}
	p := &party{id: id, client: c}
	b.clients[id] = p
	return p, nil
}

// clientConfig is what a client of the bundled kind is told of its registration. One
// that is not registered has an identifier only.
func (b *Subject) clientConfig(id string) (client.Config, error) {
	config := client.Config{ClientID: id, RedirectURL: callbackURL, ResponseType: "code"}
	all := b.provider.Clients()
	n := slices.IndexFunc(all, func(c *store.Client) bool { return c.ID == id && !c.Unregistered })
	switch {
	case n < 0 && load.TakesAnyClient(b.scenario):
		return config, nil
	case n < 0:
		return config, engine.Misused(fmt.Errorf("no client %q is registered", id))
	}
	c := all[n]
	config.ClientSecret, config.AuthMethod = c.Secret, string(c.AuthMethod)
	config.IDTokenSignedResponseAlg, config.UserInfoSignedResponseAlg = string(c.IDTokenAlg), string(c.UserinfoAlg)
	if len(c.RedirectURIs) > 0 {
		config.RedirectURL = c.RedirectURIs[0]
	}
	return config, nil
}

// setBehaviour gives a client the scenario's behaviour and the stage's seams. It returns
// the names of the bugs the client is to have.
func (b *Subject) setBehaviour(c *client.Config) (mutants []string) {
	c.Issuer = b.provider.Issuer()
	c.Timeout = clientTimeout
	c.HTTPClient = &http.Client{Transport: b.tap}
	c.Now, c.Sleep, c.Random = b.provider.Clock().Now, b.provider.Clock().Sleep, b.random
	as := b.scenario.Client
	if as == nil {
		return b.options.Bugs
	}
	c.ClockSkew = as.ClockSkew.D()
	if len(as.Use) > 0 {
		without := func(protection string) bool { return !slices.Contains(as.Use, protection) }
		c.WithoutPKCE, c.WithoutNonce, c.WithoutState, c.WithoutIss = without("pkce"), without("nonce"), without("state"), without("iss")
	}
	if r := as.Retry; r != nil {
		c.MaxRetries, c.HonorRetryAfter, c.Backoff = r.Max, r.HonorRetryAfter == nil || *r.HonorRetryAfter, r.Backoff.D()
	}
	return slices.Concat(b.options.Bugs, as.Bugs)
}
