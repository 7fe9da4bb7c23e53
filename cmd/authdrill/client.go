package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// secretVariable holds the client secret. There is no flag for it: flags are in
// the list of processes and in the shell's history.
const secretVariable = envPrefix + "CLIENT_SECRET"

// clientVerb serves the client app alone, against any issuer.
func clientVerb() verb {
	app := &appFlags{port: defaultClientPort}
	issuer, id, secretFile := "", "", ""
	return verb{
		name: "client", group: "servers",
		summary: "the client app alone, against any issuer, also a real one",
		flags: func(f *flags) {
			f.text(&issuer, "issuer", "URL", "the issuer to sign in at (required)")
			f.text(&id, "client-id", "ID", "client_id as registered there (required)")
			f.text(&secretFile, "client-secret-file", "FILE", "read the client secret from FILE; default $"+secretVariable+", or what that names: env:NAME, awssecretsmanager:NAME#MEMBER; without one it is a public client")
			f.text(&app.scope, "scope", "SCOPES", "what to ask for; default openid profile email offline_access")
			f.text(&app.api, "api-url", "URL", "a protected resource for the button Call the API")
			f.text(&app.other, "second-issuer", "URL", "another issuer, where the client is registered in the same way; signed in at by /login?provider=second")
			f.list(&app.bugs, "bugs", "NAME", "leave this check out, to see what a bad client does: authdrill help client-bugs; may be repeated")
			f.number(&app.port, "client-port", "N", "port of the client app; 0 is a free one")
		},
		run: func(ctx context.Context, c *call) (err error) {
			switch {
			case issuer == "":
				return usage("for one of your own: authdrill client --issuer http://127.0.0.1:9400 --client-id app", "--issuer is missing")
			case id == "":
				return usage("it is what the provider registered the app under", "--client-id is missing")
			}
			if err := checkIssuer("issuer", issuer); err != nil {
				return err
			}
			if err := app.check(); err != nil {
				return err
			}
			secret, err := clientSecret(secretFile, c.env)
			if err != nil {
				return err
			}
			app.log = c.err
			c.secrets.Learn(secret)
			running, err := app.start(&providerFlags{host: "127.0.0.1"}, issuer, id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.close()) }()
			if err := c.begin(ctx); err != nil {
				return err
			}
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

// check finds what no request of the client app can have.
func (a *appFlags) check() error {
	var wrong refusals
	for _, scope := range strings.Fields(a.scope) {
		if err := protocol.CheckScope(scope); err != nil {
			wrong.add(usage("", "--scope: %w", err))
		}
	}
	if a.api != "" {
		wrong.add(checkURL("api-url", a.api))
	}
	if a.other != "" {
		wrong.add(checkIssuer("second-issuer", a.other))
	}
	return wrong.err()
}

// clientSecret is the secret in a file, or that of the variable, which may name
// it: env:, file: or awssecretsmanager:.
func clientSecret(file string, env func(string) (string, bool)) (string, error) {
	if file != "" {
		return secretOfFlag(file)
	}
	secret, _ := env(secretVariable)
	secret, err := vault{env: env}.secret(secret)
	if err != nil {
		return "", within("$"+secretVariable, err)
	}
	return secret, nil
}

// secretOfFlag is that of a file that a flag names, which may be a pipe too, as of
// --client-secret-file <(pass show app).
func secretOfFlag(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", usage("name a file with the secret and nothing else", "%s", reason(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, secretSize+1))
	if err == nil && len(text) > secretSize {
		err = &fs.PathError{Op: "read", Path: name, Err: confined.ErrTooLarge}
	}
	if err != nil {
		return "", usage("name a file with the secret and nothing else", "%s", reason(err))
	}
	return onlyLine(name, text)
}
