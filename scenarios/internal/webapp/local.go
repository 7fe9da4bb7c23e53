package webapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/target"
)

// localPassword is the password of every local account that a drill makes: long, and
// with every kind of character that an app may require.
const localPassword = "Drill-4-authdrill!"

// useLocalAccount registers an account of the app's own, or signs in to one, with the
// e-mail address of a user of the provider.
func (d *subject) useLocalAccount(ctx context.Context, name string, m *drill.Local) error {
	accounts := d.site.App.LocalAccount
	page := map[string]*target.Page{"register": accounts.Register, "login": accounts.Login}[name]
	if page == nil {
		return engine.NotReached("the app's page to " + name + " with a password is not known: set app.local_account." + name)
	}
	b := d.browser(m.Browser)
	at, err := b.agent.Visit(ctx, agent.Request{URL: d.site.resolve(page.URL), Method: http.MethodGet})
	if err == nil && !d.site.isAppURL(at.URL) {
		return engine.NotReached("the page to " + name + " with a password leads to " + hostAndPath(at) + ", which is not the app's")
	}
	if err == nil {
		at, err = b.submitPasswordForm(ctx, at, d.site.emailOf(cmp.Or(m.User, drill.DefaultUser)), page.Form)
	}
	var unknown engine.NotReached
	if errors.As(err, &unknown) {
		return err
	}
	d.noteNavigation(b, at, err)
	if name == "register" || err != nil {
		return nil
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err
	case m.Must && !who.signedIn:
		return engine.NotReached("the password does not open the account that was registered: the app has the address verified first, or its form is not understood")
	}
	if d.scenario.Outcome.App.Accounts != "" && !m.Must {
		d.accounts = append(d.accounts, who.account)
	}
	return nil
}

// emailOf returns the e-mail address of a user of the provider.
func (s *Site) emailOf(login string) string {
	if u := findUser(s.Provider(), login); u != nil {
		return u.Email
	}
	return login + "@example.com"
}

// submitPasswordForm fills in and sends the form of a page that has a password: the
// address, the password in each of its fields, a name, and the fields of the
// configuration.
func (b *browser) submitPasswordForm(ctx context.Context, p *agent.Page, email string, fields map[string]string) (*agent.Page, error) {
	for _, form := range p.Forms {
		set, asks := url.Values{}, false
		for _, field := range form.Fields {
			name := strings.ToLower(field.Name)
			switch {
			case field.Type == "password":
				set.Set(field.Name, localPassword)
				asks = true
			case field.Type == "hidden" || field.Name == "":
			case field.Type == "email", strings.Contains(name, "mail"), strings.Contains(name, "user"), strings.Contains(name, "login"):
				set.Set(field.Name, email)
			case field.Type == "text" || field.Type == "":
				set.Set(field.Name, "Alice Example")
			}
		}
		if !asks {
			continue
		}
		for name, value := range fields {
			set.Set(name, value)
		}
		return p.Submit(ctx, form, nil, set)
	}
	return nil, engine.NotReached(fmt.Sprintf("no form of %s asks for a password", hostAndPath(p)))
}
