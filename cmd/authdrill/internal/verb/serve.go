package verb

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/clientapp"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
)

const (
	defaultPort       = 9400
	defaultClientPort = 9401
)

// serveFlags are those of serve.
type serveFlags struct {
	provider  *site.Flags
	app       *clientapp.Flags
	readyFile string
}

func newServeFlags() *serveFlags {
	return &serveFlags{provider: &site.Flags{Port: defaultPort, NewUsers: "allow"}, app: &clientapp.Flags{Port: defaultClientPort}}
}

func (s *serveFlags) define(f *setting.Flags) {
	s.provider.Define(f)
	s.app.Define(f)
	f.Text(&s.readyFile, "ready-file", "FILE", "write where everything is to FILE, as JSON, when it is ready; the client's secret is in it")
}

// serveVerb serves the provider and the bundled client app until Ctrl-C. It is also
// what authdrill does without a verb.
func serveVerb() verb {
	with := newServeFlags()
	return verb{
		name: "serve", group: "servers",
		summary: "serve provider and client app until Ctrl-C (the default verb)",
		example: "authdrill serve --port 0 --ready-file ready.json  # a free port, for a script\n" +
			"authdrill serve --persona google --sign-in auto   # imitates Google, without a sign-in page\n" +
			"authdrill serve --tls                             # with a certificate that authdrill ca install has trusted",
		flags: with.define,
		run: func(ctx context.Context, c *call) (err error) {
			provider, app := with.provider, with.app
			hangups, unhook := signals.Hangups()
			defer unhook()
			site, err := provider.Start(c.flags, c.Voice)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, site.Close()) }()
			if err := app.CheckPort(c.flags); err != nil {
				return err
			}
			id, secret := site.Credentials()
			app.API, app.Now = site.API(), site.Issuer().Clock().Now
			app.HTTP, app.Scope = site.Client(), site.Scope()
			app.None = app.None || site.Unfit() != "" || id == ""
			running, err := app.Start(provider, site.OpenID(), id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.Close()) }()
			if err := c.Begin(ctx); err != nil {
				return err
			}

			readyFile := with.readyFile
			file := c.flags.Place("ready-file", readyFile)
			where := readyfile.File{
				Issuer: site.Host.BaseURL(), ClientID: id, ClientSecret: secret, ClientApp: running.URL, Control: site.Control(), ControlToken: site.Reached.Token,
				PID: os.Getpid(), Issuers: readyIssuers(site), Address: socket.Dialable(provider.Host, site.Address),
			}
			if readyFile != "" {
				if err := readyfile.Claim(file, where); err != nil {
					return err
				}
			}
			c.banner(site, running)
			if readyFile != "" {
				forget, err := readyfile.Write(file, where)
				if err != nil {
					return err
				}
				defer forget()
			}
			for {
				select {
				case <-ctx.Done():
					c.Note("ending")
					return nil
				case <-hangups:
					c.reload(site, newServeFlags())
				case err := <-site.Ended:
					return failure.Environmental("", "the provider ended: %s", err)
				case err := <-running.Ended:
					return failure.Environmental("", "the client app ended: %s", err)
				}
			}
		},
	}
}

// readyIssuers lists the issuers of a site.
func readyIssuers(s *site.Site) []readyfile.Issuer {
	var out []readyfile.Issuer
	port := 0
	if address, ok := s.Address.(*net.TCPAddr); ok {
		port = address.Port
	}
	for _, name := range s.Host.Names() {
		p, ok := s.Host.Issuer(name)
		if !ok {
			continue
		}
		one := readyfile.Issuer{Name: name, Issuer: p.Issuer(), BaseURL: p.Issuer(), Port: port, Control: p.ControlURL()}
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
func (c *call) reload(s *site.Site, fresh *serveFlags) {
	if err := c.tryReload(s, fresh); err != nil {
		c.Ending(err)
		c.Note("the settings stay as they were")
	}
}

func (c *call) tryReload(s *site.Site, fresh *serveFlags) error {
	if err := s.ReloadCertificate(); err != nil {
		return err
	}
	f, err := c.flags.Again(fresh.define)
	if err != nil {
		return err
	}
	if fresh.provider.Config == setting.StandardInput {
		return failure.Usage("name a file with --config to read it again", "settings from standard input are read once")
	}
	next, err := fresh.provider.Read(f)
	if err != nil {
		return err
	}
	if err := s.Reload(next, f); err != nil {
		return err
	}
	c.Note("the settings were read again: %s, %s, %s", say.Count(len(next.Defaults.Clients), "client"), say.Count(len(next.Defaults.Users), "user"), say.Count(len(next.Defaults.Faults), "fault"))
	reloaded := []string{"sign-in", "allow-origin"} // they are about the provider
	if changed := f.Differences(c.flags, reloaded); len(changed) > 0 {
		c.Note("another start is needed for %s", strings.Join(changed, ", "))
	}
	return nil
}
