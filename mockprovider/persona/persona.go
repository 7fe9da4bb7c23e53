// Package persona has the settings of a provider as data: its lifetimes, formats, pages
// and rules. A member with the zero value is inherited from the persona below it; the
// lowest is Spec, which follows the specifications. A persona is a real provider that
// is imitated. Begin with Persona.
package persona

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Persona is the `provider` mapping of a scenario, of a configuration file and
// of the control API. Durations are on the issuer's clock.
type Persona struct {
	Name     Name   `json:"persona,omitempty" doc:"the real provider to imitate; default spec, which follows the specifications"`
	Identity string `json:"identity,omitempty" enum:"local,real" doc:"local: the issuer identifier is the provider's own address; real: that of the persona's provider"`

	AuthorizationCode Code         `json:"authorization_code,omitzero" doc:"authorization codes (RFC 6749 section 4.1.2)"`
	AccessToken       AccessToken  `json:"access_token,omitzero" doc:"access tokens, of every grant"`
	RefreshToken      RefreshToken `json:"refresh_token,omitzero" doc:"refresh tokens"`
	IDToken           IDToken      `json:"id_token,omitzero" doc:"ID tokens, of every grant"`
	Userinfo          Userinfo     `json:"userinfo,omitzero" doc:"answers of the userinfo endpoint"`
	DeviceCode        DeviceCode   `json:"device_code,omitzero" doc:"device codes (RFC 8628); after 10 wrong user codes of a browser, 30 of an address or 100 at all within 15m, each guess is answered with 429 (section 5.1)"`
	PushedRequest     Lifetime     `json:"pushed_authorization_request,omitzero" doc:"pushed authorization requests (RFC 9126)"`
	Session           Lifetime     `json:"session,omitzero" doc:"the user's sign-in at the provider"`
	JWKS              JWKS         `json:"jwks,omitzero" doc:"the published key set"`

	PKCE     string `json:"pkce,omitempty" enum:"optional,required" doc:"code_challenge of confidential clients; public clients always need one (RFC 7636)"`
	Consent  string `json:"consent,omitempty" enum:"ask,skip" doc:"ask shows the consent page once per client and scope; skip allows everything asked"`
	SignIn   string `json:"sign_in,omitempty" enum:"interactive,auto" doc:"auto signs in the user of login_hint, else the first, and allows everything, without a page"`
	SignInAs string `json:"sign_in_as,omitempty" doc:"login that sign_in: auto signs in when the request has no login_hint; default the first user"`
	NewUsers string `json:"new_users,omitempty" enum:"allow,refuse" doc:"allow: the sign-in page takes somebody else, a login name and JSON claims that are typed in, as a user until the issuer is reset; default refuse, and of serve allow where strict is empty"`

	AllowOrigin []string `json:"allow_origin,omitempty" single:"true" doc:"origins besides those of this machine whose pages may register clients and have issuers made, like https://app.example.com"`

	Keys []SigningKey `json:"keys,omitempty" doc:"signing keys of one's own, of which the first of an algorithm signs; default keys of authdrill's, which everybody knows"`

	ProtectedResources map[string]*ProtectedResource `json:"protected_resources,omitempty" empty:"true" doc:"protected resources that tokens can be asked for with the parameter resource, or audience, by their identifier (RFC 8707, RFC 9728 section 4); another is invalid_target. Default: any"`

	ScopesSupported []string         `json:"scopes_supported,omitempty" doc:"scopes that exist, in addition to those of protected_resources and the keys of scopes; another is invalid_scope. Default: any"`
	GrantTypes      []protocol.Grant `json:"grant_types_supported,omitempty" doc:"grants the provider offers; default all but password"`
	ClaimsIn        string           `json:"claims_in,omitempty" enum:"both,userinfo" doc:"where claims asked by scope are put when an access token is issued too: both, or only userinfo (OIDC Core 5.4)"`

	Scopes map[string]ScopeTokens `json:"scopes,omitempty" empty:"true" overlay:"members" doc:"what tokens with a scope contain, by the scope: laid over access_token, id_token and userinfo of the provider, and below those of the client and the user"`

	Metadata map[string]any `json:"metadata,omitempty" vocab:"metadata" match:"absent" doc:"members of the metadata documents to override; $absent removes one (RFC 8414 section 2)"`
	Lax      []string       `json:"lax,omitempty" enum:"any-client,any-client-secret,any-redirect-uri,code-reusable,code-of-any-client,pkce-unchecked,resource-not-granted,refresh-token-of-any-client,refresh-widens-scope,user-code-guessable" doc:"rules this provider does not enforce; the journal says when one was needed. any-client accepts clients that are not registered"`
	Strict   []string       `json:"strict,omitempty" enum:"state-required,nonce-required,pkce-s256-only" doc:"rules beyond the specifications that this provider enforces"`

	// Dialect is how the persona speaks; nil: as the specifications have it.
	Dialect *dialectfile.Dialect `json:"-"`
}

