package store

import (
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// User is somebody who can sign in, in the standard claims of OIDC Core
// section 5.1. A claim that is absent is not asserted.
type User struct {
	Login    string `json:"login,omitempty" doc:"name the sign-in page knows the user by; in a file the key of the mapping"`
	Password string `json:"password,omitempty" doc:"asked for at sign-in; empty: a press of the button signs in"`
	Disabled bool   `json:"disabled,omitempty" doc:"sign-in, refresh and userinfo are refused"`

	Subject           string         `json:"sub,omitempty" doc:"subject identifier; default the login"`
	Name              string         `json:"name,omitempty" doc:"full name"`
	GivenName         string         `json:"given_name,omitempty" doc:"given name"`
	FamilyName        string         `json:"family_name,omitempty" doc:"family name"`
	MiddleName        string         `json:"middle_name,omitempty" doc:"middle name"`
	Nickname          string         `json:"nickname,omitempty" doc:"nickname"`
	PreferredUsername string         `json:"preferred_username,omitempty" doc:"shorthand name; never an identity"`
	Profile           string         `json:"profile,omitempty" doc:"profile page"`
	Picture           string         `json:"picture,omitempty" doc:"picture URL"`
	Website           string         `json:"website,omitempty" doc:"website"`
	Email             string         `json:"email,omitempty" doc:"e-mail address"`
	EmailVerified     *bool          `json:"email_verified,omitempty" doc:"whether the address was verified"`
	Gender            string         `json:"gender,omitempty" doc:"gender"`
	Birthdate         string         `json:"birthdate,omitempty" doc:"YYYY-MM-DD"`
	Zoneinfo          string         `json:"zoneinfo,omitempty" doc:"time zone name"`
	Locale            string         `json:"locale,omitempty" doc:"BCP 47 language tag"`
	PhoneNumber       string         `json:"phone_number,omitempty" doc:"telephone number, E.164"`
	PhoneVerified     *bool          `json:"phone_number_verified,omitempty" doc:"whether the number was verified"`
	Address           *Address       `json:"address,omitempty" doc:"postal address"`
	Groups            []string       `json:"groups,omitempty" doc:"groups; released with the scope groups or profile"`
	ACR               string         `json:"acr,omitempty" doc:"authentication context class reached at sign-in"`
	AMR               []string       `json:"amr,omitempty" doc:"authentication methods used at sign-in (RFC 8176)"`
	AuthenticatedAgo  clock.Duration `json:"authenticated_ago,omitempty" doc:"how long before the sign-in page was answered the user had really authenticated; shifts auth_time into the past"`
	Claims            map[string]any `json:"claims,omitempty" vocab:"claim" doc:"further claims, released with the scope profile; elsewhere as ${user.NAME}"`

	AccessToken persona.AccessToken `json:"access_token,omitzero" doc:"access tokens for the user: laid over access_token of the provider, the scopes and the client"`
	IDToken     persona.IDToken     `json:"id_token,omitzero" doc:"ID tokens about the user: laid over id_token of the provider, the scopes and the client"`
	Userinfo    persona.Userinfo    `json:"userinfo,omitzero" doc:"what clients are told of the user at the userinfo endpoint: laid over userinfo of the provider, the scopes and the client"`

	// Added numbers the users whom somebody typed into the sign-in page. It is 0 for a
	// user of the configuration.
	Added uint64 `json:"-"`
}

// Address is the address claim of OIDC Core section 5.1.1.
type Address struct {
	Formatted     string `json:"formatted,omitempty" doc:"full address"`
	StreetAddress string `json:"street_address,omitempty" doc:"street"`
	Locality      string `json:"locality,omitempty" doc:"city"`
	Region        string `json:"region,omitempty" doc:"region"`
	PostalCode    string `json:"postal_code,omitempty" doc:"postal code"`
	Country       string `json:"country,omitempty" doc:"country"`
}

// Sub returns the subject identifier, the login if none is set.
func (u *User) Sub() string {
	if u.Subject != "" {
		return u.Subject
	}
	return u.Login
}

// DisplayName is what the sign-in page calls the user.
func (u *User) DisplayName() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Login
}
