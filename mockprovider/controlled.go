package mockprovider

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// controlOf returns the control API of a host, made at its first use: its table
// costs 0.2 ms.
func controlOf(h *Host, pages *ui.Pages) func() *control.API {
	return sync.OnceValue(func() *control.API {
		return control.New(controlledHost{h}, pages, control.Token(h.opts.ControlToken))
	})
}

// target is where a request for the control API goes.
func target(p *Provider, rest, base string) control.Target {
	if p == nil {
		return control.Target{Rest: rest}
	}
	return control.Target{Issuer: controlled{p, base}, Rest: rest}
}

// controlledHost shows a host to the control API.
type controlledHost struct{ *Host }

func (h controlledHost) Issuer(name string) control.Issuer {
	if p, ok := h.Host.Issuer(name); ok {
		return controlled{Provider: p}
	}
	return nil
}

func (h controlledHost) Create(name string, s setup.Setup) (control.Issuer, error) {
	if strings.Trim(name, "/") == "" {
		return nil, errors.New("name: want a name: the default issuer exists already")
	}
	if err := withoutFiles(s.Provider); err != nil {
		return nil, err
	}
	p, err := h.Host.Create(name, s)
	if err != nil {
		return nil, err
	}
	return controlled{Provider: p}, nil
}

// AuthorityPEM returns the certificate that clients have to trust, nil where there is none.
func (h controlledHost) AuthorityPEM() []byte {
	if h.opts.Authority == nil {
		return nil
	}
	return h.opts.Authority.PEM()
}

// SetBaseURL gives the issuers another base URL while they run.
func (h controlledHost) SetBaseURL(base string) error { return h.setBaseURL(base) }

// Attack lays an entry of the failure catalogue over an issuer.
func (h controlledHost) Attack(i control.Issuer, entry string) error {
	c, ok := i.(controlled)
	if !ok {
		return errors.New("the issuer belongs to another host")
	}
	return h.attack(c.Provider, entry)
}

// Attack has no catalogue to take an entry from: a Host may have one.
func (s sole) Attack(control.Issuer, string) error {
	return errors.New("this provider has no failure catalogue: use authdrill serve")
}

// controlled shows an issuer to the control API, as it is known under the base URL
// that was asked; "" is the one that was set.
type controlled struct {
	*Provider
	base string
}

func (c controlled) Issuer() string { return c.stateFor(c.base).issuer.URL }

// Set overlays what the provider is like. It reads no files.
func (c controlled) Set(p persona.Persona) error {
	if err := withoutFiles(p); err != nil {
		return err
	}
	return c.Provider.Set(p)
}

// Overlay lays a setup over what there is. It reads no files.
func (c controlled) Overlay(s setup.Setup) error {
	if err := withoutFiles(s.Provider); err != nil {
		return err
	}
	return c.Provider.Overlay(s)
}

// withoutFiles refuses settings that name files: whoever reaches the control API
// need not be who may read them.
func withoutFiles(p persona.Persona) error {
	if _, unread := p.UnreadKey(); unread {
		return errors.New("provider.keys[0].file: the control API reads no files; name the key in the configuration file, or in Go")
	}
	return nil
}

// DisableUser lets a user no longer sign in, refresh or use tokens, or lifts
// that. It reports whether there is such a user.
func (c controlled) DisableUser(login string, disabled bool) bool {
	return c.issuer().Store.EditUser(login, func(u *store.User) *store.User {
		if u == nil {
			return nil
		}
		changed := *u
		changed.Disabled = disabled
		return &changed
	})
}

// RemoveFault disarms a fault and reports whether there was one of that id.
func (c controlled) RemoveFault(id string) bool { return c.Provider.ClearFaults(id) > 0 }

// ClearFaults disarms all faults.
func (c controlled) ClearFaults() { c.Provider.ClearFaults() }

// RemoveUser forgets a user and reports whether there was one.
func (c controlled) RemoveUser(login string) bool { return c.issuer().Store.RemoveUser(login) }

// RemoveClient forgets a client and reports whether there was one.
func (c controlled) RemoveClient(id string) bool { return c.issuer().Store.RemoveClient(id) }

func (c controlled) Keys() []control.Key {
	var out []control.Key
	for _, k := range c.keys.Published() {
		out = append(out, control.Key{Kid: k.Kid, Alg: k.Alg})
	}
	return out
}

func (c controlled) Mint(m control.Mint) (any, error) {
	return c.stateFor(c.base).issuer.Grants.Mint(context.Background(), MintRequest{
		ClientID: m.ClientID, User: m.User, Scopes: strings.Fields(m.Scope), Audience: m.Audience, Nonce: m.Nonce, Issuer: m.Issuer, Claims: m.Claims, AccessToken: m.AccessToken, IDToken: m.IDToken,
	})
}

func (c controlled) Name() string { return c.name }

func (c controlled) CSRF() string { return c.csrf }

// sole shows an issuer that no Host keeps to the control API.
type sole struct{ *Provider }

func (s sole) Issuer(name string) control.Issuer {
	if name != s.name {
		return nil
	}
	return controlled{Provider: s.Provider}
}

func (s sole) Create(string, setup.Setup) (control.Issuer, error) {
	return nil, errors.New("this provider has a single issuer: serve a mockprovider.Host to have more")
}

// BaseURL is the issuer identifier: no other issuer begins with it.
func (s sole) BaseURL() string { return s.Provider.Issuer() }

func (s sole) SetBaseURL(base string) error { return s.SetIssuer(base) }

func (s sole) AuthorityPEM() []byte { return s.authority }

func (s sole) Delete(string) bool { return false }

func (s sole) Names() []string { return []string{s.name} }
