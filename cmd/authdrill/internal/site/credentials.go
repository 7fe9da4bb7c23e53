package site

import (
	"net/url"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// Environment is what a command is told, under names of ours and under those
// that many programs use.
func (s *Site) Environment() []string {
	id, secret := s.Credentials()
	base := s.Host.BaseURL()
	out := s.trusting()
	if s.Reached.Token != "" {
		out = append(out, setting.ControlTokenVariable+"="+s.Reached.Token)
	}
	return append(out,
		setting.EnvPrefix+"ISSUER="+base,
		setting.EnvPrefix+"CLIENT_ID="+id,
		setting.SecretVariable+"="+secret,
		setting.ControlVariable+"="+s.Control(),
		"OIDC_ISSUER="+s.OpenID(),
		"OIDC_CLIENT_ID="+id,
		"OIDC_CLIENT_SECRET="+secret,
	)
}

// OpenID is the issuer identifier that a client of OpenID Connect is told.
func (s *Site) OpenID() string {
	if d := s.Issuer().Persona().Dialect; d != nil {
		return s.Host.BaseURL() + d.OpenID.Issuer
	}
	return s.Host.BaseURL()
}

// Scope is what the bundled client app asks for, empty for what it always does.
func (s *Site) Scope() string {
	if d := s.Issuer().Persona().Dialect; d != nil {
		return d.OpenID.Scope
	}
	return ""
}

// API is a resource that the access token is good for.
func (s *Site) API() string {
	p := s.Issuer()
	if p.Persona().Dialect == nil {
		return s.Host.BaseURL() + "/resource/me"
	}
	address, _ := p.Metadata()[string(protocol.UserinfoEndpoint)].(string)
	u, err := url.Parse(address)
	if err != nil {
		return s.Host.BaseURL()
	}
	return s.Host.BaseURL() + u.Path
}

// Unfit says why the bundled client app cannot sign in there; nothing where it
// can.
func (s *Site) Unfit() string {
	d := s.Issuer().Persona().Dialect
	switch {
	case d == nil:
		return ""
	case len(d.Endpoints.Discovery) == 0:
		return d.Title + " has no OpenID Connect discovery"
	}
	return d.OpenID.Unfit
}

// Credentials are those of the client that a newcomer uses.
func (s *Site) Credentials() (id, secret string) {
	c := s.Issuer().Client()
	return c.ID, c.Secret
}

// IsDefault reports whether the credentials are the well-known ones.
func IsDefault(id, secret string) bool { return id == setup.ClientID && secret == setup.ClientSecret }
