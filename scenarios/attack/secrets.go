package attack

import (
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// minInheritedSecret is the least length of an inherited environment variable's value
// that counts as a secret: XDG_SESSION_ID=3 does not.
const minInheritedSecret = 8

// minURLSecret is the least length of a secret in a URL: the password of
// postgres://app:app@localhost/app does not count.
const minURLSecret = 5

// knownSecrets returns the texts that no report card may show: those of the options,
// the secrets of clients and users, and the values of environment variables with a name
// like PASSWORD, because an app that fails may print what it has.
func (o *Options) knownSecrets() *redact.Secrets {
	known := &redact.Secrets{}
	known.Add(o.Secrets)
	known.LearnSetup(o.Setup)
	for _, variable := range o.Env {
		name, value, _ := strings.Cut(variable, "=")
		if mask.IsSecret(name) && !slices.Contains([]string{"PWD", "OLDPWD"}, name) && len(value) >= minInheritedSecret {
			known.Learn(value)
		}
		learnSecretsIn(known, value)
	}
	learnApp(known, o.App)
	return known
}

// learnApp adds the secrets in an app's description: in the environment and command it
// is started with, and in the addresses of its pages.
func learnApp(known *redact.Secrets, app *target.App) {
	if app.Start != nil {
		for name, value := range app.Start.Env {
			if mask.IsSecret(name) && !strings.Contains(value, "${") { // the value of ${client_secret} is already known
				known.Learn(value)
			}
			learnSecretsIn(known, value)
		}
		for n, argument := range app.Start.Command {
			if n > 0 && mask.IsSecret(strings.TrimLeft(app.Start.Command[n-1], "-")) && !strings.HasPrefix(argument, "-") && !strings.Contains(argument, "${") {
				known.Learn(argument) // --password VALUE
			}
			learnSecretsIn(known, argument)
		}
	}
	for _, page := range webapp.ConfiguredPages(app) {
		learnURL(known, page)
	}
	for _, page := range []*target.Page{app.Login, app.SecondLogin, app.Logout, app.API, app.Admin} {
		if page != nil {
			learnBody(known, page)
		}
	}
}

// learnBody adds the secrets that a page's request has in its body.
func learnBody(known *redact.Secrets, page *target.Page) {
	for name, value := range page.Form {
		if mask.IsSecret(name) && !strings.Contains(value, "${") {
			known.Learn(value)
		}
	}
	if body, ok := page.JSON.(map[string]any); ok {
		for name, value := range body {
			if text, ok := value.(string); ok && mask.IsSecret(name) && !strings.Contains(text, "${") {
				known.Learn(text)
			}
		}
	}
}

// learnSecretsIn adds the passwords in URLs, such as that of a database, and the values
// of URL and form parameters with a secret name.
func learnSecretsIn(known *redact.Secrets, text string) {
	for _, secret := range mask.SecretsIn(text) {
		if len(secret) >= minURLSecret {
			known.Learn(secret)
		}
	}
}

// learnURL adds the password and the secret parameters of an address.
func learnURL(known *redact.Secrets, address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if password, ok := u.User.Password(); ok {
		known.LearnCredentials(u.User.Username(), password)
	}
	for name, values := range u.Query() {
		for _, value := range values {
			if mask.IsSecret(name) {
				known.Learn(value)
			}
		}
	}
}

// redactedError is an error whose text has no secrets.
type redactedError struct {
	error
	text string
}

func (c *redactedError) Error() string { return c.text }

// Unwrap returns the error as it was.
func (c *redactedError) Unwrap() error { return c.error }

// hideSecrets removes the secrets from a card and an error.
func (c *campaign) hideSecrets(card *Card, err error) (*Card, error) {
	if err != nil {
		err = &redactedError{err, c.secrets.Hide(err.Error())}
	}
	out := redact.Value(c.secrets, card)
	if out == nil {
		return nil, err
	}
	out.Findings, out.Stale = slices.Clone(out.Findings), slices.Clone(out.Stale)
	entries := map[string]*catalog.Entry{}
	for _, e := range c.Entries {
		entries[nameOf(e.Scenario)] = e
	}
	for i, f := range card.Findings {
		if e := entries[f.ID]; e != nil {
			out.Findings[i] = c.hideInFinding(e, f)
		}
	}
	for i, id := range card.Stale {
		if entries[id] != nil {
			out.Stale[i] = id
		}
	}
	return out, err
}

// hideInFinding removes the secrets from a finding. The texts of the catalogue stay, and
// so does the id in the command that plays the entry again: a secret may be one of
// their words.
func (c *campaign) hideInFinding(e *catalog.Entry, f result.Result) result.Result {
	own, isOf := newFinding(e.Scenario), f.ID == nameOf(e.Scenario)
	was := f
	f = redact.Value(c.secrets, f)
	if slices.Contains(drill.Severity("").Values(""), was.Severity) {
		f.Severity = was.Severity
	}
	f.Variants = slices.Clone(f.Variants)
	f.Repeat = c.repeatCommand(nameOf(e.Scenario))
	for _, v := range e.Variants {
		if v.Variant == "" {
			continue
		}
		if was.Variant == v.Variant {
			f.Variant, f.Repeat = v.Variant, c.repeatCommand(v.FullID())
		}
		for i := range f.Variants {
			if was.Variants[i].Variant == v.Variant {
				f.Variants[i].Variant, f.Variants[i].Repeat = v.Variant, c.repeatCommand(v.FullID())
			}
		}
	}
	if isOf {
		f.ID, f.Group, f.Title = own.ID, own.Group, own.Title
		f.Provider, f.Client, f.Why, f.Remedy = own.Provider, own.Client, own.Why, own.Remedy
		f.Spec, f.Sources = own.Spec, own.Sources
	}
	return f
}

// repeatCommand returns the command that plays an entry or a variant again, without
// secrets. The name is the catalogue's, and stays.
func (c *campaign) repeatCommand(name string) string {
	if c.Repeat == nil {
		return ""
	}
	command := c.Repeat(name)
	if before, after, found := strings.Cut(command, name); found {
		return c.secrets.Hide(before) + name + c.secrets.Hide(after)
	}
	return c.secrets.Hide(command)
}
