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
// provider is like are those of the defaults, and of what each issuer was made with or,
// where it is one of issuers, of what that has. What the old ones had and these do not
// have is removed, and faults count anew. Codes, tokens, sessions, keys, clocks, journals
// and clients that registered themselves stay. An error leaves everything as it is.
func (h *Host) Reload(defaults setup.Setup, issuers map[string]setup.Setup) error {
	if err := defaults.Validate(); err != nil {
		return err
	}
	if err := setup.CheckRemoved(setup.Default(), defaults); err != nil {
		return err
	}
	whole := setup.Default().With(defaults)
	h.mu.Lock()
	defer h.mu.Unlock()
	own, err := h.ownParts(issuers)
	if err != nil {
		return err
	}
	for name, p := range h.issuers {
		if err := p.checkSetup(whole.With(own[name]), own[name]); err != nil {
			return fmt.Errorf("issuer %q: %w", name, err)
		}
	}
	h.defaults = whole
	clear(h.hosts)
	for _, name := range slices.Sorted(maps.Keys(h.issuers)) {
		p := h.issuers[name]
		p.own = own[name]
		p.reload(whole.With(p.own))
		for _, host := range p.hosts() {
			if h.hosts[host] == nil {
				h.hosts[host] = p
			}
		}
	}
	return nil
}

// ownParts returns what each issuer has in addition to the defaults: that of issuers, or
// what it was made with. The caller holds the lock.
func (h *Host) ownParts(issuers map[string]setup.Setup) (map[string]setup.Setup, error) {
	own := make(map[string]setup.Setup, len(h.issuers))
	for name, p := range h.issuers {
		own[name] = p.own
	}
	for name, s := range issuers {
		if h.issuers[name] == nil {
			return nil, &missing{"issuer", name}
		}
		if err := s.Validate(); err != nil {
			return nil, err
		}
		own[name] = s
	}
	return own, nil
}

// checkSetup fills a state that is never served. apart is the part of s that is not the defaults.
func (p *Provider) checkSetup(s, apart setup.Setup) error {
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
