// Package site starts a provider as flags and settings describe it: on its port, over TLS
// or not, with its personas, users and control API. Flags.Start returns a Site.
package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/requestlog"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// Flags are those of every verb that starts a provider.
type Flags struct {
	Host, Config, signIn, log    string
	Port                         int
	seed                         *uint64
	randomKeys, AllowNonLoopback bool
	personas                     []string
	allowOrigin                  []string
	usersFiles                   []string
	NewUsers                     string // of the sign-in page, where the settings say nothing
	addressFlags
	tlsFlags
	controlFlags
}

// Define adds the flags to those of a verb.
func (p *Flags) Define(f *setting.Flags) {
	p.Host = "127.0.0.1"
	f.Text(&p.Host, "host", "ADDRESS", "address to listen on")
	f.Number(&p.Port, "port", "N", "port of the provider; 0 is a free one")
	p.addressFlags.define(f)
	f.Text(&p.Config, "config", "FILE", "settings, clients, users and faults; default "+setting.FileName+" where there is one")
	f.List(&p.usersFiles, "users-file", "FILE", "users in YAML or JSON, by login or as a list; may be repeated")
	f.List(&p.personas, "persona", "NAME|FILE", "imitate a real provider, at its paths: "+strings.Join(persona.Names()[1:], ", ")+", or a file; with several, each is served at /t/NAME")
	f.Words["persona"] = setting.Fixed(persona.Names()...)
	f.One(&p.signIn, "sign-in", []string{"interactive", "auto"}, "auto signs in the user of login_hint, else the first, without a page")
	f.Seed(&p.seed, "seed", "derive keys, codes and tokens from this number")
	f.Boolean(&p.randomKeys, "random-keys", "make fresh RSA keys instead of using the fixed test keys")
	p.tlsFlags.define(f)
	f.Boolean(&p.AllowNonLoopback, "allow-non-loopback", "listen on an address that other machines reach")
	p.log = requestlog.Refusals
	f.One(&p.log, "log", []string{requestlog.Refusals, requestlog.Text, requestlog.JSON, requestlog.Off}, "a line on standard error for each request that is refused, with cause and remedy, or for every request")
	f.List(&p.allowOrigin, "allow-origin", "ORIGIN", "let pages of this origin register clients too, like https://app.example.com; may be repeated")
	p.controlFlags.define(f)
}

// Site is a provider that listens.
type Site struct {
	Host    *mockprovider.Host
	server  *http.Server
	Address net.Addr // where it listens
	security
	Reached *control
	log     *requestlog.Log // nil: there is none
	*siteSettings
	Ended chan error
}

// siteSettings are what the issuers of a site begin with.
type siteSettings struct {
	Defaults setup.Setup       // of every issuer
	played   []persona.Persona // that are imitated
	several  []persona.Persona // those that have an issuer of their own each
}

// Read reads the settings and the personas, and puts the flags about the provider over
// them. What they say of the provider is said of all personas. With an error the
// settings are nil where there is not enough of them to look for more that is wrong.
func (p *Flags) Read(f *setting.Flags) (*siteSettings, error) {
	s, err := setting.ReadConfig(p.Config, f)
	if err != nil && f.Written == nil {
		return nil, failure.Join(err, p.check(f))
	}
	var wrong failure.List
	wrong.Add(err)
	wrong.Add(p.check(f))
	unread := p.addUsers(f, &s)
	wrong.Add(unread)
	played, err := setting.Personas(f, p.personas)
	if err != nil || unread != nil {
		wrong.Add(err)
		return nil, wrong.Err()
	}
	if len(played) > 1 && s.Provider.Name != "" {
		wrong.Add(f.Located(strict.Member("provider.persona", fmt.Errorf("the settings name one provider here, %s, and %s several: leave one of them out", s.Provider.Name, f.Word("persona", "")))))
		return nil, wrong.Err()
	}
	out := p.combine(s, played)
	wrong.Add(f.Located(out.checkShared()))
	return out, wrong.Err()
}

// combine puts the flags about the provider over the settings, and those over the
// personas.
func (p *Flags) combine(s setup.Setup, played []persona.Persona) *siteSettings {
	own := s.Provider.With(persona.Persona{SignIn: p.signIn, AllowOrigin: p.allowOrigin})
	if own.NewUsers == "" && len(own.Strict) == 0 {
		own.NewUsers = p.NewUsers
	}
	out := &siteSettings{Defaults: s, played: played}
	out.Defaults.Provider = own
	switch len(played) {
	case 0:
	case 1:
		out.Defaults.Provider = played[0].With(own)
	default:
		for _, one := range played {
			out.several = append(out.several, one.With(own))
		}
		out.Defaults.Shared = true
	}
	return out
}

// check finds flags, also of the settings, that are wrong in themselves.
func (p *Flags) check(f *setting.Flags) error {
	var wrong failure.List
	about := func(name string, n int, err error) {
		if err != nil && len(f.Places[name]) == 0 { // the settings were checked where they were read
			wrong.Add(failure.Usage("", "%s: %w", f.Word(name, ""), err))
		}
	}
	if p.BaseURL != "" {
		about("base-url", 0, setting.CheckBaseURL(p.BaseURL))
	}
	for n, name := range p.AllowHost {
		about("allow-host", n, setting.CheckHostname(name))
	}
	for n, origin := range p.allowOrigin {
		_, err := strict.MemberOf((&persona.Persona{AllowOrigin: []string{origin}}).CheckMembers())
		about("allow-origin", n, err)
	}
	switch err := socket.CheckHost(p.Host); {
	case err != nil:
		about("host", 0, err)
	case len(f.Places["host"]) > 0 && socket.CheckReach(socket.Unbracketed(p.Host), p.AllowNonLoopback) != nil:
		wrong.Add(f.Placed("host", 0, failure.Usage("write host: 127.0.0.1, or add allow_non_loopback: true if other machines must reach it", "%s", socket.CheckReach(socket.Unbracketed(p.Host), false))))
	default:
		wrong.Add(socket.CheckReach(socket.Unbracketed(p.Host), p.AllowNonLoopback))
	}
	wrong.Add(p.tlsFlags.check(f))
	for _, name := range []string{"ready-file", "ca-dir"} {
		if at := f.Places[name]; len(at) > 0 && f.Below[name] != "" && !filepath.IsLocal(f.Set.Lookup(name).Value.String()) {
			err := &fs.PathError{Op: "open", Path: f.Set.Lookup(name).Value.String(), Err: confined.ErrOutside}
			wrong.Add(f.Placed(name, 0, failure.Usage(f.Place(name, "").Remedy(err, ""), "%s", failure.Reason(err))))
		}
	}
	return wrong.Err()
}

