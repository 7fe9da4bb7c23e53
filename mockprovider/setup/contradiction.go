package setup

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// ContradictionOf finds what over says and s, over which it was laid, keeps from ever
// having an effect; nil where over is shared. The errors name the members. s is over
// itself where all of it is meant.
func (s Setup) ContradictionOf(over Setup) error {
	if over.Shared {
		return nil
	}
	p := &s.Provider
	var wrong []error
	report := func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) }
	s.providerContradictions(&over.Provider, func(member string, err error) { report("provider."+member, err) })
	for _, login := range withTokenSettings(over.Users) {
		userContradictions(p, over.Users[login], func(member string, err error) { report("users."+login+"."+member, err) })
	}
	for _, id := range slices.Sorted(maps.Keys(over.Clients)) {
		if c := over.Clients[id]; c != nil {
			clientContradictions(p, id, c, func(member string, err error) { report("clients."+id+"."+member, err) })
		}
	}
	for n, f := range over.Faults {
		if err := capability.CheckFault(p, f); err != nil {
			report(fmt.Sprintf("faults.%d", n), err)
		}
	}
	return errors.Join(wrong...)
}

// CheckFaults reports the first fault that can never strike at a provider. If the
// provider is not known yet, p is nil, and only unknown names of faults are
// reported.
func CheckFaults(p *persona.Persona, all ...fault.Fault) error {
	var first error
	for _, f := range all {
		var err error
		if p == nil {
			_, err = capability.Expand(f)
		} else {
			err = capability.CheckFault(p, f)
		}
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}

// signingList is the member of the metadata with the algorithms of ID tokens.
const signingList = "id_token_signing_alg_values_supported"

// checkSigning refuses an algorithm of ID tokens that the metadata do not list.
func checkSigning(p *persona.Persona) error {
	if err := listsAlg(p, p.IDToken.SigningAlg); err != nil {
		return strict.Member("provider.id_token.signing_alg", err)
	}
	return nil
}

// listsAlg says that the metadata do not list an algorithm of ID tokens; nil where they
// do.
func listsAlg(p *persona.Persona, alg protocol.Algorithm) error {
	if alg == "" || capability.Supports(p, signingList, string(alg)) {
		return nil
	}
	return notListed(p, signingList, string(alg))
}

// notListed is the error about a value that a list of the metadata leaves out.
func notListed(p *persona.Persona, member, value string) error {
	return fmt.Errorf("metadata.%s of the provider does not have %s: add it there, or use %s", member, value, strings.Join(capability.Supported[string](p, member, nil), " or "))
}

// ProviderContradiction finds what over says of the provider and s, over which it was
// laid, keeps from ever having an effect. The errors name the members.
func (s Setup) ProviderContradiction(over *persona.Persona) error {
	var wrong []error
	s.providerContradictions(over, func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) })
	return errors.Join(wrong...)
}

func (s Setup) providerContradictions(over *persona.Persona, report func(member string, err error)) {
	if over.Identity == "real" && s.Provider.Dialect == nil {
		report("identity", errors.New("real needs a persona of a real provider: add persona: NAME, or leave it out"))
	}
	if err := s.checkSignInAs(over.SignInAs); err != nil {
		report("sign_in_as", err)
	}
	if s.Provider.RefreshToken.OnReuse == "accept" && over.RefreshToken.GraceWindow > 0 {
		report("refresh_token.grace_window", errors.New("on_reuse is accept, which takes a used refresh token until it expires: set on_reuse to reject or revoke_family, or leave grace_window out"))
	}
	if over.IDToken.SigningAlg != persona.Spec().IDToken.SigningAlg { // the default gives way to metadata
		if err := listsAlg(&s.Provider, over.IDToken.SigningAlg); err != nil {
			report("id_token.signing_alg", err)
		}
	}
	capability.CheckEffects(&s.Provider, over, report)
}

