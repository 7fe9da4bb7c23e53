package webapp

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/agent/chromium"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Site is an app under test, the providers it signs in at, and how both are
// reached.
type Site struct {
	App       *target.App
	Transport http.RoundTripper
	Providers [2]*mockprovider.Provider // the second is nil where the app knows one issuer
	ClientID  string

	Virtual bool             // the app's clock is the first provider's
	Now     func() time.Time // the app's clock
	Sleep   func(context.Context, time.Duration) error

	LongestWait func() time.Duration        // the longest the app waited for an answer, where its time is virtual; nil elsewhere
	Arm, Disarm func()                      // beside the provider's faults; nil is nothing
	IsMet       func() bool                 // whether the app met what was armed beside them; nil is yes
	PlainCanary string                      // a canary without TLS, where there is one with
	Restart     func(context.Context) error // starts the app anew, nil if we did not start it
	Latency     time.Duration               // the longest plain sign-in of the calibration
	FailurePage string                      // where it ends when the user refuses
	Logs        []Log                       // what the app writes for its operators
	Chromium    *chromium.Chromium          // the browser, nil is the scripted one
	Secrets     *redact.Secrets             // learns what the providers issue; nil where nothing is shown
}

func (s *Site) Provider() *mockprovider.Provider { return s.Providers[0] }

// at resolves a page of the app.
func (s *Site) at(page string) string {
	base, err := url.Parse(s.App.BaseURL)
	if err != nil {
		return page
	}
	u, err := base.Parse(page)
	if err != nil {
		return page
	}
	return u.String()
}

// own reports whether an address is one of the app: at the host of a page that
// it is known by, and never at a provider's.
func (s *Site) own(u *url.URL) bool {
	for _, p := range s.Providers {
		if p == nil {
			continue
		}
		if issuer, err := url.Parse(p.Issuer()); err == nil && sameHost(u, issuer) {
			return false
		}
	}
	return slices.ContainsFunc(ConfiguredPages(s.App), func(page string) bool {
		known, err := url.Parse(s.at(page))
		return err == nil && known.Host != "" && strings.EqualFold(u.Host, known.Host)
	})
}

// sameHost reports whether two addresses are at one host. This machine has two
// names.
func sameHost(a, b *url.URL) bool {
	name := func(u *url.URL) string { return strings.Replace(strings.ToLower(u.Host), "localhost", "127.0.0.1", 1) }
	return name(a) == name(b)
}

// astray reports whether an address is one that an app has no business to send
// a browser to: neither its own nor a page of a provider.
func (s *Site) astray(u *url.URL) bool {
	return !s.own(u) && (!s.issued(u) || strings.HasPrefix(u.String(), s.canary()))
}

// status is the status of the app's own last answer: where a navigation ended
// at a provider, that of the redirect which led away.
func (s *Site) status(p *agent.Page) int {
	if p.Intercepted == nil && s.own(p.URL) {
		return p.Status
	}
	for _, h := range slices.Backward(p.Hops) {
		if s.own(h.URL) {
			return h.Status
		}
	}
	return p.Status
}

// ConfiguredPages are the pages of an app that are configured, as they are written.
func ConfiguredPages(app *target.App) []string {
	out := []string{app.BaseURL, app.Callback, app.Health, app.LogoutTokenEndpoint}
	of := []*target.Page{app.Login, app.SecondLogin, app.Logout, app.API, app.Admin}
	if app.LocalAccount != nil {
		of = append(of, app.LocalAccount.Register, app.LocalAccount.Login)
	}
	for _, p := range of {
		if p != nil {
			out = append(out, p.URL)
		}
	}
	if app.WhoAmI != nil {
		out = append(out, app.WhoAmI.URL)
	}
	return slices.DeleteFunc(out, func(page string) bool { return page == "" })
}

// issued reports whether an address is one of a provider.
func (s *Site) issued(u *url.URL) bool {
	for _, p := range s.Providers {
		if p == nil {
			continue
		}
		text := strings.Replace(u.String(), "//localhost:", "//127.0.0.1:", 1)
		if rest, ok := strings.CutPrefix(text, strings.Replace(p.Issuer(), "//localhost:", "//127.0.0.1:", 1)); ok && (rest == "" || strings.ContainsAny(rest[:1], "/?#")) {
			return true
		}
	}
	return false
}

// page is the address of a page by its name in the app's configuration, or of a
// path.
func (s *Site) page(name string) (string, bool) {
	named := map[string]*target.Page{"login": s.App.Login, "logout": s.App.Logout, "api": s.App.API, "admin": s.App.Admin}
	if p, known := named[name]; known {
		if p == nil {
			return "", false
		}
		return s.at(p.URL), true
	}
	switch name {
	case "whoami":
		if s.App.WhoAmI == nil {
			return "", false
		}
		return s.at(s.App.WhoAmI.URL), true
	case "health":
		return s.at(s.App.Health), s.App.Health != ""
	case "callback":
		return s.at(s.App.Callback), s.App.Callback != ""
	}
	return s.at(name), strings.HasPrefix(name, "/")
}

// LearnSecrets adds the secrets of the site's providers that are known by now: of their
// clients, of which the app may have registered some, and what they have issued.
func (s *Site) LearnSecrets() {
	for _, p := range s.Providers {
		if p == nil || s.Secrets == nil {
			continue
		}
		for _, c := range p.Clients() {
			s.Secrets.LearnCredentials(c.ID, c.Secret)
			s.Secrets.LearnKeys(c.JWKS)
		}
		for _, u := range p.Users() {
			s.Secrets.LearnCredentials(u.Login, u.Password)
		}
		for _, e := range p.Journal().Entries() {
			s.Secrets.LearnAnswer(e.Response)
		}
	}
}
