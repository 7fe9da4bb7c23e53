// Package contradiction finds settings of a provider, its clients and its users that can
// never have an effect. Begin with Provider, Client and User.
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

// Report is called with each setting that has no effect, by its member.
type Report func(member string, err error)

// Join returns what is reported, each error with its member.
func Join(find func(Report)) error {
	var wrong []error
	find(func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) })
	return errors.Join(wrong...)
}

// Provider reports what over says of the provider p, over which it was laid, and that
// can never have an effect. users are those of the provider.
func Provider(p *persona.Persona, users map[string]*store.User, over *persona.Persona, report Report) {
	if over.Identity == "real" && p.Dialect == nil {
		report("identity", errors.New("real needs a persona of a real provider: add persona: NAME, or leave it out"))
	}
	if err := checkSignInAs(p, users, over.SignInAs); err != nil {
		report("sign_in_as", err)
	}
	if p.RefreshToken.OnReuse == "accept" && over.RefreshToken.GraceWindow > 0 {
		report("refresh_token.grace_window", errors.New("on_reuse is accept, which takes a used refresh token until it expires: set on_reuse to reject or revoke_family, or leave grace_window out"))
	}
	if over.IDToken.SigningAlg != persona.Spec().IDToken.SigningAlg { // the default gives way to metadata
		if err := listsAlg(p, over.IDToken.SigningAlg); err != nil {
			report("id_token.signing_alg", err)
		}
	}
	capability.CheckEffects(p, over, report)
}

// checkSignInAs refuses a user as whom no browser is ever signed in.
func checkSignInAs(p *persona.Persona, users map[string]*store.User, as string) error {
	switch u := users[as]; {
	case as == "":
		return nil
	case p.SignIn != "auto":
		return errors.New("no user is signed in without a page: add sign_in: auto")
	case u != nil:
		return nil
	}
	for _, u := range users {
		if u != nil && (as == u.Email || as == u.Sub()) {
			return nil
		}
	}
	return fmt.Errorf("unknown user %q: name a login of users", as)
}

// User reports what a user is configured with and the provider p never makes.
func User(p *persona.Persona, u *store.User, report Report) {
	if lacks := capability.LacksArtifact(p, protocol.IDToken); lacks != nil && !u.IDToken.IsZero() {
		report("id_token", lacks)
	}
	if lacks := capability.LacksArtifact(p, protocol.Userinfo); lacks != nil && len(u.Userinfo.Claims) > 0 {
		report("userinfo", lacks)
	}
}

// unusedKeys reports the keys of a client whose signatures nothing verifies.
func unusedKeys(p *persona.Persona, c *store.Client, report Report) {
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

// signingList is the member of the metadata with the algorithms of ID tokens.
const signingList = "id_token_signing_alg_values_supported"

// Signing refuses an algorithm of ID tokens that the metadata do not list.
func Signing(p *persona.Persona) error {
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
