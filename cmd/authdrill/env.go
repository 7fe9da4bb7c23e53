package main

import (
	"context"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// envVerb prints the settings with which a framework signs in here. It only
// prints; a framework is a file in env/.
func envVerb() verb {
	issuer, id, name := defaultIssuer, setup.ClientID, "shell"
	app, which := "http://127.0.0.1:3000", &authorityFlags{}
	return verb{
		name: "env", group: "helpers",
		summary: "print the settings for a framework",
		flags: func(f *flags) {
			f.text(&name, "for", "FRAMEWORK", "one of "+strings.Join(frameworkNames(), ", "))
			f.text(&issuer, "issuer", "URL", "the issuer")
			f.text(&id, "client-id", "ID", "the client; its secret is taken from $"+secretVariable+", without one it is a public client; app has "+setup.ClientSecret)
			f.text(&app, "app-url", "URL", "where your app runs, for its redirect URI")
			which.define(f)
		},
		run: func(_ context.Context, c *call) error {
			if err := checkIssuer("issuer", issuer); err != nil {
				return err
			}
			if err := checkURL("app-url", app); err != nil {
				return err
			}
			secret, given := c.env(secretVariable)
			if !given && id == setup.ClientID {
				secret = setup.ClientSecret
			}
			values := settings{Issuer: strings.TrimSuffix(issuer, "/"), ClientID: id, Secret: secret, App: strings.TrimSuffix(app, "/")}
			c.secrets.Learn(values.Secret) // it is the answer, and no part of an error
			for _, v := range []string{values.Issuer, values.ClientID, values.Secret, values.App} {
				if strings.ContainsAny(v, "'\"\\$`\n ") {
					return usage("take one without quotes, $, backslashes and spaces", "%q would need quoting that differs between frameworks", v)
				}
			}
			if values.TLS() {
				k, err := which.authority(c.flags)
				if err != nil {
					return err
				}
				values.Trust = c.trust(k)
			}
			return writeSettings(c.out, name, values)
		},
	}
}

// trust are the variables by which an app trusts an authority of --tls, where
// there is one: nothing is made here.
func (v *call) trust(k *keptAuthority) []variable {
	if _, err := os.Stat(k.bundle()); err != nil {
		v.note("there is no authority in %s that your app could trust: authdrill ca path makes one, as --tls does", k.folder())
		v.hint(k.command("path"))
		return nil
	}
	var out []variable
	for _, text := range k.trusting() {
		name, value, _ := strings.Cut(text, "=")
		out = append(out, variable{name, value})
	}
	return out
}
