package mockprovider

import (
	"context"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// What a test does to a running provider. The control API and the steps of a
// scenario have the same verbs.

// AutoSignIn signs users in without a page: the one named by login_hint, else
// login, else the first.
func (p *Provider) AutoSignIn(login string) {
	p.now().set(persona.Persona{SignIn: "auto", SignInAs: login})
}

// Set overlays what the provider is like, from now on. The error names the member
// that is misspelt or out of its range, and the near miss.
func (p *Provider) Set(over persona.Persona) error {
	if err := strict.CheckValue("", contradiction.AsWritten(over)); err != nil {
		return err
	}
	if err := readKeys(&over); err != nil {
		return err
	}
	if err := p.checkEffects(over); err != nil {
		return err
	}
	p.now().set(over.Clone()) // what the caller has of it may change
	return nil
}

// checkEffects finds what over can never change of the provider. The errors name the
// members.
func (p *Provider) checkEffects(over persona.Persona) error {
	whole := setup.Setup{Provider: p.persona().With(over)}
	if over.SignInAs != "" {
		whole.Users = p.now().directory().Users
	}
	return contradiction.Join(func(report contradiction.Report) {
		contradiction.Provider(&whole.Provider, whole.Users, &over, report)
	})
}

// Fault arms a fault and returns its id. The error says what is misspelt or
// contradictory in it, or which name it is not known by.
func (p *Provider) Fault(f fault.Fault) (string, error) {
	if err := strict.CheckValue("", f); err != nil {
		return "", err
	}
	if err := capability.CheckFault(p.persona(), f); err != nil {
		return "", err
	}
	return p.now().addFault(f)
}

// ClearFaults disarms the faults of those ids, or all faults where none is named, and
// returns how many it disarmed.
func (p *Provider) ClearFaults(ids ...string) int {
	faults := p.issuer().Faults
	if len(ids) == 0 {
		n := len(faults.List())
		faults.Clear()
		return n
	}
	n := 0
	for _, id := range ids {
		if faults.Remove(id) {
			n++
		}
	}
	return n
}

// Faults lists the armed faults with how often each has struck. They are copies.
func (p *Provider) Faults() []fault.Status { return deepcopy.Of(p.issuer().Faults.List()) }

// RotateKeys makes new signing keys for alg, or for all algorithms in use where
// it is empty, and returns their kids (OIDC Core section 10.1.1).
func (p *Provider) RotateKeys(alg protocol.Algorithm, plan protocol.KeyPlan) ([]string, error) {
	return p.keys.Rotate(alg, plan)
}

// RevokeGrant ends what a user has allowed a client, with every code and token
// made from it; an empty name means any. It returns how many grants ended.
func (p *Provider) RevokeGrant(login, clientID string) int {
	return p.issuer().Store.EndGrants(login, clientID)
}

// SetUser adds a user, or replaces the one of that login. The error names the
// member that cannot be.
func (p *Provider) SetUser(u store.User) error {
	if u.Login == "" {
		return errNoLogin
	}
	if err := strict.CheckValue("", u); err != nil {
		return err
	}
	err := contradiction.Join(func(report contradiction.Report) { contradiction.User(p.persona(), &u, report) })
	if err != nil {
		return err
	}
	st := p.now()
	whole := setup.Setup{Users: map[string]*store.User{u.Login: &u}}.Complete()
	st.issuer.Store.SetUser(st.kept.Named(whole.Users[u.Login]))
	return nil
}

// Users returns copies of the users, in the order of the sign-in page. A change
// of one counts once it is given to SetUser.
func (p *Provider) Users() []*store.User {
	out := slices.Clone(p.issuer().Store.Users())
	for i, u := range out {
		out[i] = u.Clone()
	}
	return out
}

// SetClient registers a client, or replaces the one of that client_id. The error
// names the member that is misspelt, and the near miss.
func (p *Provider) SetClient(c store.Client) error {
	if c.ID == "" {
		return errNoClientID
	}
	if err := strict.CheckValue("", c); err != nil {
		return err
	}
	whole := setup.Setup{Clients: map[string]*store.Client{c.ID: &c}}.Complete().Clients[c.ID]
	if member, err := contradiction.Lacking(whole); err != nil {
		return fmt.Errorf("%s: %w", member, err)
	}
	err := contradiction.Join(func(report contradiction.Report) { contradiction.Client(p.persona(), c.ID, &c, report) })
	if err != nil {
		return err
	}
	p.issuer().Store.SetClient(whole)
	return nil
}

// Clients returns copies of the clients, by client_id. A change of one counts
// once it is given to SetClient.
func (p *Provider) Clients() []*store.Client {
	out := slices.Clone(p.issuer().Store.Clients())
	for i, c := range out {
		out[i] = c.Clone()
	}
	return out
}

// Overlay lays clients, users and the provider's changes over what there is, removes
// the clients and users that are nil, and arms further faults. Nothing is changed if a
// member of s cannot be.
func (p *Provider) Overlay(s setup.Setup) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if err := checkKeys(s); err != nil {
		return err
	}
	st := p.now()
	before := st.directory()
	if err := setup.CheckRemoved(before, s); err != nil {
		return err
	}
	whole := before.With(setup.Setup{Users: s.Users})
	whole.Provider, whole.Clients, whole.Faults = p.persona().With(s.Provider), s.Clients, s.Faults
	if err := whole.ContradictionOf(s); err != nil {
		return err
	}
	if err := readKeys(&s.Provider); err != nil {
		return err
	}
	return st.overlay(s)
}

// Mint makes tokens without a flow. The error names what is not there, or the member
// that cannot be.
func (p *Provider) Mint(m MintRequest) (Minted, error) {
	if err := strict.CheckValue("", m); err != nil {
		return Minted{}, err
	}
	return p.issuer().Grants.Mint(context.Background(), m)
}

// MintRequest asks for tokens without a flow.
type MintRequest = grant.MintRequest

// Minted are the tokens made.
type Minted = grant.Minted
