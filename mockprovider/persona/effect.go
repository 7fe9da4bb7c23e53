package persona

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// CheckEffects finds what over says of a provider that does not have it: p is what
// over is laid over, or over itself. What a persona comes with is not said by over. It
// calls found with the member of each.
func (p *Persona) CheckEffects(over *Persona, found func(member string, lacks error)) {
	report := func(member string, lacks error) {
		if lacks != nil {
			found(member, lacks)
		}
	}
	for _, s := range p.settings() {
		if s.lacks != nil && s.isSet(*over, p.asItComes()) {
			report(s.member, s.lacks)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(over.Scopes)) {
		if of := over.Scopes[name]; !of.IDToken.IsZero() {
			report("scopes."+name+".id_token", p.LacksArtifact(protocol.IDToken))
		}
	}
}

// setting is a member that counts only where the provider has something.
type setting struct {
	member string
	lacks  error // nil: the provider has it
	of     func(p *Persona) any
}

func (p *Persona) settings() []setting {
	return []setting{
		{"id_token", p.LacksArtifact(protocol.IDToken), func(p *Persona) any { return p.IDToken }},
		{"jwks", p.LacksArtifact(protocol.KeySet), func(p *Persona) any { return p.JWKS }},
		{"userinfo", p.LacksArtifact(protocol.Userinfo), func(p *Persona) any { return p.Userinfo }},
		{"refresh_token", p.LacksGrant(protocol.RefreshTokenGrant), func(p *Persona) any { return p.RefreshToken }},
		{"device_code", p.LacksGrant(protocol.DeviceCodeGrant), func(p *Persona) any { return p.DeviceCode }},
		{"pushed_authorization_request", p.MissesEndpoint(protocol.PushedAuthorizationRequestEndpoint), func(p *Persona) any { return p.PushedRequest }},
	}
}

// isSet reports whether over says something of the setting that base does not.
func (s setting) isSet(over, base Persona) bool {
	if len(over.Keys) > 0 { // whose algorithm is that of the tokens, without being written
		over.IDToken.SigningAlg, base.IDToken.SigningAlg = "", ""
	}
	said := reflect.ValueOf(s.of(&over))
	return !said.IsZero() && !reflect.DeepEqual(said.Interface(), s.of(&base))
}

// asItComes returns the persona that p is made of, without settings of its user. That
// of a file is not at hand: what it has counts as its own.
func (p *Persona) asItComes() Persona {
	if p.Dialect == nil {
		return Spec()
	}
	if base, err := Named(string(p.Name)); err == nil && base.Dialect == p.Dialect {
		return base
	}
	return *p
}

// LacksArtifact says that the provider does not make an artifact; nil where it does.
func (p *Persona) LacksArtifact(a protocol.Artifact) error {
	if p.hasArtifact(a) {
		return nil
	}
	return fmt.Errorf("%s makes no %s: leave it out", p.title(), a)
}

// LacksGrant says that the provider does not offer a grant type; nil where it does.
func (p *Persona) LacksGrant(g protocol.Grant) error {
	if slices.Contains(p.Grants(), g) {
		return nil
	}
	return fmt.Errorf("%s does not offer the grant type %s: add it to provider.grant_types_supported, or leave it out", p.title(), g)
}

// MissesEndpoint says that the provider does not have an endpoint; nil where it does.
func (p *Persona) MissesEndpoint(e protocol.Endpoint) error {
	if p.hasEndpoint(e) {
		return nil
	}
	return fmt.Errorf("%s has no %s: leave it out", p.title(), e)
}

// CheckResourceName refuses the identifier of a protected resource that no request can
// name: resource has absolute URIs without a fragment (RFC 8707 section 2), audience
// has names between spaces.
func CheckResourceName(name string) error {
	u, err := url.Parse(name)
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) || err != nil:
		return fmt.Errorf("no request can name the resource %q: want an absolute URI such as https://api.example.com", name)
	case strings.Contains(name, "#"):
		return fmt.Errorf("%q has a fragment, and no resource has one (RFC 8707 section 2): leave it out", name)
	case strings.HasPrefix(name, "/"), (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return fmt.Errorf("%q is not an absolute URI: want one such as https://api.example.com (RFC 8707 section 2)", name)
	}
	return nil
}
