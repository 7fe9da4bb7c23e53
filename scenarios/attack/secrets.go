package attack

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// fewestInherited is how many characters a value of our own environment has at
// least that counts as a secret: XDG_SESSION_ID=3 is none.
const fewestInherited = 8

// fewestKnown is how many characters a secret in an address has at least: the
// password of postgres://app:app@localhost/app is none to hide.
const fewestKnown = 5

// secrets are the texts that no report card may show: those that the command
// knows, the secrets of clients and users, and what the app is given in
// environment variables with a name like PASSWORD, for an app that fails prints
// what it has.
func (o *Options) secrets() *redact.Secrets {
	known := o.Secrets.Clone()
	known.LearnSetup(o.Setup)
	for _, variable := range o.Env {
		name, value, _ := strings.Cut(variable, "=")
		if mask.IsSecret(name) && !slices.Contains([]string{"PWD", "OLDPWD"}, name) && len(value) >= fewestInherited {
			known.Learn(value)
		}
		learnText(known, value)
	}
	learnApp(known, o.App)
	return known
}

// learnApp adds what an app's description has of secrets: in the environment it
// is started with, and in the addresses of its pages.
func learnApp(known *redact.Secrets, app *target.App) {
	if app.Start != nil {
		for name, value := range app.Start.Env {
			if mask.IsSecret(name) && !strings.Contains(value, "${") { // the value of ${client_secret} is known
				known.Learn(value)
			}
			learnText(known, value)
		}
		for n, argument := range app.Start.Command {
			if n > 0 && mask.IsSecret(strings.TrimLeft(app.Start.Command[n-1], "-")) && !strings.HasPrefix(argument, "-") && !strings.Contains(argument, "${") {
				known.Learn(argument) // --password VALUE
			}
			learnText(known, argument)
		}
	}
	for _, page := range webapp.ConfiguredPages(app) {
		known.LearnURL(page)
	}
}

// learnText adds the passwords in the addresses that an app is given, as of its
// database, and what has a secret name in them or in a form.
func learnText(known *redact.Secrets, text string) {
	for _, secret := range mask.SecretsIn(text) {
		if len(secret) >= fewestKnown {
			known.Learn(secret)
		}
	}
}

// concealed is an error whose text is shown without secrets.
type concealed struct {
	error
	text string
}

func (c *concealed) Error() string { return c.text }

// Unwrap returns the error as it was.
func (c *concealed) Unwrap() error { return c.error }

// conceal takes the secrets out of what becomes of a campaign.
func (c *campaign) conceal(card *Card, err error) (*Card, error) {
	if err != nil {
		err = &concealed{err, c.hidden.Hide(err.Error())}
	}
	out := redact.Value(c.hidden, card)
	if out == nil {
		return nil, err
	}
	out.Findings, out.Stale = slices.Clone(out.Findings), slices.Clone(out.Stale)
	entries := map[string]*catalog.Entry{}
	for _, e := range c.Entries {
		entries[e.ID] = e
	}
	for i, f := range card.Findings {
		if e := entries[f.ID]; e != nil {
			out.Findings[i] = c.concealFinding(e, f)
		}
	}
	for i, id := range card.Stale {
		if entries[id] != nil {
			out.Stale[i] = id
		}
	}
	return out, err
}

// concealFinding takes the secrets out of a finding. What the catalogue says of the entry
// stays, and so does its id in the command that plays it again: a secret may be a
// word of theirs.
func (c *campaign) concealFinding(e *catalog.Entry, f result.Result) result.Result {
	own, isOf := finding(e.Scenario), f.ID == e.ID
	was := f
	f = redact.Value(c.hidden, f)
	f.Variants = slices.Clone(f.Variants)
	f.Repeat = c.again(e.ID)
	for _, v := range e.Variants {
		if was.Variant == v.Variant {
			f.Variant, f.Repeat = v.Variant, c.again(v.FullID())
		}
		for i := range f.Variants {
			if was.Variants[i].Variant == v.Variant {
				f.Variants[i].Variant, f.Variants[i].Repeat = v.Variant, c.again(v.FullID())
			}
		}
	}
	if isOf {
		f.ID, f.Group, f.Severity, f.Title = own.ID, own.Group, own.Severity, own.Title
		f.Provider, f.Client, f.Why, f.Remedy = own.Provider, own.Client, own.Why, own.Remedy
		f.Spec, f.Sources = own.Spec, own.Sources
	}
	return f
}

// again is the command that plays an entry or a variant again, without secrets. The
// name is the catalogue's.
func (c *campaign) again(name string) string {
	command := c.Repeat(name)
	if before, after, found := strings.Cut(command, name); found {
		return c.hidden.Hide(before) + name + c.hidden.Hide(after)
	}
	return c.hidden.Hide(command)
}
