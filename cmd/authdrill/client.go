package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
)

// secretVariable holds the client secret. There is no flag for it: flags are in
// the list of processes and in the shell's history.
const secretVariable = envPrefix + "CLIENT_SECRET"

// clientVerb serves the client app alone, against any issuer.
func clientVerb() verb {
	app := &appFlags{port: defaultClientPort}
	issuer, id, secretFile, scope := "", "", "", ""
	return verb{
		name: "client", group: "servers",
		summary: "the client app alone, against any issuer, also a real one",
		flags: func(f *flags) {
			f.text(&issuer, "issuer", "URL", "the issuer to sign in at (required)")
			f.text(&id, "client-id", "ID", "client_id as registered there (required)")
			f.text(&secretFile, "client-secret-file", "FILE", "read the client secret from FILE; default $"+secretVariable+"; without one it is a public client")
			f.text(&scope, "scope", "SCOPES", "what to ask for; default openid profile email offline_access")
			f.number(&app.port, "client-port", "N", "port of the client app; 0 is a free one")
		},
		run: func(ctx context.Context, c *call) (err error) {
			switch {
			case issuer == "":
				return usage("for one of your own: authdrill client --issuer http://127.0.0.1:9400 --client-id app", "--issuer is missing")
			case id == "":
				return usage("it is what the provider registered the app under", "--client-id is missing")
			}
			if err := checkURL("issuer", issuer); err != nil {
				return err
			}
			secret, err := clientSecret(secretFile, c.env)
			if err != nil {
				return err
			}
			app.scope = scope
			running, err := app.start(&providerFlags{host: "127.0.0.1"}, issuer, id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.close()) }()
			c.print("%s", c.bold("authdrill's client app at "+running.url))
			c.print("")
			c.print("  issuer        %s", issuer)
			c.print("  redirect URI  %s/callback", running.url)
			c.print("  end           Ctrl-C")
			select {
			case <-ctx.Done():
				c.note("ending")
				return nil
			case err := <-running.ended:
				return environmental("", "the client app ended: %s", err)
			}
		},
	}
}

func clientSecret(file string, env func(string) (string, bool)) (string, error) {
	if file == "" {
		secret, _ := env(secretVariable)
		return secret, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usage("--client-secret-file names a file with the secret and nothing else", "%s", reason(err))
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", usage("it holds the secret and nothing else", "%s does not hold one line", file)
	}
	return secret, nil
}

// appFlags are those of the bundled client app.
type appFlags struct {
	port  int
	none  bool
	scope string
}

func (a *appFlags) define(f *flags) {
	f.number(&a.port, "client-port", "N", "port of the client app; 0 is a free one")
	f.boolean(&a.none, "no-client", "serve the provider alone")
}

// running is the client app, listening. One that was not wanted has no url and
// never ends.
type running struct {
	url    string
	server *http.Server
	ended  chan error
}

// start lets the app listen where the provider does.
func (a *appFlags) start(p *providerFlags, issuer, id, secret string) (*running, error) {
	if a.none {
		return &running{}, nil
	}
	listener, err := listen(p.host, a.port, "client-port", p.allowNonLoopback)
	if err != nil {
		return nil, err
	}
	r := &running{url: "http://" + dialable(p.host, listener.Addr()), ended: make(chan error, 1)}
	app, err := a.app(r.url, issuer, id, secret)
	if err != nil {
		_ = listener.Close()
		return nil, usage("", "%s", err)
	}
	r.server = newServer(app)
	go func() { r.ended <- r.server.Serve(listener) }()
	return r, nil
}

func (r *running) close() error {
	if r.server == nil {
		return nil
	}
	return shutdown(r.server)
}
