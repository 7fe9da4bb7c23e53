package capability

import (
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// CheckFault finds a fault that never strikes, because the provider has no such
// endpoint, artifact or grant, or whose name is not known. The error names the member.
func CheckFault(p *persona.Persona, f fault.Fault) error {
	whole, err := Expand(f)
	if err != nil {
		return err
	}
	err = checkOccurrence(p, whole)
	member, wrong := strict.MemberOf(err)
	if f.Documented == "" || member == "" {
		return err
	}
	if grant, ok := whole.Match["grant_type"].(string); ok && member == "match.grant_type" && LacksGrant(p, protocol.Grant(grant)) == nil {
		return nil // it depends on a setting, and the name is of any
	}
	return strict.Member("documented", wrong)
}

func checkOccurrence(p *persona.Persona, f fault.Fault) error {
	if f.At != "" && !hasEndpoint(p, f.At) {
		return strict.Member("at", fmt.Errorf("%s has no %s: the fault never strikes", title(p), f.At))
	}
	if f.On != "" && !hasArtifact(p, f.On) {
		return strict.Member("on", fmt.Errorf("%s makes no %s: the fault never strikes", title(p), f.On))
	}
	grant, ok := f.Match["grant_type"].(string)
	if ok && slices.Contains(protocol.Values[protocol.Grant](""), grant) && !hasGrant(p, protocol.Grant(grant)) {
		return strict.Member("match.grant_type", fmt.Errorf("%s has no grant %s: the fault never strikes", title(p), grant))
	}
	return nil
}

func title(p *persona.Persona) string {
	if p.Dialect == nil {
		return "the provider"
	}
	return "persona " + string(p.Name)
}

// hasEndpoint reports whether a request can be one at an endpoint.
func hasEndpoint(p *persona.Persona, e protocol.Endpoint) bool {
	if p.Dialect == nil {
		return !LacksEndpoint(p, e)
	}
	if !dialectfile.IsPublished(e) && e != protocol.Resource {
		return true
	}
	for _, has := range p.Dialect.Endpoints.All() {
		if has.Name == e && len(has.URLs) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(p.Dialect.Resources, func(r dialectfile.Resource) bool { return r.Name() == e })
}

// hasArtifact reports whether the provider makes an artifact: what is signed needs
// keys that it publishes.
func hasArtifact(p *persona.Persona, a protocol.Artifact) bool {
	switch a {
	case protocol.IDToken, protocol.LogoutToken, protocol.SignedUserinfo, protocol.KeySet:
		return hasEndpoint(p, protocol.JWKSURI)
	case protocol.IntrospectionResponse:
		return hasEndpoint(p, protocol.IntrospectionEndpoint)
	case protocol.Userinfo:
		return hasEndpoint(p, protocol.UserinfoEndpoint)
	case protocol.Metadata:
		return hasEndpoint(p, protocol.Discovery)
	}
	return true
}

func hasGrant(p *persona.Persona, g protocol.Grant) bool {
	if g == protocol.RefreshTokenGrant && p.RefreshToken.Issue == "never" && (p.Dialect == nil || len(p.Dialect.RefreshTokenWhen) == 0) {
		return false
	}
	return slices.Contains(Grants(p), g)
}

// Grants returns the grant types that the provider offers: those it is set to, as the
// metadata list them where that is overridden.
func Grants(p *persona.Persona) []protocol.Grant {
	offered := p.GrantTypes
	if len(offered) == 0 {
		offered = protocol.UsualGrants()
	}
	return Supported(p, "grant_types_supported", offered)
}
