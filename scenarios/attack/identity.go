package attack

import (
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// assert sets claims of a user: a standard claim in its member, everything else,
// and what has a type that no standard claim has, as a further claim.
func assert(u *store.User, claims map[string]any) error {
	if u.Claims == nil {
		u.Claims = map[string]any{}
	}
	for name, value := range claims {
		absent := value == match.Absent
		if absent {
			value = nil
		}
		text, err := json.Marshal(map[string]any{name: value})
		if err != nil {
			return err
		}
		before := u.Clone() // a text that is refused may have been read in part
		if err := json.Unmarshal(text, u); err == nil && hasMember(u, name) {
			delete(u.Claims, name)
			continue
		}
		*u = *before
		if absent {
			delete(u.Claims, name)
		} else {
			u.Claims[name] = value
		}
	}
	return nil
}

// separate gives the users identities that no other entry uses, where the app's
// accounts are judged: an app keeps accounts, and one that an earlier entry made
// would decide what becomes of this one.
func (d *drill) separate() {
	for _, p := range d.site.providers {
		if p == nil {
			continue
		}
		for _, u := range p.Users() {
			u.Subject = u.Sub() + "." + d.entry.Key
			if name, domain, ok := strings.Cut(u.Email, "@"); ok {
				u.Email = name + "." + d.entry.Key + "@" + domain
			}
			if u.PreferredUsername != "" {
				u.PreferredUsername += "." + d.entry.Key
			}
			_ = p.SetUser(*u) // it was accepted with other names
		}
	}
}

// hasMember reports whether a user has a member of that name.
func hasMember(u *store.User, name string) bool {
	text, err := json.Marshal(u)
	var members map[string]any
	if err != nil || json.Unmarshal(text, &members) != nil {
		return false
	}
	_, there := members[name]
	return there
}
