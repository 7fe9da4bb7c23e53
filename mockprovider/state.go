package mockprovider

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// state is everything that Reset replaces, in one piece. A request runs against
// one state from its beginning to its end: while a Reset goes on, it meets the
// old state or the new one, and never half of each.
type state struct {
	issuer  *endpoint.Issuer
	handler func() http.Handler // made at the first request: many issuers never see one
	persona *atomic.Pointer[persona.Persona]
	http2   bool // is offered to clients
}

// issuer returns the issuer in its current state. What needs more than one look
// at it must call issuer once.
func (p *Provider) issuer() *endpoint.Issuer { return p.state.Load().issuer }

// persona returns what the provider is like now.
func (p *Provider) persona() *persona.Persona { return p.state.Load().persona.Load() }

// newState makes the state that a setup describes. It takes its own copies, so
// that no change to a state reaches the setup.
func (p *Provider) newState(initial setup.Setup, volume journal.Volume) (*state, error) {
	s := initial.Complete()
	like := &atomic.Pointer[persona.Persona]{}
	like.Store(&s.Provider)
	st := p.stateOf(store.New(nil), memory.NewFaults(p.seed), like, volume)
	return st, st.fill(s)
}

// stateOf makes a state of its parts, without codes, tokens and sessions.
func (p *Provider) stateOf(records *store.Store, faults record.Faults, like *atomic.Pointer[persona.Persona], volume journal.Volume) *state {
	i := &endpoint.Issuer{
		URL: p.url, Clock: p.clock, Persona: like.Load, Store: records, Keys: p.keys,
		Random: p.random, Faults: faults, Journal: volume, Pages: p.pages,
		Console: p.console, Records: p.shared.records, Notice: p.shared.notices.once,
	}
	i.Grants = grant.New(grant.Config{
		URL: i.URL, Address: p.identifier, Clock: i.Clock, Persona: i.Persona,
		Store: i.Store, Keys: i.Keys, Faults: i.Faults, Random: i.Random, Fetch: p.fetch,
	})
	return &state{issuer: i, handler: sync.OnceValue(i.Handler), persona: like, http2: p.http2}
}

// fill registers the clients, users and faults of a setup.
func (st *state) fill(s setup.Setup) error {
	for _, c := range s.Clients {
		st.issuer.Store.SetClient(c)
	}
	for _, login := range logins(s.Users) {
		st.issuer.Store.SetUser(st.named(s.Users[login]))
	}
	return st.arm(s.Faults)
}

// arm adds faults. The error says which one cannot work.
func (st *state) arm(faults []fault.Fault) error {
	for n, f := range faults {
		if _, err := st.addFault(f); err != nil {
			return fmt.Errorf("faults[%d]: %w", n, err)
		}
	}
	return nil
}

func (st *state) addFault(f fault.Fault) (string, error) {
	whole, err := persona.Expand(strict.Clone(f))
	if err != nil {
		return "", err
	}
	if why := whole.NeedsHTTP1(); why != "" && st.http2 {
		return "", fmt.Errorf("this fault needs HTTP/1.1, and the server offers HTTP/2: %s; start it without --http2", why)
	}
	return st.issuer.Faults.Add(whole)
}

// set overlays what the provider is like.
func (st *state) set(over persona.Persona) {
	for {
		old := st.persona.Load()
		next := old.With(over)
		if st.persona.CompareAndSwap(old, &next) {
			return
		}
	}
}

// overlay lays a setup over the state. Each client and user is changed in one
// step: an edit that happens at the same time is not lost.
func (st *state) overlay(s setup.Setup) error {
	st.set(s.Provider)
	for id, c := range s.Clients {
		st.issuer.Store.EditClient(id, func(old *store.Client) *store.Client {
			base := setup.Setup{Clients: map[string]*store.Client{id: old}}
			return base.With(setup.Setup{Clients: map[string]*store.Client{id: c}}).Complete().Clients[id]
		})
	}
	for _, login := range logins(s.Users) {
		st.issuer.Store.EditUser(login, func(old *store.User) *store.User {
			base := setup.Setup{Users: map[string]*store.User{login: old}}
			return st.named(base.With(setup.Setup{Users: map[string]*store.User{login: s.Users[login]}}).Complete().Users[login])
		})
	}
	return st.arm(s.Faults)
}

// named gives a user who has no subject identifier of their own one as the
// persona's provider would: always the same.
func (st *state) named(u *store.User) *store.User {
	p := st.persona.Load()
	d := p.Dialect
	if d == nil || d.Tokens.Subject == nil || u.Subject != "" && u.Subject != u.Login {
		return u
	}
	out := *u
	out.Subject = d.Tokens.Subject.Always(p.Name + "\x00" + u.Login)
	return &out
}

// Restart forgets what a provider without a disk forgets when it restarts:
// codes, tokens, grants, sessions and pending sign-ins. Clients, users, faults,
// keys, the clock and the journal stay.
func (p *Provider) Restart() {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	old := p.state.Load()
	i := old.issuer
	p.state.Store(p.stateOf(store.New(i.Store.Directory), i.Faults, old.persona, i.Journal))
}

// Reset brings the issuer back to how it was made: clients, users, faults and
// persona; codes, tokens, sessions and the journal are forgotten, and so are keys
// that sign no more. The clock stays. It is one step: a request that began before ends as if there had been
// no Reset, and leaves no trace in what comes after.
func (p *Provider) Reset() error {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	next, err := p.newState(p.initial, journal.Volume{})
	if err != nil {
		return fmt.Errorf("mockprovider: reset: %w", err)
	}
	p.keys.Retire()
	next.issuer.Journal = p.journal.Reset()
	p.state.Store(next)
	return nil
}
