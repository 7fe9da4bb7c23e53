package attack

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent/chromium"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/target"
)

// site is an app under test, the providers it signs in at, and how both are
// reached.
type site struct {
	app       *target.App
	transport http.RoundTripper
	providers [2]*mockprovider.Provider // the second is nil where the app knows one issuer
	clientID  string

	virtual bool             // the app's clock is the first provider's
	now     func() time.Time // the app's clock
	sleep   func(context.Context, time.Duration) error

	waited      func() time.Duration        // the longest the app waited for an answer, where its time is virtual; nil elsewhere
	arm, disarm func()                      // beside the provider's faults; nil is nothing
	met         func() bool                 // whether the app met what was armed beside them; nil is yes
	plain       string                      // a canary without TLS, where there is one with
	restart     func(context.Context) error // starts the app anew, nil if we did not start it
	latency     time.Duration               // the longest plain sign-in of the calibration
	failurePage string                      // where it ends when the user refuses
	logs        []appLog                    // what the app writes for its operators
	chromium    *chromium.Chromium          // the browser, nil is the scripted one
}

func (s *site) provider() *mockprovider.Provider { return s.providers[0] }

// at resolves a page of the app.
func (s *site) at(page string) string {
	base, err := url.Parse(s.app.BaseURL)
	if err != nil {
		return page
	}
	u, err := base.Parse(page)
	if err != nil {
		return page
	}
	return u.String()
}

// own reports whether an address is one of the app.
func (s *site) own(u *url.URL) bool {
	base, err := url.Parse(s.app.BaseURL)
	return err == nil && strings.EqualFold(u.Host, base.Host)
}

// issued reports whether an address is one of a provider.
func (s *site) issued(u *url.URL) bool {
	for _, p := range s.providers {
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
func (s *site) page(name string) (string, bool) {
	named := map[string]*target.Page{"login": s.app.Login, "logout": s.app.Logout, "api": s.app.API, "admin": s.app.Admin}
	if p, known := named[name]; known {
		if p == nil {
			return "", false
		}
		return s.at(p.URL), true
	}
	switch name {
	case "whoami":
		if s.app.WhoAmI == nil {
			return "", false
		}
		return s.at(s.app.WhoAmI.URL), true
	case "health":
		return s.at(s.app.Health), s.app.Health != ""
	case "callback":
		return s.at(s.app.Callback), s.app.Callback != ""
	}
	return s.at(name), strings.HasPrefix(name, "/")
}
