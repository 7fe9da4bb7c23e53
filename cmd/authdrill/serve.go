package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
)

const (
	defaultPort       = 9400
	defaultClientPort = 9401
)

// serveFlags are those of serve.
type serveFlags struct {
	provider  *providerFlags
	app       *appFlags
	readyFile string
}

func newServeFlags() *serveFlags {
	return &serveFlags{provider: &providerFlags{port: defaultPort, newUsers: "allow"}, app: &appFlags{port: defaultClientPort}}
}

func (s *serveFlags) define(f *flags) {
	s.provider.define(f)
	s.app.define(f)
	f.text(&s.readyFile, "ready-file", "FILE", "write where everything is to FILE, as JSON, when it is ready; the client's secret is in it")
}

// serveVerb is authdrill alone: the provider and the bundled client app, until
// Ctrl-C.
func serveVerb() verb {
	with := newServeFlags()
	return verb{
		name: "serve", group: "servers",
		summary: "provider and client app, until Ctrl-C (authdrill alone does it too)",
		flags:   with.define,
		run: func(ctx context.Context, c *call) (err error) {
			provider, app := with.provider, with.app
			hangups, unhook := hangups()
			defer unhook()
			site, err := provider.start(c.flags, c.voice)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, site.close()) }()
			if err := app.checkPort(c.flags); err != nil {
				return err
			}
			id, secret := site.credentials()
			app.api, app.now = site.api(), site.issuer().Clock().Now
			app.http, app.scope = site.client(), site.scope()
			app.none = app.none || site.unfit() != "" || id == ""
			running, err := app.start(provider, site.openID(), id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.close()) }()
			if err := c.begin(ctx); err != nil {
				return err
			}

			readyFile := with.readyFile
			file := c.flags.place("ready-file", readyFile)
			where := ready{
				Issuer: site.host.BaseURL(), ClientID: id, ClientSecret: secret, ClientApp: running.url, Control: site.control(), ControlToken: site.reached.token,
				PID: os.Getpid(), Issuers: site.readyIssuers(), Address: dialable(provider.host, site.address),
			}
			if readyFile != "" {
				if err := claimReady(file, where); err != nil {
					return err
				}
			}
			c.banner(site, running)
			if readyFile != "" {
				forget, err := writeReady(file, where)
				if err != nil {
					return err
				}
				defer forget()
			}
			for {
				select {
				case <-ctx.Done():
					c.note("ending")
					return nil
				case <-hangups:
					c.reload(site, newServeFlags())
				case err := <-site.ended:
					return environmental("", "the provider ended: %s", err)
				case err := <-running.ended:
					return environmental("", "the client app ended: %s", err)
				}
			}
		},
	}
}

// readyIssuers lists the issuers of a site.
func (s *site) readyIssuers() []readyIssuer {
	var out []readyIssuer
	port := 0
	if address, ok := s.address.(*net.TCPAddr); ok {
		port = address.Port
	}
	for _, name := range s.host.Names() {
		p, ok := s.host.Issuer(name)
		if !ok {
			continue
		}
		one := readyIssuer{Name: name, Issuer: p.Issuer(), BaseURL: p.Issuer(), Port: port, Control: p.ControlURL()}
		if p.Persona().Dialect != nil {
			one.Persona = string(p.Persona().Name)
		}
		if issuer, ok := p.Metadata()["issuer"].(string); ok {
			one.Issuer = issuer
		}
		out = append(out, one)
	}
	return out
}

// reload reads the settings again, and the certificate, and lets the provider go on with
// them. What is wrong is said, and everything stays as it was.
func (c *call) reload(s *site, fresh *serveFlags) {
	if err := c.tryReload(s, fresh); err != nil {
		c.ending(err)
		c.note("the settings stay as they were")
	}
}

func (c *call) tryReload(s *site, fresh *serveFlags) error {
	if err := s.reloadCertificate(); err != nil {
		return err
	}
	f, err := c.flags.again(fresh.define)
	if err != nil {
		return err
	}
	if fresh.provider.config == standardInput {
		return usage("name a file with --config to read it again", "settings from standard input are read once")
	}
	next, err := fresh.provider.read(f)
	if err != nil {
		return err
	}
	if err := s.reload(next, f); err != nil {
		return err
	}
	c.note("the settings were read again: %s, %s, %s", count(len(next.defaults.Clients), "client"), count(len(next.defaults.Users), "user"), count(len(next.defaults.Faults), "fault"))
	reloaded := []string{"sign-in", "allow-origin"} // they are about the provider
	if changed := f.differences(c.flags, reloaded); len(changed) > 0 {
		c.note("another start is needed for %s", strings.Join(changed, ", "))
	}
	return nil
}
