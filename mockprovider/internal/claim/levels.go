package claim

import (
	"io"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Levels are the places where the content of tokens is configured, in the order in
// which they are laid over each other: the provider, the scopes in their order, the
// client, the user, functions of a Go program, and the request that makes tokens
// without a flow.
type Levels struct {
	Provider  *persona.Persona
	Format    string // of the provider's access tokens for some resources; empty: as always
	Scopes    []string
	Client    *store.Client // nil: not known any more
	User      *store.User   // nil: the grant is the client's own
	Functions []Func
	Request   *Request // nil: of a flow
}

// Request is what a request that makes tokens without a flow says of them.
type Request struct {
	Claims      persona.Claims // of access tokens and ID tokens
	AccessToken persona.AccessToken
	IDToken     persona.IDToken
}

// AccessToken returns what an access token is, from all levels. Its claims are left
// to Apply.
func (l *Levels) AccessToken() persona.AccessToken {
	out := layAccessToken(l.Provider.AccessToken, &persona.AccessToken{Format: l.Format})
	if len(l.Provider.Scopes) > 0 {
		for _, name := range l.Scopes {
			of := l.Provider.Scopes[name]
			out = layAccessToken(out, &of.AccessToken)
		}
	}
	if l.Client != nil {
		out = layAccessToken(out, &l.Client.AccessToken)
	}
	if l.User != nil {
		out = layAccessToken(out, &l.User.AccessToken)
	}
	if l.Request != nil {
		out = layAccessToken(out, &l.Request.AccessToken)
	}
	return out
}

// IDToken returns what an ID token is, from all levels.
func (l *Levels) IDToken() persona.IDToken {
	out := l.Provider.IDToken
	out.SigningAlg = capability.IDTokenAlg(l.Provider)
	if len(l.Provider.Scopes) > 0 {
		for _, name := range l.Scopes {
			of := l.Provider.Scopes[name]
			out = layIDToken(out, &of.IDToken)
		}
	}
	if l.Client != nil {
		out = layIDToken(layIDToken(out, &persona.IDToken{SigningAlg: l.Client.IDTokenAlg}), &l.Client.IDToken)
	}
	if l.User != nil {
		out = layIDToken(out, &l.User.IDToken)
	}
	if l.Request != nil {
		out = layIDToken(out, &l.Request.IDToken)
	}
	return out
}

// Configured reports whether any level has claims for an artifact.
func (l *Levels) Configured(artifact protocol.Artifact) bool {
	before, after := l.sets(artifact)
	return len(before) > 0 || len(after) > 0 || len(l.Functions) > 0
}

// sets returns the claims that are configured for an artifact: those before the
// functions and those after them, without empty ones.
func (l *Levels) sets(artifact protocol.Artifact) (before, after []persona.Claims) {
	p := l.Provider
	before = appendClaims(before, claimsOfLevel(artifact, &p.AccessToken, &p.IDToken, &p.Userinfo))
	if len(p.Scopes) > 0 {
		for _, name := range l.Scopes {
			s := p.Scopes[name]
			if artifact != protocol.IDToken || p.ClaimsIn != "userinfo" {
				before = appendClaims(before, s.Claims)
			}
			before = appendClaims(before, claimsOfLevel(artifact, &s.AccessToken, &s.IDToken, &s.Userinfo))
		}
	}
	if c := l.Client; c != nil {
		before = appendClaims(before, claimsOfLevel(artifact, &c.AccessToken, &c.IDToken, &c.Userinfo))
	}
	if u := l.User; u != nil {
		before = appendClaims(before, claimsOfLevel(artifact, &u.AccessToken, &u.IDToken, &u.Userinfo))
	}
	if r := l.Request; r != nil && artifact != protocol.Userinfo {
		after = appendClaims(appendClaims(after, r.Claims), claimsOfLevel(artifact, &r.AccessToken, &r.IDToken, &persona.Userinfo{}))
	}
	return before, after
}

func appendClaims(sets []persona.Claims, further persona.Claims) []persona.Claims {
	if len(further) == 0 {
		return sets
	}
	return append(sets, further)
}

// claimsOfLevel returns the claims that one level has for an artifact.
func claimsOfLevel(artifact protocol.Artifact, access *persona.AccessToken, id *persona.IDToken, userinfo *persona.Userinfo) persona.Claims {
	switch artifact {
	case protocol.AccessToken:
		return access.Claims
	case protocol.IDToken:
		return id.Claims
	case protocol.Userinfo:
		return userinfo.Claims
	}
	return nil
}

// Apply sets the claims that are configured for an artifact among members. values
// and facts are asked only where something speaks of them.
func (l *Levels) Apply(artifact protocol.Artifact, members map[string]any, values func() template.Values, facts func() Facts, random io.Reader) {
	before, after := l.sets(artifact)
	var v template.Values
	if len(before)+len(after) > 0 {
		v = values()
	}
	for _, claims := range before {
		claims.Apply(members, v, random)
	}
	for _, function := range l.Functions {
		f := facts()
		f.Artifact = artifact
		set(members, function(f))
	}
	for _, claims := range after {
		claims.Apply(members, v, random)
	}
}
