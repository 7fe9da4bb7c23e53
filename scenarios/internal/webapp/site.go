package webapp

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
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
	Arm, Disarm func()                      // in addition to the provider's faults; nil is nothing
	IsMet       func() bool                 // whether the app met what Arm set; nil is yes
	PlainCanary string                      // a canary without TLS, where the provider has TLS
	Restart     func(context.Context) error // starts the app anew, nil if we did not start it
	Latency     time.Duration               // the longest plain sign-in so far: an app that is slow by itself is given time
	Callback    string                      // path of the app's redirect URI, where it is not configured
	SignedOut   string                      // path that the whoami page leads browsers to which are not signed in, "" if it answers them itself
	FailurePage string                      // how the page looks where a denied sign-in ends
	Uses        map[Document]Use            // what the app makes of what identifies its users
	Logs        []Log                       // what the app writes for its operators
	Chromium    *chromium.Chromium          // the browser, nil is the scripted one
	Secrets     *redact.Secrets             // learns what the providers issue; nil where nothing is shown
}

func (s *Site) Provider() *mockprovider.Provider { return s.Providers[0] }

// resolve returns the address of a page of the app.
func (s *Site) resolve(page string) string {
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

// isAppURL reports whether an address is the app's: at the host of one of its
// configured pages, and not at a provider's.
func (s *Site) isAppURL(u *url.URL) bool {
	for _, p := range s.Providers {
		if p == nil {
			continue
		}
		if issuer, err := url.Parse(p.Issuer()); err == nil && sameHost(u, issuer) {
			return false
		}
	}
	return slices.ContainsFunc(ConfiguredPages(s.App), func(page string) bool {
		known, err := url.Parse(s.resolve(page))
		return err == nil && known.Host != "" && strings.EqualFold(u.Host, known.Host)
	})
}

// sameHost reports whether two addresses have the same host. localhost and 127.0.0.1
// are one.
func sameHost(a, b *url.URL) bool {
	name := func(u *url.URL) string { return strings.Replace(strings.ToLower(u.Host), "localhost", "127.0.0.1", 1) }
	return name(a) == name(b)
}

// isForeignPage reports whether an app should not have sent a browser to an address: it
// is neither the app's own nor a page of a provider.
func (s *Site) isForeignPage(u *url.URL) bool {
	return !s.isAppURL(u) && (!s.isProviderPage(u) || strings.HasPrefix(u.String(), s.canaryURL()))
}

// ownStatus returns the status of the app's own last answer: where a navigation ended
// at a provider, that of the redirect which led there.
func (s *Site) ownStatus(p *agent.Page) int {
	if p.Intercepted == nil && s.isAppURL(p.URL) {
		return p.Status
	}
	for _, h := range slices.Backward(p.Hops) {
		if s.isAppURL(h.URL) {
			return h.Status
		}
	}
	return p.Status
}

// ConfiguredPages returns the pages of an app that are configured, as they are written.
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

// isProviderPage reports whether an address is at a provider.
func (s *Site) isProviderPage(u *url.URL) bool {
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

// page returns a page by its name in the app's configuration, or the one of a path;
// nil if there is none.
func (s *Site) page(name string) *target.Page {
	named := map[string]*target.Page{"login": s.App.Login, "logout": s.App.Logout, "api": s.App.API, "admin": s.App.Admin}
	if p, known := named[name]; known {
		return p
	}
	address := map[string]string{"health": s.App.Health, "callback": cmp.Or(s.App.Callback, s.Callback)}[name]
	switch {
	case name == "whoami" && s.App.WhoAmI != nil:
		address = s.App.WhoAmI.URL
	case strings.HasPrefix(name, "/"):
		address = name
	}
	if address == "" {
		return nil
	}
	return &target.Page{URL: address}
}

// LearnCallback notes the redirect URI that the app sends, where it is a page of the app.
func (s *Site) LearnCallback(redirectURI string) {
	if u, err := url.Parse(redirectURI); err == nil && s.isAppURL(u) {
		s.Callback = u.EscapedPath()
	}
}

// LearnFrom takes over what was learned of another instance of the app.
func (s *Site) LearnFrom(o *Site) {
	s.Callback, s.SignedOut, s.FailurePage, s.Uses = o.Callback, o.SignedOut, o.FailurePage, o.Uses
}

// LearnSecrets adds the secrets of the site's providers so far: those of their
// clients, some of which the app may have registered, of their users, and the tokens
// that they have issued.
func (s *Site) LearnSecrets() {
	for _, p := range s.Providers {
		if p == nil || s.Secrets == nil {
			continue
		}
		engine.LearnProvider(s.Secrets, p)
		for _, e := range p.Journal().Entries() {
			s.Secrets.LearnIssued(credential.InAnswer(e.Response)...)
		}
	}
}
