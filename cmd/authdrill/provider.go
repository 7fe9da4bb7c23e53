package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/requestlog"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// providerFlags are those of every verb that starts a provider.
type providerFlags struct {
	host, config, signIn, log    string
	port                         int
	seed                         *uint64
	randomKeys, allowNonLoopback bool
	personas                     []string
	allowOrigin                  []string
	usersFiles                   []string
	newUsers                     string // of the sign-in page, where the settings say nothing
	addressFlags
	tlsFlags
	controlFlags
}

func (p *providerFlags) define(f *flags) {
	p.host = "127.0.0.1"
	f.text(&p.host, "host", "ADDRESS", "address to listen on")
	f.number(&p.port, "port", "N", "port of the provider; 0 is a free one")
	p.addressFlags.define(f)
	f.text(&p.config, "config", "FILE", "settings, clients, users and faults; default "+configName+" where there is one")
	f.list(&p.usersFiles, "users-file", "FILE", "users in YAML or JSON, by login or as a list; may be repeated")
	f.list(&p.personas, "persona", "NAME|FILE", "stand in for a real provider, at its paths: "+strings.Join(persona.Names()[1:], ", ")+", or a file; of several each has an issuer /t/NAME")
	f.one(&p.signIn, "sign-in", []string{"interactive", "auto"}, "auto signs in the user of login_hint, else the first, without a page")
	f.seed(&p.seed, "seed", "derive keys, codes and tokens from this number")
	f.boolean(&p.randomKeys, "random-keys", "make fresh RSA keys instead of using the fixed test keys")
	p.tlsFlags.define(f)
	f.boolean(&p.allowNonLoopback, "allow-non-loopback", "listen on an address that other machines reach")
	p.log = requestlog.Refusals
	f.one(&p.log, "log", []string{requestlog.Refusals, requestlog.Text, requestlog.JSON, requestlog.Off}, "a line on standard error for each request that is refused, with cause and remedy, or for every request")
	f.list(&p.allowOrigin, "allow-origin", "ORIGIN", "let pages of this origin register clients too, like https://app.example.com; may be repeated")
	p.controlFlags.define(f)
}

// site is a provider that listens.
type site struct {
	host    *mockprovider.Host
	server  *http.Server
	address net.Addr // where it listens
	security
	reached *control
	log     *requestlog.Log // nil: there is none
	*siteSettings
	ended chan error
}

// siteSettings are what the issuers of a site begin with.
type siteSettings struct {
	defaults setup.Setup       // of every issuer
	played   []persona.Persona // that are imitated
	several  []persona.Persona // those that have an issuer of their own each
}

// read reads the settings and the personas, and puts the flags about the provider over
// them. What they say of the provider is said of all personas.
func (p *providerFlags) read(f *flags) (*siteSettings, error) {
	s, err := readConfig(p.config, f)
	if err != nil {
		return nil, err
	}
	if err := p.addUsers(f, &s); err != nil {
		return nil, err
	}
	played, err := personas(p.personas, f.below["persona"])
	if err != nil {
		return nil, err
	}
	if len(played) > 1 && s.Provider.Name != "" {
		return nil, usage("leave one of them out", "provider.persona of the settings names one provider, %s, and --persona several", s.Provider.Name)
	}
	own := s.Provider.With(persona.Persona{SignIn: p.signIn, AllowOrigin: p.allowOrigin})
	if own.NewUsers == "" && len(own.Strict) == 0 {
		own.NewUsers = p.newUsers
	}
	out := &siteSettings{defaults: s, played: played}
	out.defaults.Provider = own
	switch len(played) {
	case 0:
	case 1:
		out.defaults.Provider = played[0].With(own)
	default:
		for _, one := range played {
			out.several = append(out.several, one.With(own))
		}
	}
	return out, nil
}

