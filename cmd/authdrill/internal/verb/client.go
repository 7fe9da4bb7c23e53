package verb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/clientapp"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/mockprovider/confined"
)

// clientVerb serves only the client app, against any issuer.
func clientVerb() verb {
	app := &clientapp.Flags{Port: defaultClientPort}
	issuer, id, secretFile := "", "", ""
	return verb{
		name: "client", group: "servers",
		summary: "only the client app, against any issuer, also a real one",
		example: "authdrill client --issuer http://127.0.0.1:9400 --client-id app",
		flags: func(f *setting.Flags) {
			f.Text(&issuer, "issuer", "URL", "the issuer to sign in at (required)")
			f.Text(&id, "client-id", "ID", "client_id as registered there (required)")
			f.Text(&secretFile, "client-secret-file", "FILE", "read the client secret from FILE; default $"+setting.SecretVariable+", or what that names: env:NAME, awssecretsmanager:NAME#MEMBER; without one it is a public client")
			f.Text(&app.Scope, "scope", "SCOPES", "what to ask for; default openid profile email offline_access")
			f.Text(&app.API, "api-url", "URL", "a protected resource for the button Call the API")
			f.Text(&app.Other, "second-issuer", "URL", "another issuer, where the client is registered in the same way; signed in at by /login?provider=second")
			f.List(&app.Bugs, "bugs", "NAME", "leave this check out, to see what a bad client does: authdrill help client-bugs; may be repeated")
			f.Words["bugs"] = bugWords
			f.Number(&app.Port, "client-port", "N", "port of the client app; 0 is a free one")
		},
		run: func(ctx context.Context, c *call) (err error) {
			switch {
			case issuer == "":
				return failure.Usage("for one of your own: authdrill client --issuer http://127.0.0.1:9400 --client-id app", "--issuer is missing")
			case id == "":
				return failure.Usage("it is the app's client_id at the provider", "--client-id is missing")
			}
			if err := setting.CheckIssuer("issuer", issuer); err != nil {
				return err
			}
			if err := app.Check(); err != nil {
				return err
			}
			secret, err := clientSecret(secretFile, c.env)
			if err != nil {
				return err
			}
			app.Log = c.Err
			c.Secrets.Learn(secret)
			running, err := app.Start(&site.Flags{Host: "127.0.0.1"}, issuer, id, secret)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, running.Close()) }()
			if err := c.Begin(ctx); err != nil {
				return err
			}
			c.Print("%s", c.Bold("authdrill's client app at "+running.URL))
			c.Print("")
			c.Print("  issuer        %s", issuer)
			c.Print("  redirect URI  %s/callback", running.URL)
			c.Print("  end           Ctrl-C")
			select {
			case <-ctx.Done():
				c.Note("ending")
				return nil
			case err := <-running.Ended:
				return failure.Environmental("", "the client app ended: %s", err)
			}
		},
	}
}

// clientSecret is the secret in a file, or that of the variable, which may name
// it: env:, file: or awssecretsmanager:.
func clientSecret(file string, env func(string) (string, bool)) (string, error) {
	if file != "" {
		return secretOfFlag(file)
	}
	text, _ := env(setting.SecretVariable)
	text, err := secret.Vault{Env: env}.Lookup(text)
	if err != nil {
		return "", secret.Within("$"+setting.SecretVariable, err)
	}
	return text, nil
}

// secretOfFlag is that of a file that a flag names, which may be a pipe too, as of
// --client-secret-file <(pass show app).
func secretOfFlag(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", failure.Usage("name a file with the secret and nothing else", "%s", failure.Reason(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, secret.MaxSize+1))
	if err == nil && len(text) > secret.MaxSize {
		err = &fs.PathError{Op: "read", Path: name, Err: confined.ErrTooLarge}
	}
	if err != nil {
		return "", failure.Usage("name a file with the secret and nothing else", "%s", failure.Reason(err))
	}
	return secret.OnlyLine(name, text)
}

// bugWords are the ways in which the bundled client can be wrong, each with what it is.
func bugWords([]string) []string {
	var out []string
	for _, b := range mutant.All() {
		out = append(out, b.Name+"\t"+b.Doc)
	}
	return out
}
