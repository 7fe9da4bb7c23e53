package mockprovider

import (
	"context"
	"fmt"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// What a test does to a running provider. The control API and the steps of a
// scenario have the same verbs.

// AutoSignIn signs users in without a page: the one named by login_hint, else
// login, else the first.
func (p *Provider) AutoSignIn(login string) {
	p.Set(persona.Persona{SignIn: "auto", SignInAs: login})
}

// Set overlays what the provider is like, from now on.
func (p *Provider) Set(over persona.Persona) {
	over = over.Clone() // what the caller has of it may change
	for {
		old := p.persona.Load()
		next := old.With(over)
		if p.persona.CompareAndSwap(old, &next) {
			return
		}
	}
}

// Fault arms a fault and returns its id. The error says what is contradictory
// in it, or which name it is not known by.
func (p *Provider) Fault(f fault.Fault) (string, error) {
	whole, err := persona.Expand(strict.Clone(f))
	if err != nil {
		return "", err
	}
	if why := whole.NeedsHTTP1(); why != "" && p.http2 {
		return "", fmt.Errorf("this fault needs HTTP/1.1, and the server offers HTTP/2: %s; start it without --http2", why)
	}
	return p.issuer.Faults.Add(whole)
}

// RemoveFault disarms a fault and reports whether there was one of that id.
func (p *Provider) RemoveFault(id string) bool { return p.issuer.Faults.Remove(id) }

// ClearFaults disarms all faults.
func (p *Provider) ClearFaults() { p.issuer.Faults.Clear() }

// Faults lists the armed faults with how often each has struck. They are copies.
func (p *Provider) Faults() []fault.Status { return strict.Clone(p.issuer.Faults.List()) }

// RotateKeys makes new signing keys for alg, or for all algorithms in use where
// it is empty, and returns their kids. plan is overlap, immediately or
// publish_late (OIDC Core section 10.1.1).
func (p *Provider) RotateKeys(alg, plan string) ([]string, error) {
	return p.issuer.Keys.Rotate(alg, keys.Plan(plan))
}

// RevokeGrant ends what a user has allowed a client, with every code and token
// made from it; an empty name means any. It returns how many grants ended.
func (p *Provider) RevokeGrant(login, clientID string) int {
	return p.issuer.Store.EndGrants(login, clientID, p.issuer.Clock.Now())
}

// DisableUser lets a user no longer sign in, refresh or use tokens, or lifts
// that. It reports whether there is such a user.
func (p *Provider) DisableUser(login string, disabled bool) bool {
	u, ok := p.issuer.Store.User(login)
	if ok {
		changed := *u
		changed.Disabled = disabled
		p.issuer.Store.SetUser(&changed)
	}
	return ok
}

// SetUser adds a user, or replaces the one of that login.
func (p *Provider) SetUser(u store.User) {
	p.issuer.Store.SetUser(p.named(setup.CompleteUser(u.Login, &u)))
}

// RemoveUser forgets a user and reports whether there was one.
func (p *Provider) RemoveUser(login string) bool { return p.issuer.Store.RemoveUser(login) }

// Users returns copies of the users, in the order of the sign-in page. A change
// of one counts once it is given to SetUser.
func (p *Provider) Users() []*store.User {
	out := p.issuer.Store.Users()
	for i, u := range out {
		out[i] = u.Clone()
	}
	return out
}

// SetClient registers a client, or replaces the one of that client_id.
func (p *Provider) SetClient(c store.Client) {
	p.issuer.Store.SetClient(setup.CompleteClient(c.ID, &c))
}

// RemoveClient forgets a client and reports whether there was one.
func (p *Provider) RemoveClient(id string) bool { return p.issuer.Store.RemoveClient(id) }

// Clients returns copies of the clients, by client_id. A change of one counts
// once it is given to SetClient.
func (p *Provider) Clients() []*store.Client {
	out := p.issuer.Store.Clients()
	for i, c := range out {
		out[i] = c.Clone()
	}
	return out
}

// Overlay lays clients, users and the provider's changes over what there is,
// and arms further faults.
func (p *Provider) Overlay(s setup.Setup) error {
	now := setup.Setup{Clients: map[string]*store.Client{}, Users: map[string]*store.User{}}
	for _, c := range p.issuer.Store.Clients() {
		now.Clients[c.ID] = c
	}
	for _, u := range p.issuer.Store.Users() {
		now.Users[u.Login] = u
	}
	faults := s.Faults
	s.Faults = nil
	p.Set(s.Provider)
	all := now.With(s).Complete()
	all.Faults = faults
	return p.fill(all)
}

// Mint makes tokens without a flow. The error names what is not there.
func (p *Provider) Mint(m MintRequest) (Minted, error) {
	return p.issuer.Grants.Mint(context.Background(), m)
}

// MintRequest asks for tokens without a flow.
type MintRequest = grant.MintRequest

// Minted are the tokens made.
type Minted = grant.Minted

// Restart forgets what a provider without a disk forgets when it restarts:
// codes, tokens, grants, sessions and pending sign-ins. Clients, users, faults,
// keys, the clock and the journal stay.
func (p *Provider) Restart() { p.issuer.Reset() }

// Reset brings the issuer back to how it was made: clients, users, faults and
// persona; codes, tokens, sessions and the journal are forgotten, and so are keys
// that sign no more. The clock stays.
func (p *Provider) Reset() error {
	for _, c := range p.issuer.Store.Clients() {
		p.RemoveClient(c.ID)
	}
	for _, u := range p.issuer.Store.Users() {
		p.RemoveUser(u.Login)
	}
	p.ClearFaults()
	p.issuer.Reset()
	p.issuer.Keys.Retire()
	p.issuer.Journal.Reset()
	provider := p.initial.Provider
	p.persona.Store(&provider)
	if err := p.fill(p.initial); err != nil {
		return fmt.Errorf("mockprovider: reset: %w", err)
	}
	return nil
}
