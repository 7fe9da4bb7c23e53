package capability

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// CheckEffects finds what over says of a provider that does not have it: p is what
// over is laid over, or over itself. What a persona comes with is not said by over. It
// calls found with the member of each.
func CheckEffects(p *persona.Persona, over *persona.Persona, found func(member string, lacks error)) {
	report := func(member string, lacks error) {
		if lacks != nil {
			found(member, lacks)
		}
	}
	for _, s := range settings(p) {
		if s.lacks != nil && s.isSet(*over, asItComes(p)) {
			report(s.member, s.lacks)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(over.Scopes)) {
		if of := over.Scopes[name]; !of.IDToken.IsZero() {
			report("scopes."+name+".id_token", LacksArtifact(p, protocol.IDToken))
		}
	}
}

// setting is a member that counts only where the provider has something.
type setting struct {
	member string
	lacks  error // nil: the provider has it
	of     func(p *persona.Persona) any
}

func settings(p *persona.Persona) []setting {
	return []setting{
		{"id_token", LacksArtifact(p, protocol.IDToken), func(p *persona.Persona) any { return p.IDToken }},
		{"jwks", LacksArtifact(p, protocol.KeySet), func(p *persona.Persona) any { return p.JWKS }},
		{"userinfo", LacksArtifact(p, protocol.Userinfo), func(p *persona.Persona) any { return p.Userinfo }},
		{"refresh_token", LacksGrant(p, protocol.RefreshTokenGrant), func(p *persona.Persona) any { return p.RefreshToken }},
		{"device_code", LacksGrant(p, protocol.DeviceCodeGrant), func(p *persona.Persona) any { return p.DeviceCode }},
		{"pushed_authorization_request", MissesEndpoint(p, protocol.PushedAuthorizationRequestEndpoint), func(p *persona.Persona) any { return p.PushedRequest }},
	}
}

// isSet reports whether over says something of the setting that base does not.
func (s setting) isSet(over, base persona.Persona) bool {
	if len(over.Keys) > 0 { // whose algorithm is that of the tokens, without being written
		over.IDToken.SigningAlg, base.IDToken.SigningAlg = "", ""
	}
	said := reflect.ValueOf(s.of(&over))
	return !said.IsZero() && !reflect.DeepEqual(said.Interface(), s.of(&base))
}

// asItComes returns the persona that p is made of, without settings of its user. That
// of a file is not at hand: what it has counts as its own.
func asItComes(p *persona.Persona) persona.Persona {
	if p.Dialect == nil {
		return persona.Spec()
	}
	if base, err := persona.Named(string(p.Name)); err == nil && base.Dialect == p.Dialect {
		return base
	}
	return *p
}

// LacksArtifact says that the provider does not make an artifact; nil where it does.
func LacksArtifact(p *persona.Persona, a protocol.Artifact) error {
	if hasArtifact(p, a) {
		return nil
	}
	return fmt.Errorf("%s makes no %s: leave it out", title(p), a)
}

// LacksGrant says that the provider does not offer a grant type; nil where it does.
func LacksGrant(p *persona.Persona, g protocol.Grant) error {
	if slices.Contains(Grants(p), g) {
		return nil
	}
	return fmt.Errorf("%s does not offer the grant type %s: add it to provider.grant_types_supported, or leave it out", title(p), g)
}

// MissesEndpoint says that the provider does not have an endpoint; nil where it does.
func MissesEndpoint(p *persona.Persona, e protocol.Endpoint) error {
	if hasEndpoint(p, e) {
		return nil
	}
	return fmt.Errorf("%s has no %s: leave it out", title(p), e)
}
