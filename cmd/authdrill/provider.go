package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/doctor"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/requestlog"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
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
// them. What they say of the provider is said of all personas. With an error the
// settings are nil where there is not enough of them to look for more that is wrong.
func (p *providerFlags) read(f *flags) (*siteSettings, error) {
	s, err := readConfig(p.config, f)
	if err != nil && f.written == nil {
		return nil, joinErrors(err, p.check(f))
	}
	var wrong refusals
	wrong.add(err)
	wrong.add(p.check(f))
	unread := p.addUsers(f, &s)
	wrong.add(unread)
	played, err := personas(f, p.personas)
	if err != nil || unread != nil {
		wrong.add(err)
		return nil, wrong.err()
	}
	if len(played) > 1 && s.Provider.Name != "" {
		wrong.add(f.located(strict.Member("provider.persona", fmt.Errorf("the settings name one provider here, %s, and %s several: leave one of them out", s.Provider.Name, f.word("persona", "")))))
		return nil, wrong.err()
	}
	out := p.combine(s, played)
	wrong.add(f.located(out.checkShared()))
	return out, wrong.err()
}

// combine puts the flags about the provider over the settings, and those over the
// personas.
func (p *providerFlags) combine(s setup.Setup, played []persona.Persona) *siteSettings {
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
		out.defaults.Shared = true
	}
	return out
}

// check finds flags, also of the settings, that are wrong in themselves.
func (p *providerFlags) check(f *flags) error {
	var wrong refusals
	about := func(name string, n int, err error) {
		if err != nil && len(f.places[name]) == 0 { // the settings were checked where they were read
			wrong.add(usage("", "%s: %w", f.word(name, ""), err))
		}
	}
	if p.baseURL != "" {
		about("base-url", 0, mockprovider.CheckBaseURL(p.baseURL))
	}
	for n, name := range p.allowHost {
		about("allow-host", n, mockprovider.CheckHostname(name))
	}
	for n, origin := range p.allowOrigin {
		var problems strict.Problems
		if errors.As(setup.ValidateProvider(persona.Persona{AllowOrigin: []string{origin}}), &problems) {
			about("allow-origin", n, errors.New(problems[0].Message))
		}
	}
	switch err := checkHost(p.host); {
	case err != nil:
		about("host", 0, err)
	case len(f.places["host"]) > 0 && checkReach(unbracketed(p.host), p.allowNonLoopback) != nil:
		wrong.add(f.placed("host", 0, usage("write host: 127.0.0.1, or add allow_non_loopback: true if other machines must reach it", "%s", checkReach(unbracketed(p.host), false))))
	default:
		wrong.add(checkReach(unbracketed(p.host), p.allowNonLoopback))
	}
	wrong.add(p.tlsFlags.check(f))
	for _, name := range []string{"ready-file", "ca-dir"} {
		if at := f.places[name]; len(at) > 0 && f.below[name] != "" && !filepath.IsLocal(f.set.Lookup(name).Value.String()) {
			err := &fs.PathError{Op: "open", Path: f.set.Lookup(name).Value.String(), Err: confined.ErrOutside}
			wrong.add(f.placed(name, 0, usage(f.place(name, "").remedy(err, ""), "%s", reason(err))))
		}
	}
	return wrong.err()
}

// start listens first, so that nobody is refused while the rest is made.
func (p *providerFlags) start(f *flags, say *voice) (*site, error) {
	s, err := p.read(f)
	p.host = unbracketed(p.host)
	if err != nil {
		return nil, p.withRest(err, f, say, s)
	}
	safe, err := p.secure(f, say, s.played, persona.Spec().With(s.defaults.Provider))
	if err != nil {
		return nil, p.withRest(err, f, say, s)
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
	o := p.hostOptions(s, p.base(p.scheme(), p.host, listener.Addr()))
	o.Authority = safe.authority
	o.ControlToken, o.ControlURL, o.Logf = reached.token, reached.url, say.note
	log := p.startLog(say, &o)
	host, err := newHost(o, s)
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

// hostOptions are those of a host with the settings, that listens nowhere.
func (p *providerFlags) hostOptions(s *siteSettings, base string) mockprovider.HostOptions {
	o := p.options(base)
	o.Defaults, o.Seed, o.RandomKeys, o.HTTP2 = s.defaults, p.seed, p.randomKeys, p.http2
	o.OnDemand, o.Stimulus, o.Capacity = true, catalog.Stimulus, keptExchanges
	return o
}

// newHost makes a host that has the issuers of its personas too.
func newHost(o mockprovider.HostOptions, s *siteSettings) (*mockprovider.Host, error) {
	host, err := mockprovider.NewHost(o)
	if err != nil {
		return nil, err
	}
	if err := play(host, s.several); err != nil {
		return nil, errors.Join(err, host.Close())
	}
	return host, nil
}

// withRest adds to an error what else is wrong, as far as it does not follow from it.
func (p *providerFlags) withRest(err error, f *flags, say *voice, s *siteSettings) error {
	var wrong refusals
	wrong.add(err)
	wrong.addUnlessKnown(p.rehearse(f, say, s))
	return wrong.err()
}

// rehearse finds what a provider that cannot be served would refuse of its settings,
// so that everything that is wrong is told at once. s is nil where that is not known.
func (p *providerFlags) rehearse(f *flags, say *voice, s *siteSettings) error {
	var wrong refusals
	if p.tlsCert != "" && p.tlsKey != "" {
		_, err := p.openPair(f, say)
		wrong.add(err)
	}
	if s == nil {
		return wrong.err()
	}
	valid := *p
	valid.addressFlags = addressFlags{}
	if _, unread := s.defaults.Provider.UnreadKey(); unread {
		s.defaults.Provider.Keys = nil
	}
	if len(p.allowOrigin) > 0 { // they were checked as flags
		s.defaults.Provider.AllowOrigin = nil
	}
	host, err := newHost(valid.hostOptions(s, ""), s)
	if err != nil {
		wrong.add(f.located(err))
		return wrong.err()
	}
	return errors.Join(wrong.err(), host.Close())
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

// checkIssuer refuses what is no issuer identifier.
func checkIssuer(flag, raw string) error {
	if err := checkURL(flag, raw); err != nil {
		return err
	}
	if strings.ContainsAny(raw, "?#") {
		return usage("write it as --"+flag+" http://127.0.0.1:9400", "--%s %s has a query or a fragment, which no issuer identifier has (RFC 8414 section 2)", flag, raw)
	}
	return nil
}

// checkURL refuses what is no http or https URL.
func checkURL(flag, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return usage("write it as --"+flag+" "+doctor.WithScheme(raw, "http://127.0.0.1:9400"), "--%s %s is no http or https URL", flag, raw)
	}
	return nil
}
