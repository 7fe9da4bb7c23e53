package claim

import (
	"maps"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// addScopeClaims adds the claims that a user has under one scope value, as OIDC Core
// section 5.4 sorts them, and groups under groups.
func addScopeClaims(to map[string]any, u *store.User, scope string) {
	text := func(name, value string) {
		if value != "" {
			to[name] = value
		}
	}
	switch scope {
	case "profile":
		maps.Copy(to, u.Claims)
		text("name", u.Name)
		text("given_name", u.GivenName)
		text("family_name", u.FamilyName)
		text("middle_name", u.MiddleName)
		text("nickname", u.Nickname)
		text("preferred_username", u.PreferredUsername)
		text("profile", u.Profile)
		text("picture", u.Picture)
		text("website", u.Website)
		text("gender", u.Gender)
		text("birthdate", u.Birthdate)
		text("zoneinfo", u.Zoneinfo)
		text("locale", u.Locale)
	case "email":
		text("email", u.Email)
		if u.EmailVerified != nil {
			to["email_verified"] = *u.EmailVerified
		}
	case "phone":
		text("phone_number", u.PhoneNumber)
		if u.PhoneVerified != nil {
			to["phone_number_verified"] = *u.PhoneVerified
		}
	case "address":
		if u.Address != nil {
			to["address"] = u.Address
		}
	case "groups":
		if len(u.Groups) > 0 {
			to["groups"] = u.Groups
		}
	}
}

// allClaims returns every claim that a user has, for the claims parameter of OIDC
// Core section 5.5, which asks for claims one by one.
func allClaims(u *store.User) map[string]any {
	out := map[string]any{}
	for _, scope := range []string{"profile", "email", "phone", "address", "groups"} {
		addScopeClaims(out, u, scope)
	}
	return out
}
