package verb

import (
	"context"
	"os"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/authority"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/framework"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// envVerb prints the settings with which a framework signs in here. It only
// prints; a framework is a file in env/.
func envVerb() verb {
	issuer, id, name := defaultIssuer, setup.ClientID, "shell"
	app, which := "http://127.0.0.1:3000", &authority.Flags{}
	return verb{
		name: "env", group: "helpers",
		summary: "print the settings for a framework",
		example: "authdrill env --for spring --app-url http://localhost:8080\n" +
			"eval \"$(authdrill env)\"  # for programs that read OIDC_ISSUER and such",
		flags: func(f *setting.Flags) {
			f.Text(&name, "for", "FRAMEWORK", "one of "+strings.Join(framework.Names(), ", "))
			f.Words["for"] = setting.Fixed(framework.Names()...)
			f.Text(&issuer, "issuer", "URL", "the issuer")
			f.Text(&id, "client-id", "ID", "the client; its secret is taken from $"+setting.SecretVariable+", without one it is a public client; app has "+setup.ClientSecret)
			f.Text(&app, "app-url", "URL", "where your app runs, for its redirect URI")
			which.Define(f)
		},
		run: func(_ context.Context, c *call) error {
			if err := setting.CheckIssuer("issuer", issuer); err != nil {
				return err
			}
			if err := setting.CheckURL("app-url", app); err != nil {
				return err
			}
			secret, given := c.env(setting.SecretVariable)
			if !given && id == setup.ClientID {
				secret = setup.ClientSecret
			}
			values := framework.Settings{Issuer: strings.TrimSuffix(issuer, "/"), ClientID: id, Secret: secret, App: strings.TrimSuffix(app, "/")}
			c.Secrets.Learn(values.Secret) // it is the answer, and no part of an error
			for _, v := range []string{values.Issuer, values.ClientID, values.Secret, values.App} {
				if strings.ContainsAny(v, "'\"\\$`\n ") {
					return failure.Usage("take one without quotes, $, backslashes and spaces", "%q would need quoting that differs between frameworks", v)
				}
			}
			if values.TLS() {
				k, err := which.Authority(c.flags)
				if err != nil {
					return err
				}
				values.Trust = c.trust(k)
			}
			return framework.Write(c.Out, name, values)
		},
	}
}

// trust are the variables by which an app trusts an authority of --tls, where
// there is one: nothing is made here.
func (v *call) trust(k *authority.Kept) []framework.Variable {
	if _, err := os.Stat(k.Bundle()); err != nil {
		v.Note("no authority in %s that your app could trust: authdrill ca path makes one, as --tls does", k.Folder())
		v.Hint(k.Command("path"))
		return nil
	}
	var out []framework.Variable
	for _, text := range k.Trusting() {
		name, value, _ := strings.Cut(text, "=")
		out = append(out, framework.Variable{Name: name, Value: value})
	}
	return out
}
