package store

import (
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
)

// Clone returns a deep copy of u: a change of one is never seen in the other,
// whatever lists, claims and optional values it has.
func (u *User) Clone() *User {
	c := *u
	c.EmailVerified, c.PhoneVerified, c.Address = copied(u.EmailVerified), copied(u.PhoneVerified), copied(u.Address)
	c.Groups, c.AMR = slices.Clone(u.Groups), slices.Clone(u.AMR)
	if u.Claims != nil {
		c.Claims = deepcopy.Of(u.Claims) // values of any type, however deep
	}
	c.AccessToken.Claims, c.IDToken.Claims, c.Userinfo.Claims = deepcopy.Of(u.AccessToken.Claims), deepcopy.Of(u.IDToken.Claims), deepcopy.Of(u.Userinfo.Claims)
	return &c
}

// Clone returns a deep copy of c: a change of one is never seen in the other.
func (c *Client) Clone() *Client {
	out := *c
	out.Contacts, out.RedirectURIs = slices.Clone(c.Contacts), slices.Clone(c.RedirectURIs)
	out.GrantTypes, out.ResponseTypes = slices.Clone(c.GrantTypes), slices.Clone(c.ResponseTypes)
	out.PostLogoutRedirectURIs = slices.Clone(c.PostLogoutRedirectURIs)
	out.Audience = slices.Clone(c.Audience)
	out.JWKS = slices.Clone(c.JWKS)
	out.AccessToken.Claims, out.IDToken.Claims, out.Userinfo.Claims = deepcopy.Of(c.AccessToken.Claims), deepcopy.Of(c.IDToken.Claims), deepcopy.Of(c.Userinfo.Claims)
	return &out
}

// copied is a pointer to a copy of what p points to, nil for nil.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
