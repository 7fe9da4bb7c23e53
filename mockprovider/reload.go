package mockprovider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// Reload lets the issuers go on with other defaults: clients, users, faults and what the
// provider is like are those of the defaults, and of what each issuer was made with.
// What the old ones had and these have not is removed, and faults count anew. Codes,
// tokens, sessions, keys, clocks, journals and clients that registered themselves stay.
// An error leaves everything as it is.
func (h *Host) Reload(defaults setup.Setup) error {
	if err := defaults.Validate(); err != nil {
		return err
	}
	if err := setup.CheckRemoved(setup.Default(), defaults); err != nil {
		return err
	}
	whole := setup.Default().With(defaults)
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, p := range h.issuers {
		if err := p.try(whole.With(p.own), p.own); err != nil {
			return fmt.Errorf("issuer %q: %w", name, err)
		}
	}
	h.defaults = whole
	clear(h.hosts)
	for _, name := range slices.Sorted(maps.Keys(h.issuers)) {
		p := h.issuers[name]
		p.reload(whole.With(p.own))
		for _, host := range p.hosts() {
			if h.hosts[host] == nil {
				h.hosts[host] = p
			}
		}
	}
	return nil
}

// ReloadIssuer lets an issuer of the host go on with another setup over the defaults, as
// Reload does.
func (h *Host) ReloadIssuer(name string, s setup.Setup) error {
	if err := s.Validate(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.issuers[name]
	if p == nil {
		return &missing{"issuer", name}
	}
	whole := h.defaults.With(s)
	if err := p.try(whole, s); err != nil {
		return err
	}
	p.own = s
	p.reload(whole)
	return nil
}

// try fills a state that is never served. apart is the part of s that is not the defaults.
func (p *Provider) try(s, apart setup.Setup) error {
	if err := s.ContradictionOf(ownPart(p.name, s, apart)); err != nil {
		return err
	}
	return memory.New(clock.Running(), 1, 0).Reset(func(kept *record.State) error {
		return (&state{kept: kept, http2: p.http2}).fill(s)
	})
}

// reload puts another setup in the place of the one that the issuer was made with. It
// was tried.
func (p *Provider) reload(next setup.Setup) {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	before, after := p.initial.Swap(&next).Complete(), next.Complete()
	st := &state{kept: p.backend.Current(), http2: p.http2}
	st.kept.EditPersona(func(*persona.Persona) persona.Persona { return after.Provider })
	for id := range before.Clients {
		if after.Clients[id] == nil {
			st.kept.RemoveClient(id)
		}
	}
	for _, c := range after.Clients {
		st.kept.SetClient(c)
	}
	for login := range before.Users {
		if after.Users[login] == nil {
			st.kept.RemoveUser(login)
		}
	}
	for _, login := range logins(after.Users) {
		st.kept.SetUser(st.kept.Named(after.Users[login]))
	}
	st.kept.Faults.Clear()
	_ = st.arm(after.Faults) // the same were armed when they were tried
	p.state.Store(nil)
}
