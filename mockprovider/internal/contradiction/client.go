package contradiction

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// NeedsSecret reports whether a method of client authentication needs a client secret.
func NeedsSecret(m protocol.AuthMethod) bool {
	return m == protocol.ClientSecretBasic || m == protocol.ClientSecretPost || m == protocol.ClientSecretQuery || m == protocol.ClientSecretJWT
}

// Lacking finds the member of a client that keeps it from authenticating as it is
// registered, empty where there is none.
func Lacking(c *store.Client) (member string, wrong error) {
	switch {
	case NeedsSecret(c.AuthMethod) && c.Secret == "":
		return "token_endpoint_auth_method", fmt.Errorf("%s needs a client_secret: give the client one, or leave the method out, which makes a public client", c.AuthMethod)
	case c.AuthMethod == protocol.PrivateKeyJWT && len(c.JWKS) == 0 && c.JWKSURI == "":
		return "jwks", errors.New("private_key_jwt needs the client's public keys: give it jwks or a jwks_uri")
	case c.Public() && c.Registered == 0 && slices.Contains(c.GrantTypes, protocol.ClientCredentialsGrant):
		return "grant_types", errors.New("client_credentials is for clients that authenticate (RFC 6749 section 4.4): give the client a client_secret, or another token_endpoint_auth_method than none")
	}
	return "", nil
}

// Address returns the first of a client's addresses that no request can
// match, by its member, and why.
func Address(p *persona.Persona, c *store.Client) (member string, err error) {
	wrong := c.CheckMembers()
	addressPatterns(p, c, func(member string, err error) { wrong = errors.Join(wrong, strict.Member(member, err)) })
	if member, err = strict.MemberOf(wrong); member == "" {
		return "", nil
	}
	return member, err
}

// addressPatterns reports the addresses of a client that are patterns.
func addressPatterns(p *persona.Persona, c *store.Client, report Report) {
	if slices.Contains(p.Lax, "any-redirect-uri") {
		return
	}
	for _, of := range []struct {
		member string
		list   []string
	}{{"redirect_uris", c.RedirectURIs}, {"post_logout_redirect_uris", c.PostLogoutRedirectURIs}} {
		for n, uri := range of.list {
			if strings.Contains(uri, "*") {
				report(fmt.Sprintf("%s.%d", of.member, n), fmt.Errorf("%q is a pattern, and URIs are compared as strings: name each, or let provider.lax have any-redirect-uri; of a loopback address any port will do", uri))
			}
		}
	}
}

// Client reports what a client named id is registered with and the provider p never
// grants.
func Client(p *persona.Persona, id string, c *store.Client, report Report) {
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
