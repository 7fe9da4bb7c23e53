package main

import (
	"context"
	"errors"
	"os"
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