// checkSignInAs refuses a user as whom no browser is ever signed in.
func (s Setup) checkSignInAs(as string) error {
	switch u := s.Users[as]; {
	case as == "":
		return nil
	case s.Provider.SignIn != "auto":
		return errors.New("no user is signed in without a page: add sign_in: auto")
	case u != nil:
		return nil
	}
	for _, u := range s.Users {
		if u != nil && (as == u.Email || as == u.Sub()) {
			return nil
		}
	}
	return fmt.Errorf("unknown user %q: name a login of users", as)
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
	if member, err = strict.MemberOf(wrong); member == "" {
		return "", nil
	}
	return member, err
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
		if !capability.HasScope(p, scope) {
			report("scope", fmt.Errorf("the provider does not have the scope %q: add it to provider.scopes_supported, or to those of a protected resource", scope))
		}
	}
	for _, m := range []struct{ member, list, value string }{
		{"token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg_values_supported", string(c.AuthSigningAlg)},
		{"id_token_signed_response_alg", signingList, string(c.IDTokenAlg)},
		{"id_token.signing_alg", signingList, string(c.IDToken.SigningAlg)},
		{"userinfo_signed_response_alg", "userinfo_signing_alg_values_supported", string(c.UserinfoAlg)},
	} {
		if m.value != "" && !capability.Supports(p, m.list, m.value) {
			report(m.member, notListed(p, m.list, m.value))
		}
	}
	for n, g := range c.GrantTypes {
		if err := capability.LacksGrant(p, g); err != nil {
			report(fmt.Sprintf("grant_types.%d", n), err)
		}
	}
	unusedKeys(p, c, report)
	for _, m := range []struct {
		member string
		isSet  bool
		lacks  error
	}{
		{"id_token", !c.IDToken.IsZero(), capability.LacksArtifact(p, protocol.IDToken)},
		{"id_token_signed_response_alg", c.IDTokenAlg != "", capability.LacksArtifact(p, protocol.IDToken)},
		{"userinfo", len(c.Userinfo.Claims) > 0, capability.LacksArtifact(p, protocol.Userinfo)},
		{"userinfo_signed_response_alg", c.UserinfoAlg != "", capability.LacksArtifact(p, protocol.SignedUserinfo)},
		{"require_pushed_authorization_requests", c.RequirePAR, capability.MissesEndpoint(p, protocol.PushedAuthorizationRequestEndpoint)},
	} {
		if m.isSet && m.lacks != nil {
			report(m.member, m.lacks)
		}
	}
	for n, name := range c.Audience {
		if _, known := p.ProtectedResources[name]; !known && len(p.ProtectedResources) > 0 {
			report(fmt.Sprintf("audience.%d", n), fmt.Errorf("the provider does not protect %q: add it to provider.protected_resources", name))
		}
	}
}

// UserContradiction finds what a user is configured with and a provider never makes.
// The errors name the members.
func UserContradiction(p *persona.Persona, u *store.User) error {
	var wrong []error
	userContradictions(p, u, func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) })
	return errors.Join(wrong...)
}

// withTokenSettings returns the logins of the users that say what they are told of: few
// of many thousands do.
func withTokenSettings(users map[string]*store.User) []string {
	var out []string
	for login, u := range users {
		if u != nil && (!u.IDToken.IsZero() || len(u.Userinfo.Claims) > 0) {
			out = append(out, login)
		}
	}
	slices.Sort(out)
	return out
}

func userContradictions(p *persona.Persona, u *store.User, report func(member string, err error)) {
	if lacks := capability.LacksArtifact(p, protocol.IDToken); lacks != nil && !u.IDToken.IsZero() {
		report("id_token", lacks)
	}
	if lacks := capability.LacksArtifact(p, protocol.Userinfo); lacks != nil && len(u.Userinfo.Claims) > 0 {
		report("userinfo", lacks)
	}
}

// unusedKeys reports the keys of a client whose signatures nothing verifies.
func unusedKeys(p *persona.Persona, c *store.Client, report func(member string, err error)) {
	secretIsJWT := p.Dialect != nil && p.Dialect.TokenRequest.SecretJWT != nil
	if c.AuthMethod == protocol.PrivateKeyJWT || secretIsJWT || slices.Contains(capability.Grants(p), protocol.JWTBearerGrant) {
		return
	}
	for _, m := range []struct {
		member string
		isSet  bool
	}{{"jwks", len(c.JWKS) > 0}, {"jwks_uri", c.JWKSURI != ""}} {
		if m.isSet {
			report(m.member, errors.New("the client's keys verify nothing: add token_endpoint_auth_method: private_key_jwt, or leave them out"))
		}
	}
}
