package clientauth

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// HasScope reports whether the provider has a scope, and a client with those of its
// registration may ask for it.
func (g *Registry) HasScope(allowed []string, scope string) bool {
	return capability.HasScope(g.state.Persona(), scope) && (len(allowed) == 0 || slices.Contains(allowed, scope))
}

// WhyNotScopes says why a client may not ask for some scopes, "" if it may.
func (g *Registry) WhyNotScopes(c *store.Client, scopes []string) string {
	for _, scope := range scopes {
		switch {
		case !capability.HasScope(g.state.Persona(), scope):
			return "The provider does not have the scope " + exchange.Quoted(scope) + ": add it to scopes_supported of the provider, or of one of its protected_resources."
		case !g.HasScope(strings.Fields(c.Scope), scope):
			return "The client " + c.ID + " may not ask for the scope " + exchange.Quoted(scope) + ": add it to its scope, or ask for one of " + c.Scope + "."
		}
	}
	return ""
}
