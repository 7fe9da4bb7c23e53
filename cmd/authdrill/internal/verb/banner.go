package verb

import (
	"net"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/clientapp"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// banner says what is where, and what to try first.
func (v *call) banner(s *site.Site, app *clientapp.App) {
	base := s.Host.BaseURL()
	p := s.Issuer()
	id, secret := s.Credentials()
	users := shownUsers(p.Users())
	v.Print("%s", v.Bold("authdrill is a test server: it signs in anybody as anybody"))
	v.Print("")
	t := &say.Table{}
	if d := p.Persona().Dialect; d != nil {
		t.Row("provider", base, "imitates "+d.Title)
		served := func(name protocol.Endpoint, urls []string) {
			for _, address := range urls {
				if u, err := url.Parse(address); err == nil {
					t.Row("", "  "+u.Path, string(name))
				}
			}
		}
		for _, e := range d.Endpoints.All() {
			served(e.Name, e.URLs)
		}
		for _, r := range d.Resources {
			served(r.Name(), r.URLs)
		}
	} else {
		t.Row("provider", base, "/.well-known/openid-configuration")
	}
	played := p.Persona().Dialect != nil
	for _, name := range s.Host.Names() {
		if other, ok := s.Host.Issuer(name); ok && name != "" && other.Persona().Dialect != nil {
			played = true
			t.Row("", other.Issuer(), "imitates "+other.Persona().Dialect.Title)
		}
	}
	switch why := s.Unfit(); {
	case app.URL != "":
		t.Row("client app", app.URL, "press Sign in")
	case why != "":
		t.Row("client app", "none", why)
	}
	if bound := boundElsewhere(base, s.Address, app); bound != "" {
		t.Row("listens on", bound, "the address that is really bound")
	}
	t.Row("console", strings.TrimSuffix(s.Control(), "api"), "what the provider saw, and its faults, time and keys")
	if s.Reached.Token != "" {
		t.Row("token", s.Reached.Token, "for the console, and for the control API as Authorization: Bearer")
	}
	t.Row("client", shownClient(id, secret), "any loopback redirect URI")
	t.Row("users", users, "")
	trust := ""
	if s.Pair != nil {
		t.Row("certificate", strings.Join(s.Pair.Names(), ", "), "of --tls-cert, read again when it changes")
	}
	if s.Authority != nil && s.Kept == nil {
		trust = "--insecure "
		t.Row("authority", "in memory", "whom your app has to trust: GET "+s.Control()+"/authority.pem")
	}
	if s.Kept != nil {
		trust = "--cacert " + report.Quoted(s.Kept.File()) + " "
		t.Row("authority", s.Kept.File(), "whom your app has to trust: "+s.Kept.Command("install")+", or authdrill env"+s.Kept.Flags)
	}
	if host, _, err := net.SplitHostPort(s.Address.String()); err == nil && played && s.Authority != nil {
		t.Row("proxy", "http://"+socket.Dialable(host, s.Address), "HTTPS_PROXY of an app that knows the real host names")
	}
	t.Show(v.Voice)
	v.Print("")
	if site.IsDefault(id, secret) && p.Persona().Dialect == nil {
		v.Print("  try         curl %s-u %s:%s -d grant_type=client_credentials %s/token", trust, id, secret, base)
	}
	v.Print("  end         Ctrl-C")
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
func boundElsewhere(base string, provider net.Addr, app *clientapp.App) string {
	var out []string
	for _, one := range []struct {
		url     string
		address net.Addr
	}{{base, provider}, {app.URL, app.Address}} {
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
	case site.IsDefault(id, secret):
		return id + " / " + secret
	case secret == "":
		return id + " (public)"
	}
	return id + " (secret as in the file)"
}
