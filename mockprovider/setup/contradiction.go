package setup

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// ContradictionOf finds what over says and s, over which it was laid, keeps from ever
// having an effect; nil where over is shared. The errors name the members. s is over
// itself where all of it is meant.
func (s Setup) ContradictionOf(over Setup) error {
	if over.Shared {
		return nil
	}
	p := &s.Provider
	var wrong []error
	report := func(member string, err error) { wrong = append(wrong, strict.Member(member, err)) }
	contradiction.Provider(p, s.Users, &over.Provider, func(member string, err error) { report("provider."+member, err) })
	for _, login := range withTokenSettings(over.Users) {
		contradiction.User(p, over.Users[login], func(member string, err error) { report("users."+login+"."+member, err) })
	}
	for _, id := range slices.Sorted(maps.Keys(over.Clients)) {
		if c := over.Clients[id]; c != nil {
			contradiction.Client(p, id, c, func(member string, err error) { report("clients."+id+"."+member, err) })
		}
	}
	for n, f := range over.Faults {
		if err := capability.CheckFault(p, f); err != nil {
			report(fmt.Sprintf("faults.%d", n), err)
		}
	}
	return errors.Join(wrong...)
}

// withTokenSettings returns the logins of the users that say what they are told of: few
// of many thousands do.
func withTokenSettings(users map[string]*store.User) []string {
	var out []string
	for login, u := range users {
		if u != nil && (!u.IDToken.IsZero() || len(u.Userinfo.Claims) > 0) {
			out = append(out, login)
		}
	}
	slices.Sort(out)
	return out
}

// CheckFaults reports the first fault that can never strike at a provider. If the
// provider is not known yet, p is nil, and only unknown names of faults are
// reported.
func CheckFaults(p *persona.Persona, all ...fault.Fault) error {
	var first error
	for _, f := range all {
		var err error
		if p == nil {
			_, err = capability.Expand(f)
		} else {
			err = capability.CheckFault(p, f)
		}
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}