// CheckMembers finds origins that no browser sends, and scopes and resources that no
// request has.
func (p *Persona) CheckMembers() error {
	var wrong []error
	for n, text := range p.AllowOrigin {
		if err := origin.Check(text); err != nil {
			wrong = append(wrong, strict.Member(fmt.Sprintf("allow_origin.%d", n), err))
		}
	}
	for _, scope := range slices.Sorted(maps.Keys(p.Scopes)) {
		if protocol.CheckScope(scope) != nil {
			wrong = append(wrong, strict.Member("scopes."+scope, fmt.Errorf("no request can have the scope %q (RFC 6749 section 3.3): name each scope in a key of its own", scope)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.ProtectedResources)) {
		if err := origin.CheckResource(name); err != nil {
			wrong = append(wrong, strict.Member("protected_resources."+name, err))
		}
	}
	return errors.Join(wrong...)
}

// Lifetime is how long something lives.
type Lifetime struct {
	Lifetime clock.Duration `json:"lifetime,omitempty" min:"1" doc:"how long it lives"`
}

// Code describes authorization codes.
type Code struct {
	Lifetime clock.Duration `json:"lifetime,omitempty" min:"1" doc:"how long a code can be redeemed; default 60s"`
}

// RefreshToken describes refresh tokens.
type RefreshToken struct {
	Lifetime     clock.Duration `json:"lifetime,omitempty" min:"1" doc:"how long a grant can be refreshed at all; default 720h"`
	IdleLifetime clock.Duration `json:"idle_lifetime,omitempty" min:"1" doc:"how long an unused refresh token lives; default no limit"`
	Rotation     *bool          `json:"rotation,omitempty" doc:"issue a new refresh token at each refresh; default true"`
	OnReuse      string         `json:"on_reuse,omitempty" enum:"revoke_family,reject,accept" doc:"what a refresh token that was rotated away does when it is used again: revoke every token of its family (RFC 9700 section 4.14.2), only fail, or go on working until it expires"`
	GraceWindow  clock.Duration `json:"grace_window,omitempty" min:"1" doc:"how long a rotated refresh token is still accepted; default not at all"`
	Limit        int            `json:"limit,omitempty" min:"1" doc:"refresh tokens that live at once for a user and a client; one more ends the oldest; default no limit"`
	Issue        string         `json:"issue,omitempty" enum:"offline_access,always,never" doc:"when a refresh token is issued: if offline_access was granted (OIDC Core section 11), always or never"`
}

// Check finds what never happens to a token that is not rotated.
func (r *RefreshToken) Check() error {
	if r.GraceWindow != 0 && !r.Rotates() {
		return strict.Member("grace_window", errors.New("rotation: false leaves no rotated token to accept: leave one of them out"))
	}
	return nil
}

// Rotates reports whether each refresh gives a new refresh token.
func (r RefreshToken) Rotates() bool { return r.Rotation == nil || *r.Rotation }

// ProtectedResource describes an API that access tokens are for, in the words of
// RFC 9728 section 2.
type ProtectedResource struct {
	ScopesSupported []string `json:"scopes_supported,omitempty" single:"true" doc:"scopes that belong to the resource: a token that is asked for other resources does not have them (RFC 8707 section 2.2)"`
}

// DeviceCode describes the device grant.
type DeviceCode struct {
	Lifetime clock.Duration `json:"lifetime,omitempty" min:"1" doc:"how long a device code can be used; default 15m"`
	Interval clock.Duration `json:"interval,omitempty" min:"1" doc:"shortest time between two polls; default 5s"`
}

// JWKS describes the published key set.
type JWKS struct {
	MaxAge      clock.Duration `json:"max_age,omitempty" min:"1" doc:"Cache-Control max-age of the key set; default 5m"`
	RotateEvery clock.Duration `json:"rotate_every,omitempty" min:"1" doc:"rotate the signing keys by the issuer's clock; default never"`
}

// Spec returns the provider that does exactly what the specifications say.
func Spec() Persona {
	rotation := true
	return Persona{
		Name:              "spec",
		AuthorizationCode: Code{Lifetime: seconds(60)},
		AccessToken:       AccessToken{Lifetime: seconds(3600), Format: "opaque", SigningAlg: protocol.RS256},
		RefreshToken:      RefreshToken{Lifetime: seconds(30 * 24 * 3600), Rotation: &rotation, OnReuse: "revoke_family", Issue: "offline_access"},
		IDToken:           IDToken{Lifetime: seconds(3600), SigningAlg: protocol.RS256},
		DeviceCode:        DeviceCode{Lifetime: seconds(900), Interval: seconds(5)},
		PushedRequest:     Lifetime{Lifetime: seconds(60)},
		Session:           Lifetime{Lifetime: seconds(24 * 3600)},
		JWKS:              JWKS{MaxAge: seconds(300)},
		PKCE:              "optional",
		Consent:           "ask",
		SignIn:            "interactive",
		ClaimsIn:          "both",
	}
}

func seconds(n int64) clock.Duration { return clock.Duration(n * 1e9) }

// With returns p with every member that over sets laid over it. Another persona
// takes the place of p as a whole.
func (p Persona) With(over Persona) Persona {
	switch {
	case over.Name == "" || over.Name == p.Name:
	case over.Dialect != nil:
		p = Spec() // it was read from a file, whole
	default:
		if other, err := Named(string(over.Name)); err == nil { // the strict reader lets no other name pass
			p = other
		}
	}
	return overlay.Of(p, over)
}

// Clone returns a deep copy of p. Only the dialect is shared: it is read from a
// file, once, and never changed.
func (p Persona) Clone() Persona {
	if r := p.RefreshToken.Rotation; r != nil {
		rotation := *r
		p.RefreshToken.Rotation = &rotation
	}
	p.ScopesSupported, p.GrantTypes = slices.Clone(p.ScopesSupported), slices.Clone(p.GrantTypes)
	p.Lax, p.Strict, p.AllowOrigin = slices.Clone(p.Lax), slices.Clone(p.Strict), slices.Clone(p.AllowOrigin)
	p.Keys = slices.Clone(p.Keys)
	p.Metadata, p.ProtectedResources, p.Scopes = deepcopy.Of(p.Metadata), deepcopy.Of(p.ProtectedResources), deepcopy.Of(p.Scopes)
	p.AccessToken.Claims, p.IDToken.Claims, p.Userinfo.Claims = deepcopy.Of(p.AccessToken.Claims), deepcopy.Of(p.IDToken.Claims), deepcopy.Of(p.Userinfo.Claims)
	return p
}