// Start listens first, so that no connection is refused while the rest is made.
func (p *Flags) Start(f *setting.Flags, say *say.Voice) (*Site, error) {
	s, err := p.Read(f)
	p.Host = socket.Unbracketed(p.Host)
	if err != nil {
		return nil, p.withRest(err, f, say, s)
	}
	safe, err := p.secure(f, say, s.played, persona.Spec().With(s.Defaults.Provider))
	if err != nil {
		return nil, p.withRest(err, f, say, s)
	}
	listener, err := socket.Listen(p.Host, p.Port, "port", p.AllowNonLoopback)
	if err != nil {
		return nil, err
	}
	reached, err := p.open(listener)
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	staySmall(os.LookupEnv)
	o := p.hostOptions(s, p.Base(p.Scheme(), p.Host, listener.Addr()))
	o.Authority = safe.Authority
	o.ControlToken, o.ControlURL, o.Logf = reached.Token, reached.url, say.Note
	log := p.startLog(say, &o)
	host, err := newHost(o, s)
	if err != nil {
		log.Close()
		_ = listener.Close()
		reached.stopListening()
		return nil, f.Located(err)
	}
	f.Written = nil
	out := &Site{Host: host, server: mockprovider.NewServer(host), Address: listener.Addr(), security: safe, Reached: reached, log: log, siteSettings: s, Ended: make(chan error, 2)}
	reached.serve(host, out.Ended)
	go func() { out.Ended <- out.server.Serve(safe.listen(listener)) }()
	return out, nil
}

// hostOptions are those of a host with the settings, that listens nowhere.
func (p *Flags) hostOptions(s *siteSettings, base string) mockprovider.Options {
	o := p.options(base)
	o.Defaults, o.Seed, o.RandomKeys, o.HTTP2 = s.Defaults, p.seed, p.randomKeys, p.http2
	o.OnDemand, o.Stimulus, o.Capacity = true, catalog.Stimulus, keptExchanges
	return o
}

// newHost makes a host that has the issuers of its personas too.
func newHost(o mockprovider.Options, s *siteSettings) (*mockprovider.Host, error) {
	host, err := mockprovider.NewHost(o)
	if err != nil {
		return nil, err
	}
	if err := createIssuers(host, s.several); err != nil {
		return nil, errors.Join(err, host.Close())
	}
	return host, nil
}

// withRest adds to an error what else is wrong, as far as it does not follow from it.
func (p *Flags) withRest(err error, f *setting.Flags, say *say.Voice, s *siteSettings) error {
	var wrong failure.List
	wrong.Add(err)
	wrong.AddUnlessKnown(p.checkSettings(f, say, s))
	return wrong.Err()
}

// checkSettings finds what a provider that cannot be served would refuse of its settings,
// so that everything that is wrong is told at once. s is nil where that is not known.
func (p *Flags) checkSettings(f *setting.Flags, say *say.Voice, s *siteSettings) error {
	var wrong failure.List
	if p.tlsCert != "" && p.tlsKey != "" {
		_, err := p.openPair(f, say)
		wrong.Add(err)
	}
	if s == nil {
		return wrong.Err()
	}
	valid := *p
	valid.addressFlags = addressFlags{}
	if _, unread := s.Defaults.Provider.UnreadKey(); unread {
		s.Defaults.Provider.Keys = nil
	}
	if len(p.allowOrigin) > 0 { // they were checked as flags
		s.Defaults.Provider.AllowOrigin = nil
	}
	host, err := newHost(valid.hostOptions(s, ""), s)
	if err != nil {
		wrong.Add(f.Located(err))
		return wrong.Err()
	}
	return errors.Join(wrong.Err(), host.Close())
}

// startLog begins the log of requests, nil where there is to be none.
func (p *Flags) startLog(say *say.Voice, o *mockprovider.Options) *requestlog.Log {
	if p.log == requestlog.Off {
		return nil
	}
	log := requestlog.New(say.Err, p.log, say.Secrets.Hide)
	o.Log, o.LogAll = log.Request, p.log != requestlog.Refusals
	return log
}

// Scheme is that of the provider's URLs.
func (p *Flags) Scheme() string {
	if p.isOn() {
		return "https://"
	}
	return "http://"
}

// Issuer is the default issuer.
func (s *Site) Issuer() *mockprovider.Provider {
	p, _ := s.Host.Issuer("")
	return p
}

// Control is where the control API of the default issuer is.
func (s *Site) Control() string { return s.Issuer().ControlURL() }

// Close lets running requests end, within reason.
func (s *Site) Close() error {
	err := errors.Join(Shutdown(s.server), s.Reached.close())
	err = errors.Join(err, s.Host.Close())
	s.log.Close()
	return err
}

// Shutdown lets running requests end, for two seconds at most.
func Shutdown(s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return s.Close()
	}
	return nil
}
