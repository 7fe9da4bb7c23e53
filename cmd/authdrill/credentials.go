package main

import (
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// environment is what a command is told, under names of ours and under those
// that many programs use.
func (s *site) environment() []string {
	id, secret := s.credentials()
	base := s.host.BaseURL()
	out := s.trusting()
	if s.reached.token != "" {
		out = append(out, controlTokenVariable+"="+s.reached.token)
	}
	return append(out,
		envPrefix+"ISSUER="+base,
		envPrefix+"CLIENT_ID="+id,
		secretVariable+"="+secret,
		controlVariable+"="+s.control(),
		"OIDC_ISSUER="+s.openID(),
		"OIDC_CLIENT_ID="+id,
		"OIDC_CLIENT_SECRET="+secret,
	)
}

// openID is the issuer identifier that a client of OpenID Connect is told.
func (s *site) openID() string {
	if d := s.issuer().Persona().Dialect; d != nil {
		return s.host.BaseURL() + d.OpenID.Issuer
	}
	return s.host.BaseURL()
}

// scope is what the bundled client app asks for, empty for what it always does.
func (s *site) scope() string {
	if d := s.issuer().Persona().Dialect; d != nil {
		return d.OpenID.Scope
	}
	return ""
}

// api is a resource that the access token is good for.
func (s *site) api() string {
	p := s.issuer()
	if p.Persona().Dialect == nil {
		return s.host.BaseURL() + "/resource/me"
	}
	address, _ := p.Metadata()[string(protocol.UserinfoEndpoint)].(string)
	u, err := url.Parse(address)
	if err != nil {
		return s.host.BaseURL()
	}
	return s.host.BaseURL() + u.Path
}

// unfit says why the bundled client app cannot sign in there; nothing where it
// can.
func (s *site) unfit() string {
	d := s.issuer().Persona().Dialect
	switch {
	case d == nil:
		return ""
	case len(d.Endpoints.Discovery) == 0:
		return d.Title + " has no OpenID Connect discovery"
	}
	return d.OpenID.Unfit
}

// credentials are those of the client that a newcomer uses.
func (s *site) credentials() (id, secret string) {
	c := s.issuer().Client()
	return c.ID, c.Secret
}

// isDefault reports whether the credentials are the well-known ones.
func isDefault(id, secret string) bool { return id == setup.ClientID && secret == setup.ClientSecret }
