package attack

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/target"
)

// fewestInherited is how many characters a value of our own environment has at
// least that counts as a secret: XDG_SESSION_ID=3 is none.
const fewestInherited = 8

// secrets are the texts that no report card may show: those that the command
// knows, the secrets of clients and users, and what the app is given in
// environment variables with a name like PASSWORD, for an app that fails prints
// what it has.
func (o *Options) secrets() *redact.Secrets {
	known := o.Secrets.Clone()
	known.LearnSetup(o.Setup)
	for _, variable := range o.Env {
		name, value, _ := strings.Cut(variable, "=")
		if journal.Secret(name) && !slices.Contains([]string{"PWD", "OLDPWD"}, name) && len(value) >= fewestInherited {
			known.Learn(value)
		}
	}
	learnApp(known, o.App)
	return known
}

// learnApp adds what an app's description has of secrets: in the environment it
// is started with, and in the addresses of its pages.
func learnApp(known *redact.Secrets, app *target.App) {
	if app.Start != nil {
		for name, value := range app.Start.Env {
			if journal.Secret(name) && !strings.Contains(value, "${") { // the value of ${client_secret} is known
				known.Learn(value)
			}
		}
	}
	for _, page := range pages(app) {
		known.LearnURL(page)
	}
}

// learn adds the secrets of the site's providers that are known by now: of their
// clients, of which the app may have registered some, and what they have issued.
func (s *site) learn() {
	for _, p := range s.providers {
		if p == nil || s.secrets == nil {
			continue
		}
		for _, c := range p.Clients() {
			s.secrets.LearnCredentials(c.ID, c.Secret)
		}
		for _, u := range p.Users() {
			s.secrets.LearnCredentials(u.Login, u.Password)
		}
		for _, e := range p.Journal().Entries() {
			s.secrets.LearnAnswer(e.Response)
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
	return redact.Value(c.hidden, card), err
}
