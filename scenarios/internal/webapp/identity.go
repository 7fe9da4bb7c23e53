package webapp

import "strings"

// giveUsersOwnIdentities gives the users identities that no other entry uses, where the
// app's accounts are judged: an app keeps accounts, and one that an earlier entry made
// would change the result.
func (d *subject) giveUsersOwnIdentities() {
	for _, p := range d.site.Providers {
		if p == nil {
			continue
		}
		for _, u := range p.Users() {
			u.Subject = u.Sub() + "." + d.scenario.Key
			if name, domain, ok := strings.Cut(u.Email, "@"); ok {
				u.Email = name + "." + d.scenario.Key + "@" + domain
			}
			if u.PreferredUsername != "" {
				u.PreferredUsername += "." + d.scenario.Key
			}
			_ = p.SetUser(*u) // it was accepted with another name
		}
	}
}
