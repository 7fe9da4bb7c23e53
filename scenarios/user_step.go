package scenarios

import (
	"errors"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Open is a page the user opens.
type Open struct {
	URL string `json:"url" short:"true" required:"true" doc:"a URL, or a path at the issuer"`
}

// Login is the user's answer to the sign-in page.
type Login struct {
	User     string `json:"user" short:"true" required:"true" doc:"login of the user"`
	Password string `json:"password,omitempty" doc:"what the user types; default the user's password"`

	Claims map[string]any `json:"claims,omitempty" vocab:"claim" doc:"type somebody else into the sign-in page, who need not be known, with these claims; the provider needs new_users: allow"`
}

// Check refuses a password of a user who was only typed in.
func (l *Login) Check() error {
	if l.Claims != nil && l.Password != "" {
		return strict.Member("password", errors.New("a user with claims is typed in and has no password: leave out password or claims"))
	}
	return nil
}

// Consent is the user's answer to the consent page.
type Consent struct {
	Decision string `json:"decision,omitempty" short:"true" enum:"allow,deny" doc:"allow everything that is asked, or nothing"`
	Scope    string `json:"scope,omitempty" doc:"the scopes that stay checked, separated by spaces"`
}

// Allows reports whether the user allows anything at all.
func (c *Consent) Allows() bool { return c == nil || c.Decision != "deny" }
