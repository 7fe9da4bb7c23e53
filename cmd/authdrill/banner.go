package main

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/report"
)

// banner says what is where, and what to try first.
func (v *call) banner(s *site, app *running) {
	base := s.host.BaseURL()
	p := s.issuer()
	id, secret := s.credentials()
	users := shownUsers(p.Users())
	v.print("%s", v.bold("authdrill is a test server: it signs in anybody as anybody"))
	v.print("")
	t := &table{}
	if d := p.Persona().Dialect; d != nil {
		t.row("provider", base, "stands in for "+d.Title)
		for _, e := range slices.Concat(d.Endpoints.All(), spentAt(d)) {
			for _, address := range e.URLs {
				if u, err := url.Parse(address); err == nil {
					t.row("", "  "+u.Path, string(e.Name))
				}
			}
		}
	} else {
		t.row("provider", base, "/.well-known/openid-configuration")
	}
	played := p.Persona().Dialect != nil
	for _, name := range s.host.Names() {
		if other, ok := s.host.Issuer(name); ok && name != "" && other.Persona().Dialect != nil {
			played = true
			t.row("", other.Issuer(), "stands in for "+other.Persona().Dialect.Title)
		}
	}
	switch why := s.unfit(); {
	case app.url != "":
		t.row("client app", app.url, "press Sign in")
	case why != "":
		t.row("client app", "none", why)
	}
	if bound := boundElsewhere(base, s.address, app); bound != "" {
		t.row("listens on", bound, "the address that is really bound")
	}
	t.row("console", strings.TrimSuffix(s.control(), "api"), "what the provider saw, and its faults, time and keys")
	if s.reached.token != "" {
		t.row("token", s.reached.token, "for the console, and for the control API as Authorization: Bearer")
	}
	t.row("client", shownClient(id, secret), "any loopback redirect URI")
	t.row("users", users, "")
	trust := ""
	if s.pair != nil {
		t.row("certificate", strings.Join(s.pair.Names(), ", "), "of --tls-cert, read again when it changes")
	}
	if s.authority != nil && s.kept == nil {
		trust = "--insecure "
		t.row("authority", "in memory", "whom your app has to trust: GET "+s.control()+"/authority.pem")
	}
	if s.kept != nil {
		trust = "--cacert " + report.Quoted(s.kept.file()) + " "
		t.row("authority", s.kept.file(), "whom your app has to trust: "+s.kept.command("install")+", or authdrill env"+s.kept.flags)
	}
	if host, _, err := net.SplitHostPort(s.address.String()); err == nil && played && s.authority != nil {
		t.row("proxy", "http://"+dialable(host, s.address), "HTTPS_PROXY of an app that knows the real host names")
	}
	t.show(v.voice)
	v.print("")
	if isDefault(id, secret) && p.Persona().Dialect == nil {
		v.print("  try         curl %s-u %s:%s -d grant_type=client_credentials %s/token", trust, id, secret, base)
	}
	v.print("  end         Ctrl-C")
}

// shownUsers names the users, as far as a terminal has room for them.
func shownUsers(all []*store.User) string {
	const most = 20
	var names []string
	for _, u := range all[:min(len(all), most)] {
		name := u.Login
		if u.Password != "" {
			name += " (with a password)"
		}
		names = append(names, name)
	}
	if more := len(all) - most; more > 0 {
		names = append(names, strict.Thousands(more)+" more")
	}
	return strings.Join(names, ", ")
}

// boundElsewhere are the addresses that are listened on, where the URLs do not
// say them: of a name, of every address of the machine, or of a base URL.
func boundElsewhere(base string, provider net.Addr, app *running) string {
	var out []string
	for _, one := range []struct {
		url     string
		address net.Addr
	}{{base, provider}, {app.url, app.address}} {
		if one.address == nil {
			continue
		}
		if u, err := url.Parse(one.url); err != nil || u.Host != one.address.String() {
			out = append(out, one.address.String())
		}
	}
	return strings.Join(out, ", ")
}

// shownClient shows a secret only if everybody knows it.
func shownClient(id, secret string) string {
	switch {
	case id == "":
		return "none"
	case isDefault(id, secret):
		return id + " / " + secret
	case secret == "":
		return id + " (public)"
	}
	return id + " (secret as in the file)"
}

// spentAt are the resources of a persona, as endpoints.
func spentAt(d *persona.Dialect) []persona.Endpoint {
	var out []persona.Endpoint
	for _, r := range d.Resources {
		out = append(out, persona.Endpoint{Name: r.Name(), URLs: r.URLs})
	}
	return out
}
