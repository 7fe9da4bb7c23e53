package mockprovider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// state is what the provider makes of a record.State to serve requests. It keeps
// nothing by itself, so that it can be made again.
type state struct {
	kept    *record.State
	issuer  *endpoint.Issuer
	handler func() http.Handler // made at the first request: many issuers never see one
	http2   bool                // is offered to clients

	mu     sync.Mutex
	others map[string]*state // under other names of the issuer, by base URL
}

// mostNames is how many names of an issuer keep what serves them. Under any other it is
// made again, which costs a moment.
const mostNames = 64

// stateFor returns the state for a request that begins, which was sent to a base URL; "" is
// the one that was set.
func (p *Provider) stateFor(base string) *state {
	st := p.now()
	if base == "" {
		return st
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if other := st.others[base]; other != nil {
		return other
	}
	if st.others == nil || len(st.others) >= mostNames {
		st.others = map[string]*state{}
	}
	other := p.stateOf(st.kept, base)
	st.others[base] = other
	return other
}

// aliases returns the URLs of the issuer under the name that a text begins with: also
// with the path of a proxy (X-Forwarded-Prefix), once a request came by it.
func (p *Provider) aliases(text, own string) []string {
	out := p.names.aliases(text, p.below, own)
	st := p.state.Load()
	if st == nil {
		return out
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for base := range st.others {
		if strings.HasPrefix(text, base) && !slices.Contains(out, base+p.below) {
			out = append(out, base+p.below)
		}
	}
	return out
}

// renewState lets the issuer begin with another base URL from now on.
func (p *Provider) renewState() {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	p.state.Store(nil)
}

// now returns the state for a request that begins. The request runs against it to
// its end: while a Reset goes on, it meets the old state or the new one, and never
// half of each.
func (p *Provider) now() *state {
	kept := p.backend.Current()
	if st := p.state.Load(); st != nil && st.kept == kept {
		return st
	}
	p.replacing.Lock()
	defer p.replacing.Unlock()
	return p.follow()
}

// follow makes the state of what the backend has now, if there is another. The
// caller holds the lock.
func (p *Provider) follow() *state {
	kept := p.backend.Current()
	st := p.state.Load()
	if st == nil || st.kept != kept {
		st = p.stateOf(kept, p.names.baseURL())
		p.state.Store(st)
	}
	return st
}

// issuer returns the issuer in its current state. What needs more than one look
// at it must call issuer once.
func (p *Provider) issuer() *endpoint.Issuer { return p.now().issuer }

// persona returns what the provider is like now.
func (p *Provider) persona() *persona.Persona { return p.backend.Current().Persona() }

// stateOf makes the state that serves what is kept, for who knows the issuer under a
// base URL.
func (p *Provider) stateOf(kept *record.State, base string) *state {
	url := base + p.below
	identifier := url // in tokens: the persona's where it plays the real one
	if s := p.initial.Load().Provider; s.Dialect != nil && s.Identity == "real" && s.Dialect.Issuer != "" {
		identifier = s.Dialect.Issuer
	}
	i := &endpoint.Issuer{
		Pipeline: pipeline.Pipeline{
			State: kept, URL: url, Random: p.random, Pages: p.pages, Records: p.shared.records,
			Grants: grant.New(grant.Config{
				State: kept, Keys: p.keys, Random: p.random, Fetch: p.fetch, Claims: p.claims, Notice: p.shared.notices.noticeOnce,
				Site: issuer.Site{
					URL: url, Address: identifier,
					Several: p.names.hasSeveral(), Aliases: func(text string) []string { return p.aliases(text, url) },
				},
			}),
		},
		Console: p.console(base), Browser: p.names.browserURL(base) + p.below, Names: p.names.followHost,
		Keys: p.keys, Notice: p.shared.notices.noticeOnce,
	}
	if p.log != nil {
		p.log.follow(i, p.prefix())
	}
	return &state{kept: kept, issuer: i, handler: sync.OnceValue(i.Handler), http2: p.http2}
}

// fill puts what a setup describes into an empty state. The state has its own copies,
// so that no change to it reaches the setup.
func (st *state) fill(initial setup.Setup) error {
	s := initial.Complete()
	st.kept.EditPersona(func(*persona.Persona) persona.Persona { return s.Provider })
	for _, c := range s.Clients {
		st.kept.SetClient(c)
	}
	for _, login := range logins(s.Users) {
		st.kept.SetUser(st.kept.Named(s.Users[login]))
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
	whole, err := capability.Expand(deepcopy.Of(f))
	if err != nil {
		return "", err
	}
	if why := effect.NeedsHTTP1(&whole); why != "" && st.http2 {
		return "", fmt.Errorf("this fault needs HTTP/1.1, and the server offers HTTP/2: %s; start it without --http2", why)
	}
	return st.kept.Faults.Add(whole)
}

// set overlays what the provider is like.
func (st *state) set(over persona.Persona) {
	st.kept.EditPersona(func(old *persona.Persona) persona.Persona { return old.With(over) })
}

// directory returns the clients and users that there are. They are shared and must not
// be changed.
func (st *state) directory() setup.Setup {
	out := setup.Setup{Clients: map[string]*store.Client{}, Users: map[string]*store.User{}}
	for _, c := range st.kept.Clients() {
		out.Clients[c.ID] = c
	}
	for _, u := range st.kept.Users() {
		out.Users[u.Login] = u
	}
	return out
}

// overlay lays a setup over the state. Each client and user is changed in one
// step: an edit that happens at the same time is not lost.
func (st *state) overlay(s setup.Setup) error {
	over := func(id string, old *store.Client) *store.Client {
		if old != nil && old.Unregistered {
			old = nil // it is registered now
		}
		base := setup.Setup{Clients: map[string]*store.Client{id: old}}
		return base.With(setup.Setup{Clients: map[string]*store.Client{id: s.Clients[id]}}).Complete().Clients[id]
	}
	for id, c := range s.Clients {
		old, _ := st.kept.Store.Client(id)
		if c == nil {
			continue // it is removed
		}
		if member, err := contradiction.Lacking(over(id, old)); err != nil {
			return fmt.Errorf("clients.%s.%s: %w", id, member, err)
		}
	}
	st.set(s.Provider)
	for id, c := range s.Clients {
		if c == nil {
			st.kept.RemoveClient(id)
			continue
		}
		st.kept.EditClient(id, func(old *store.Client) *store.Client { return over(id, old) })
	}
	for _, login := range logins(s.Users) {
		if s.Users[login] == nil {
			st.kept.RemoveUser(login)
			continue
		}
		st.kept.EditUser(login, func(old *store.User) *store.User {
			if old != nil && old.Added != 0 {
				old = nil // a user of the sign-in page gives way to a configured one
			}
			base := setup.Setup{Users: map[string]*store.User{login: old}}
			return st.kept.Named(base.With(setup.Setup{Users: map[string]*store.User{login: s.Users[login]}}).Complete().Users[login])
		})
	}
	return st.arm(s.Faults)
}

// Restart forgets what a provider without a disk forgets when it restarts:
// codes, tokens, grants, sessions and pending sign-ins. Clients, users, faults,
// keys, the clock and the journal stay.
func (p *Provider) Restart() { p.backend.Restart() }

// Reset brings the issuer back to how it was made: clients, users, faults and
// persona; codes, tokens, sessions and the journal are forgotten, and so are keys
// that sign no more. The clock stays. It is one step: a request that began before ends as if there had been
// no Reset, and leaves no trace in what comes after.
func (p *Provider) Reset() error {
	p.replacing.Lock()
	defer p.replacing.Unlock()
	if err := p.backend.Reset(p.fill); err != nil {
		return fmt.Errorf("mockprovider: reset: %w", err)
	}
	p.keys.Retire()
	p.follow()
	return nil
}

// fill puts what the provider was made with into an empty state.
func (p *Provider) fill(kept *record.State) error {
	return (&state{kept: kept, http2: p.http2}).fill(*p.initial.Load())
}
