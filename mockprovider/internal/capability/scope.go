package capability

import (
	"slices"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

// HasScope reports whether the provider has a scope: any, unless its scopes are listed.
// Those of protected resources, and those that tokens are described for, exist too.
func HasScope(p *persona.Persona, scope string) bool {
	if len(p.ScopesSupported) == 0 || slices.Contains(p.ScopesSupported, scope) {
		return true
	}
	if _, described := p.Scopes[scope]; described {
		return true
	}
	for _, r := range p.ProtectedResources {
		if r != nil && slices.Contains(r.ScopesSupported, scope) {
			return true
		}
	}
	return false
}
