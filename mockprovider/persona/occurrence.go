package persona

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// CheckFault finds a fault that never strikes, because the provider has no such
// endpoint, artifact or grant, or whose name is not known. The error names the member.
func (p *Persona) CheckFault(f fault.Fault) error {
	whole, err := Expand(f)
	if err != nil {
		return err
	}
	err = p.checkOccurrence(whole)
	member, wrong := strict.MemberOf(err)
	if f.Documented == "" || member == "" {
		return err
	}
	if grant, ok := whole.Match["grant_type"].(string); ok && member == "match.grant_type" && p.LacksGrant(protocol.Grant(grant)) == nil {
		return nil // it depends on a setting, and the name is of any
	}
	return strict.Member("documented", wrong)
}

// CheckFaults finds faults of which none ever strikes: it is what is wrong with the
// first.
func (p *Persona) CheckFaults(all []fault.Fault) error {
	var first error
	for _, f := range all {
		err := p.CheckFault(f)
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}

func (p *Persona) checkOccurrence(f fault.Fault) error {
	if f.At != "" && !p.hasEndpoint(f.At) {
		return strict.Member("at", fmt.Errorf("%s has no %s: the fault never strikes", p.title(), f.At))
	}
	if f.On != "" && !p.hasArtifact(f.On) {
		return strict.Member("on", fmt.Errorf("%s makes no %s: the fault never strikes", p.title(), f.On))
	}
	grant, ok := f.Match["grant_type"].(string)
	if ok && slices.Contains(protocol.Grant("").Values(""), grant) && !p.hasGrant(protocol.Grant(grant)) {
		return strict.Member("match.grant_type", fmt.Errorf("%s has no grant %s: the fault never strikes", p.title(), grant))
	}
	return nil
}

func (p *Persona) title() string {
	if p.Dialect == nil {
		return "the provider"
	}
	return "persona " + string(p.Name)
}

// hasEndpoint reports whether a request can be one at an endpoint.
func (p *Persona) hasEndpoint(e protocol.Endpoint) bool {
	if p.Dialect == nil {
		return !p.LacksEndpoint(e)
	}
	if !e.Published() && e != protocol.Resource {
		return true
	}
	for _, has := range p.Dialect.Endpoints.All() {
		if has.Name == e && len(has.URLs) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(p.Dialect.Resources, func(r Resource) bool { return r.Name() == e })
}

// hasArtifact reports whether the provider makes an artifact: what is signed needs
// keys that it publishes.
func (p *Persona) hasArtifact(a protocol.Artifact) bool {
	switch a {
	case protocol.IDToken, protocol.LogoutToken, protocol.SignedUserinfo, protocol.KeySet:
		return p.hasEndpoint(protocol.JWKSURI)
	case protocol.IntrospectionResponse:
		return p.hasEndpoint(protocol.IntrospectionEndpoint)
	case protocol.Userinfo:
		return p.hasEndpoint(protocol.UserinfoEndpoint)
	case protocol.Metadata:
		return p.hasEndpoint(protocol.Discovery)
	}
	return true
}

func (p *Persona) hasGrant(g protocol.Grant) bool {
	if g == protocol.RefreshTokenGrant && p.RefreshToken.Issue == "never" && (p.Dialect == nil || len(p.Dialect.RefreshTokenWhen) == 0) {
		return false
	}
	return slices.Contains(p.Grants(), g)
}

// Grants returns the grant types that the provider offers: those it is set to, as the
// metadata list them where that is overridden.
func (p *Persona) Grants() []protocol.Grant {
	offered := p.GrantTypes
	if len(offered) == 0 {
		offered = protocol.UsualGrants()
	}
	return Supported(p, "grant_types_supported", offered)
}
