package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

//go:embed env/*.tmpl
var frameworks embed.FS

// envVerb prints the settings with which a framework signs in here. It only
// prints; a framework is a file in env/.
func envVerb() verb {
	issuer, id, framework := defaultIssuer, setup.ClientID, "shell"
	app, which := "http://127.0.0.1:3000", &authorityFlags{}
	return verb{
		name: "env", group: "helpers",
		summary: "print the settings for a framework",
		flags: func(f *flags) {
			f.text(&framework, "for", "FRAMEWORK", "one of "+strings.Join(frameworkNames(), ", "))
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
			text, err := fs.ReadFile(frameworks, "env/"+framework+".tmpl")
			if err != nil {
				return usage(strict.Suggest(framework, frameworkNames()), "there are no settings for %q", framework)
			}
			t, err := template.New(framework).Parse(string(text))
			if err != nil {
				return err
			}
			err = t.Execute(c.out, values)
			if f := (*failure)(nil); errors.As(err, &f) {
				return f
			}
			return err
		},
	}
}

// settings are what a framework has to know.
type settings struct {
	Issuer, ClientID, Secret, App string
	Trust                         []variable
}

// variable is one of the environment.
type variable struct{ Name, Value string }

// NeedSecret is nothing, for a client with a secret: the framework works with no
// other.
func (s settings) NeedSecret(why string) (string, error) {
	if s.Secret == "" {
		return "", usage("give "+s.ClientID+" a client_secret, and export "+secretVariable+"=.. beforehand", "%s is a public client, and %s", s.ClientID, why)
	}
	return "", nil
}

// TLS reports whether the issuer is reached over TLS.
func (s settings) TLS() bool { return strings.HasPrefix(s.Issuer, "https://") }

// trust are the variables by which an app trusts an authority of --tls, where
// there is one: nothing is made here.
func (v *voice) trust(k *keptAuthority) []variable {
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

func frameworkNames() []string {
	entries, err := frameworks.ReadDir("env")
	if err != nil {
		return nil // cannot be: the folder is embedded above
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(out)
	return out
}
