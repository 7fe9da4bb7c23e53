package setup

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Contradiction finds what one part of a whole setup says and another part keeps from
// ever having an effect. The errors name the members. A setup that is laid over another
// one is not whole: With comes first.
func (s Setup) Contradiction() error {
	p := &s.Provider
	var wrong []error
	report := func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) }
	if p.Identity == "real" && p.Dialect == nil {
		report("provider.identity", errors.New("real needs a persona of a real provider: add persona: NAME, or leave it out"))
	}
	if p.RefreshToken.OnReuse == "accept" && p.RefreshToken.GraceWindow > 0 {
		report("provider.refresh_token.grace_window", errors.New("on_reuse is accept, which takes a used refresh token until it expires: set on_reuse to reject or revoke_family, or leave grace_window out"))
	}
	if p.IDToken.SigningAlg != persona.Spec().IDToken.SigningAlg { // the default gives way to metadata
		if err := checkSigning(p); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := s.checkSignInAs(); err != nil {
		report("provider.sign_in_as", err)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Clients)) {
		if c := s.Clients[id]; c != nil {
			clientContradictions(p, id, c, func(member string, err error) { report("clients."+id+"."+member, err) })
		}
	}
	for n, f := range s.Faults {
		whole, err := persona.Expand(f)
		if err == nil && f.Documented == "" {
			err = p.CheckFault(whole)
		}
		if err != nil {
			report(fmt.Sprintf("faults.%d", n), err)
		}
	}
	return errors.Join(wrong...)
}

// signingList is the member of the metadata with the algorithms of ID tokens.
const signingList = "id_token_signing_alg_values_supported"

// checkSigning refuses an algorithm of ID tokens that the metadata do not list.
func checkSigning(p *persona.Persona) error {
	alg := p.IDToken.SigningAlg
	if alg == "" || p.Supports(signingList, string(alg)) {
		return nil
	}
	return strict.Member("provider.id_token.signing_alg", notListed(p, signingList, string(alg)))
}

// notListed is the error about a value that a list of the metadata leaves out.
func notListed(p *persona.Persona, member, value string) error {
	return fmt.Errorf("metadata.%s of the provider does not have %s: add it there, or use %s", member, value, strings.Join(persona.Supported[string](p, member, nil), " or "))
}

// checkSignInAs refuses a user that nobody is ever signed in as.
func (s Setup) checkSignInAs() error {
	as := s.Provider.SignInAs
	switch u := s.Users[as]; {
	case as == "":
		return nil
	case s.Provider.SignIn != "auto":
		return errors.New("nobody is signed in without a page: add sign_in: auto")
	case u != nil:
		return nil
	}
	for _, u := range s.Users {
		if u != nil && (as == u.Email || as == u.Sub()) {
			return nil
		}
	}
	return fmt.Errorf("there is no user %q: name a login of users", as)
}

// ClientContradiction finds what a client is registered with and a provider never
// grants. The errors name the members.
func ClientContradiction(p *persona.Persona, c *store.Client) error {
	var wrong []error
	clientContradictions(p, c.ID, c, func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) })
	return errors.Join(wrong...)
}

// UnmatchableAddress returns the first of a client's addresses that no request can
// match, by its member, and why.
func UnmatchableAddress(p *persona.Persona, c *store.Client) (member string, err error) {
	wrong := c.CheckMembers()
	addressPatterns(p, c, func(member string, err error) { wrong = errors.Join(wrong, strict.Member(member, err)) })
	var first *strict.MemberError
	if !errors.As(wrong, &first) {
		return "", nil
	}
	return first.Name, first.Err
}

// addressPatterns reports the addresses of a client that are patterns.
func addressPatterns(p *persona.Persona, c *store.Client, report func(member string, err error)) {
	if slices.Contains(p.Lax, "any-redirect-uri") {
		return
	}
	c.Patterns(func(member, uri string) {
		report(member, fmt.Errorf("%q is a pattern, and URIs are compared as strings: name each, or let provider.lax have any-redirect-uri; of a loopback address any port will do", uri))
	})
}

func clientContradictions(p *persona.Persona, id string, c *store.Client, report func(member string, err error)) {
	addressPatterns(p, c, report)
	if c.ID != "" && c.ID != id {
		report("client_id", fmt.Errorf("%q differs from the key %q: leave it out", c.ID, id))
	}
	for _, scope := range strings.Fields(c.Scope) {
		if !p.HasScope(scope) {
			report("scope", fmt.Errorf("the provider does not have the scope %q: add it to provider.scopes_supported, or to those of a protected resource", scope))
		}
	}
	for _, m := range []struct{ member, list, value string }{
		{"token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg_values_supported", string(c.AuthSigningAlg)},
		{"id_token_signed_response_alg", signingList, string(c.IDTokenAlg)},
		{"id_token.signing_alg", signingList, string(c.IDToken.SigningAlg)},
		{"userinfo_signed_response_alg", "userinfo_signing_alg_values_supported", string(c.UserinfoAlg)},
	} {
		if m.value != "" && !p.Supports(m.list, m.value) {
			report(m.member, notListed(p, m.list, m.value))
		}
	}
	for n, name := range c.Audience {
		if _, known := p.ProtectedResources[name]; !known && len(p.ProtectedResources) > 0 {
			report(fmt.Sprintf("audience.%d", n), fmt.Errorf("the provider does not protect %q: add it to provider.protected_resources", name))
		}
	}
}
