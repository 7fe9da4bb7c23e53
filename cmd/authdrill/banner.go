package main

import (
	"net/url"
	"strings"
)

// banner says what is where, and what to try first.
func (v *voice) banner(s *site, app string) {
	base := s.host.BaseURL()
	p := s.issuer()
	id, secret := s.credentials()
	var users []string
	for _, u := range p.Users() {
		name := u.Login
		if u.Password != "" {
			name += " (with a password)"
		}
		users = append(users, name)
	}
	row := func(name, value, about string) {
		if about != "" {
			about = v.dim(strings.Repeat(" ", max(2, 32-len(value))) + about)
		}
		v.print("  %-12s%s%s", name, value, about)
	}
	v.print("%s", v.bold("authdrill is a test server: it signs in anybody as anybody"))
	v.print("")
	if d := p.Persona().Dialect; d != nil {
		row("provider", base, "stands in for "+d.Title)
		for _, e := range d.Endpoints.All() {
			for _, address := range e.URLs {
				if u, err := url.Parse(address); err == nil {
					v.print("  %-12s%s", "", v.dim(u.Path+"  "+e.Name))
				}
			}
		}
	} else {
		row("provider", base, "/.well-known/openid-configuration")
	}
	for _, name := range s.host.Names() {
		if other, ok := s.host.Issuer(name); ok && name != "" && other.Persona().Dialect != nil {
			row("", other.Issuer(), "stands in for "+other.Persona().Dialect.Title)
		}
	}
	if app != "" {
		row("client app", app, "press Sign in")
	}
	row("console", base+"/_/", "what the provider saw, and its faults, time and keys")
	row("client", shownClient(id, secret), "any loopback redirect URI")
	row("users", strings.Join(users, ", "), "")
	v.print("")
	if isDefault(id, secret) && p.Persona().Dialect == nil {
		v.print("  try         curl -u %s:%s -d grant_type=client_credentials %s/token", id, secret, base)
	}
	v.print("  end         Ctrl-C")
}

// shownClient shows a secret only if everybody knows it.
func shownClient(id, secret string) string {
	switch {
	case isDefault(id, secret):
		return id + " / " + secret
	case secret == "":
		return id + " (public)"
	}
	return id + " (secret as in the file)"
}
