package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
)

const (
	defaultPort       = 9400
	defaultClientPort = 9401
)

// serveVerb is authdrill alone: the provider and the bundled client app, until
// Ctrl-C.
func serveVerb() verb {
	provider := &providerFlags{port: defaultPort}
	app := &appFlags{port: defaultClientPort}
	var readyFile string
	return verb{
		name: "serve", group: "servers",
		summary: "provider and client app, until Ctrl-C (authdrill alone does it too)",
		flags: func(f *flags) {
			provider.define(f)
			app.define(f)
			f.text(&readyFile, "ready-file", "FILE", "write where everything is to FILE, as JSON, when it is ready")
		},
		run: func(ctx context.Context, c *call) (err error) {
			site, err := provider.start(c.flags)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, site.close()) }()
			id, secret := site.credentials()
			app.api, app.now = site.host.BaseURL()+"/resource/me", site.issuer().Clock().Now
			running, err := app.start(provider, site.host.BaseURL(), id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.close()) }()

			c.banner(site, running.url)
			if readyFile != "" {
				forget, err := writeReady(readyFile, ready{site.host.BaseURL(), id, secret, running.url, site.control(), os.Getpid()})
				if err != nil {
					return err
				}
				defer forget()
			}
			select {
			case <-ctx.Done():
				c.note("ending")
				return nil
			case err := <-site.ended:
				return environmental("", "the provider ended: %s", err)
			case err := <-running.ended:
				return environmental("", "the client app ended: %s", err)
			}
		},
	}
}

// ready is the ready file: everything a script needs, in one read.
type ready struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	ClientApp    string `json:"client_app,omitempty"`
	Control      string `json:"control"`
	PID          int    `json:"pid"`
}

// writeReady writes the ready file, and returns how to take it away again.
func writeReady(name string, r ready) (forget func(), err error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	err = writeFile(name, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return nil, environmental("--ready-file names a file in a folder that exists", "cannot write the ready file: %s", reason(err))
	}
	return func() { _ = os.Remove(name) }, nil // whether it is still there is for its owner to say
}

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
	row("provider", base, "/.well-known/openid-configuration")
	if app != "" {
		row("client app", app, "press Sign in")
	}
	row("console", base+"/_/", "what the provider saw, and its faults, time and keys")
	row("client", shownClient(id, secret), "any loopback redirect URI")
	row("users", strings.Join(users, ", "), "")
	v.print("")
	if isDefault(id, secret) {
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
