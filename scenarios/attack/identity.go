package attack

import (
	"encoding/json"
	"maps"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// assert sets claims of a user: a standard claim in its member, everything else,
// and what has a type that no standard claim has, as a further claim.
func assert(u *store.User, claims map[string]any) error {
	u.Claims = maps.Clone(u.Claims)
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
		before := *u
		if err := json.Unmarshal(text, u); err == nil && changed(before, *u, name) {
			delete(u.Claims, name)
			continue
		}
		*u = before
		if absent {
			delete(u.Claims, name)
		} else {
			u.Claims[name] = value
		}
	}
	return nil
}

// changed reports whether a user has a member of that name.
func changed(_, after store.User, name string) bool {
	text, err := json.Marshal(after)
	var members map[string]any
	if err != nil || json.Unmarshal(text, &members) != nil {
		return false
	}
	_, there := members[name]
	return there
}
