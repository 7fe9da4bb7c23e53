package drill

import (
	"errors"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// DefaultUser is the login of the user who signs in where a step names none.
const DefaultUser = "alice"

// Open is a page that the user opens.
type Open struct {
	URL     string            `json:"url,omitempty" short:"true" oneof:"target" doc:"a URL, or a path at the issuer"`
	Page    string            `json:"page,omitempty" oneof:"target" doc:"page of the app: login, callback, whoami, logout, api, admin, health, or a path"`
	Params  map[string]string `json:"params,omitempty" doc:"query parameters; ${return_to} in a name is the app's return_to_param, ${canary} in a value a host that only we answer"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"request headers"`
	Browser string            `json:"browser,omitempty" doc:"default main"`
	Times   int               `json:"times,omitempty" min:"1" max:"1000" doc:"how often; default once"`
	SignIn  bool              `json:"sign_in,omitempty" doc:"go on and sign in, if the provider's page comes"`
}

// Login is the user's answer to the sign-in page.
type Login struct {
	User     string `json:"user" short:"true" required:"true" doc:"login of the user"`
	Password string `json:"password,omitempty" doc:"what the user types; default the user's password"`

	Claims map[string]any `json:"claims,omitempty" vocab:"claim" doc:"type somebody else into the sign-in page, who need not be known, with these claims; the provider needs new_users: allow"`
}

// Check refuses a password in addition to claims: with these the sign-in page asks for
// no password.
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
	Withhold string `json:"withhold,omitempty" enum:"api_scope" doc:"api_scope: uncheck the scope that the app's api page needs, which app.api.needs_scope names"`
}

// Local is a local account of the app, under the e-mail address of one of the
// provider's users.
type Local struct {
	User    string `json:"user,omitempty" short:"true" doc:"login at the provider whose address it is; default alice"`
	Browser string `json:"browser,omitempty" doc:"default main"`
	Must    bool   `json:"must,omitempty" doc:"of a sign-in: where it fails the entry is not exercised"`
}

// Crowd is many users who sign in at the same time.
type Crowd struct {
	Users int    `json:"users" required:"true" min:"1" max:"100" doc:"how many"`
	Page  string `json:"page" required:"true" doc:"the page that is opened meanwhile: health, or any other by name or path; whoami where the app does not have it"`
}