// start listens first, so that nobody is refused while the rest is made.
func (p *providerFlags) start(f *flags, say *voice) (*site, error) {
	s, err := p.read(f)
	if err != nil {
		return nil, err
	}
	p.host = unbracketed(p.host)
	safe, err := p.secure(f, say, s.played, persona.Spec().With(s.defaults.Provider))
	if err != nil {
		return nil, err
	}
	listener, err := listen(p.host, p.port, "port", p.allowNonLoopback)
	if err != nil {
		return nil, err
	}
	reached, err := p.open(listener)
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	staySmall(os.LookupEnv)
	o := p.options(p.base(p.scheme(), p.host, listener.Addr()))
	o.Defaults, o.Seed, o.RandomKeys = s.defaults, p.seed, p.randomKeys
	o.OnDemand, o.Stimulus, o.Capacity = true, catalog.Stimulus, keptExchanges
	o.Authority, o.HTTP2 = safe.authority, p.http2
	o.ControlToken, o.ControlURL, o.Logf = reached.token, reached.url, say.note
	log := p.startLog(say, &o)
	host, err := mockprovider.NewHost(o)
	if err == nil {
		err = play(host, s.several)
	}
	if err != nil {
		log.Close()
		_ = listener.Close()
		reached.abandon()
		return nil, f.located(err)
	}
	f.written = nil
	out := &site{host: host, server: mockprovider.NewServer(host), address: listener.Addr(), security: safe, reached: reached, log: log, siteSettings: s, ended: make(chan error, 2)}
	reached.serve(host, out.ended)
	go func() { out.ended <- out.server.Serve(safe.listen(listener)) }()
	return out, nil
}

// startLog begins the log of requests, nil where there is to be none.
func (p *providerFlags) startLog(say *voice, o *mockprovider.HostOptions) *requestlog.Log {
	if p.log == requestlog.Off {
		return nil
	}
	log := requestlog.New(say.err, p.log, say.secrets.Hide)
	o.Log, o.LogAll = log.Request, p.log != requestlog.Refusals
	return log
}

func (p *providerFlags) scheme() string {
	if p.isOn() {
		return "https://"
	}
	return "http://"
}

// issuer is the default issuer.
func (s *site) issuer() *mockprovider.Provider {
	p, _ := s.host.Issuer("")
	return p
}

// control is where the control API of the default issuer is.
func (s *site) control() string { return s.issuer().ControlURL() }

// close lets running requests end, within reason.
func (s *site) close() error {
	err := errors.Join(shutdown(s.server), s.reached.close())
	err = errors.Join(err, s.host.Close())
	s.log.Close()
	return err
}

func shutdown(s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return s.Close()
	}
	return nil
}

// openID is the issuer identifier that a client of OpenID Connect is told.
func (s *site) openID() string {
	if d := s.issuer().Persona().Dialect; d != nil {
		return s.host.BaseURL() + d.OpenID.Issuer
	}
	return s.host.BaseURL()
}

// scope is what the bundled client app asks for, empty for what it always does.
func (s *site) scope() string {
	if d := s.issuer().Persona().Dialect; d != nil {
		return d.OpenID.Scope
	}
	return ""
}

// api is a resource that the access token is good for.
func (s *site) api() string {
	p := s.issuer()
	if p.Persona().Dialect == nil {
		return s.host.BaseURL() + "/resource/me"
	}
	address, _ := p.Metadata()[string(protocol.UserinfoEndpoint)].(string)
	u, err := url.Parse(address)
	if err != nil {
		return s.host.BaseURL()
	}
	return s.host.BaseURL() + u.Path
}

// unfit says why the bundled client app cannot sign in there; nothing where it
// can.
func (s *site) unfit() string {
	d := s.issuer().Persona().Dialect
	switch {
	case d == nil:
		return ""
	case len(d.Endpoints.Discovery) == 0:
		return d.Title + " has no OpenID Connect discovery"
	}
	return d.OpenID.Unfit
}

// credentials are those of the client that a newcomer uses.
func (s *site) credentials() (id, secret string) {
	c := s.issuer().Client()
	return c.ID, c.Secret
}

// isDefault reports whether the credentials are the well-known ones.
func isDefault(id, secret string) bool { return id == setup.ClientID && secret == setup.ClientSecret }

func lower(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ToLower(n)
	}
	return out
}

// checkURL refuses what is no http or https URL.
func checkURL(flag, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return usage("write it as --"+flag+" http://127.0.0.1:9400", "--%s %s is no http or https URL", flag, raw)
	}
	return nil
}
