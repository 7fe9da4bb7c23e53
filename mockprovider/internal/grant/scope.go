package grant

import (
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func (e *Engine) scopeAllowed(allowed []string, scope string) bool {
	return capability.HasScope(e.Persona(), scope) && (len(allowed) == 0 || slices.Contains(allowed, scope))
}

// WhyNotScopes says why a client may not ask for some scopes, "" if it may.
func (e *Engine) WhyNotScopes(c *store.Client, scopes []string) string {
	for _, scope := range scopes {
		switch {
		case !capability.HasScope(e.Persona(), scope):
			return "The provider does not have the scope " + exchange.Quoted(scope) + ": add it to scopes_supported of the provider, or of one of its protected_resources."
		case !e.scopeAllowed(strings.Fields(c.Scope), scope):
			return "The client " + c.ID + " may not ask for the scope " + exchange.Quoted(scope) + ": add it to its scope, or ask for one of " + c.Scope + "."
		}
	}
	return ""
}

// WhyNoScope says why a token for some resources could have none of some scopes that
// are asked for, "" if it can: each belongs to other resources (RFC 8707 section 2.2).
func (e *Engine) WhyNoScope(scopes, audience []string) string {
	known := e.Persona().ProtectedResources
	if len(scopes) == 0 || len(resource.Scopes(scopes, audience, known)) > 0 {
		return ""
	}
	have := resource.ScopesOf(audience, known)
	if len(have) == 0 {
		have = []string{"none"}
	}
	return "The scope " + exchange.Quoted(strings.Join(scopes, " ")) + " is not of the resource " + exchange.Quoted(strings.Join(audience, " ")) + ", which has " + strings.Join(have, ", ") +
		": ask for a scope of the resource, or name the resource that has the scope."
}

func grantAll(r fosite.AccessRequester) {
	for _, scope := range r.GetRequestedScopes() {
		r.GrantScope(scope)
	}
}
