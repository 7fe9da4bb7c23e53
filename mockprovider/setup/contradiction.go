package setup

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Contradiction finds what one part of a whole setup says and another part keeps from
// ever having an effect. The error names the member. A setup that is laid over another
// one is not whole: With comes first.
func (s Setup) Contradiction() error {
	p := &s.Provider
	if p.Identity == "real" && p.Dialect == nil {
		return strict.Member("provider.identity", errors.New("real needs a persona of a real provider: add persona: NAME, or leave it out"))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Clients)) {
		c := s.Clients[id]
		if c == nil {
			continue
		}
		if member, err := clientContradiction(p, id, c); err != nil {
			return strict.Member("clients."+id+"."+member, err)
		}
	}
	for n, f := range s.Faults {
		whole, err := persona.Expand(f)
		if err == nil && f.Documented == "" {
			err = p.CheckFault(whole)
		}
		if err != nil {
			return strict.Member(fmt.Sprintf("faults.%d", n), err)
		}
	}
	return nil
}

// ClientContradiction finds what a client is registered with and a provider never
// grants. The error names the member.
func ClientContradiction(p *persona.Persona, c *store.Client) error {
	if member, err := clientContradiction(p, c.ID, c); err != nil {
		return strict.Member(member, err)
	}
	return nil
}

func clientContradiction(p *persona.Persona, id string, c *store.Client) (member string, err error) {
	if member, uri, ok := c.Pattern(); ok && !slices.Contains(p.Lax, "any-redirect-uri") {
		return member, fmt.Errorf("%q is a pattern, and URIs are compared as strings: name each, or let provider.lax have any-redirect-uri; of a loopback address any port will do", uri)
	}
	if c.ID != "" && c.ID != id {
		return "client_id", fmt.Errorf("%q differs from the key %q: leave it out", c.ID, id)
	}
	if len(p.ScopesSupported) > 0 {
		for _, scope := range strings.Fields(c.Scope) {
			if !slices.Contains(p.ScopesSupported, scope) {
				return "scope", fmt.Errorf("the provider does not have the scope %q: add it to provider.scopes_supported", scope)
			}
		}
	}
	for n, name := range c.Audience {
		if _, known := p.ProtectedResources[name]; !known && len(p.ProtectedResources) > 0 {
			return fmt.Sprintf("audience.%d", n), fmt.Errorf("the provider does not protect %q: add it to provider.protected_resources", name)
		}
	}
	return "", nil
}
