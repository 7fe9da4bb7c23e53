// Package capability derives from settings which endpoints, artifacts, grants, scopes
// and faults a provider has, and which of the settings can never have an effect.
package capability

import (
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// What a provider's settings say in its metadata it also does: a list there is all
// that it takes. That is so of a provider that speaks as the specifications have it;
// the file of a persona says what a real provider does, whose metadata may say else.

// Supports reports whether a value is in the list that the settings have for a member
// of the metadata, true where they have none.
func Supports(p *persona.Persona, member, value string) bool {
	list, ok := supported(p, member)
	return !ok || slices.Contains(list, value)
}

// Supported returns the words of a list that the settings have for a member of the
// metadata, otherwise where they have none.
func Supported[W ~string](p *persona.Persona, member string, otherwise []W) []W {
	list, ok := supported(p, member)
	if !ok {
		return otherwise
	}
	out := make([]W, len(list))
	for n, word := range list {
		out[n] = W(word)
	}
	return out
}

func supported(p *persona.Persona, member string) ([]string, bool) {
	if len(p.Metadata) == 0 || p.Dialect != nil {
		return nil, false
	}
	switch list := p.Metadata[member].(type) {
	case []string:
		return list, true
	case []any:
		var out []string
		for _, item := range list {
			word, ok := item.(string)
			if !ok {
				return nil, false
			}
			out = append(out, word)
		}
		return out, true
	}
	return nil, false
}

// Lacks reports whether the settings say that the provider does not do what a boolean
// member of the metadata is about: by false, or by removing it, which means false.
func Lacks(p *persona.Persona, member string) bool {
	said, there := p.Metadata[member]
	return there && (said == false || p.Dialect == nil && (said == nil || said == match.Absent))
}

// Requires reports whether the settings say true for a member of the metadata.
func Requires(p *persona.Persona, member string) bool {
	return len(p.Metadata) > 0 && p.Dialect == nil && p.Metadata[member] == true
}

// LacksEndpoint reports whether the settings remove an endpoint from the metadata.
func LacksEndpoint(p *persona.Persona, e protocol.Endpoint) bool {
	if len(p.Metadata) == 0 || p.Dialect != nil || !dialectfile.IsPublished(e) {
		return false
	}
	said, there := p.Metadata[string(e)]
	return there && (said == nil || said == match.Absent)
}

// IDTokenAlg is the algorithm of ID tokens where nothing but the provider says one: as
// it is set, or the first that the metadata list, where they do not list that.
func IDTokenAlg(p *persona.Persona) protocol.Algorithm {
	if Supports(p, "id_token_signing_alg_values_supported", string(p.IDToken.SigningAlg)) {
		return p.IDToken.SigningAlg
	}
	signing := protocol.Values[protocol.Algorithm]("signing")
	for _, alg := range Supported[protocol.Algorithm](p, "id_token_signing_alg_values_supported", nil) {
		if slices.Contains(signing, string(alg)) {
			return alg
		}
	}
	return p.IDToken.SigningAlg
}
