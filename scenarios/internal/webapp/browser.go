package webapp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
)

// browserTimeout is how long a browser waits for a page: longer than a client should
// wait for a provider.
const browserTimeout = 45 * time.Second

// providerSessionCookie is the name of a provider's session cookie.
const providerSessionCookie = "authdrill_session"

// browser is a cookie jar with a name. It records what the app answers.
type browser struct {
	name  string
	site  *Site
	agent userAgent
	trail *trail
	user  string // the user that signed in last at a provider

	withheldScope string              // scope that the user unticks; empty is none
	intercepts    func(*url.URL) bool // addresses that are not called; nil is none
}

// trail is what the browsers of a drill saw of the app.
type trail struct {
	last func() int64 // number of the journal's last exchange

	mu       sync.Mutex
	hops     []hop
	redirect string // redirect_uri of the last authorization request
	browsers []*browser

	barrier atomic.Pointer[barrier] // requests that are to arrive at once; nil is none
}

func newTrail(s *Site) *trail { return &trail{last: s.Provider().Journal().Last} }

// close closes the browsers, where they are processes.
func (t *trail) close() {
	t.mu.Lock()
	browsers := t.browsers
	t.browsers = nil
	t.mu.Unlock()
	for _, b := range slices.Backward(browsers) { // tabs before the browser that they belong to
		b.agent.Close()
	}
}

// hop is one request of a browser to the app.
type hop struct {
	browser  string
	method   string
	url      *url.URL
	status   int
	header   http.Header
	cookies  []*http.Cookie
	seq      int64
	at       time.Time // on the issuer's clock
	took     time.Duration
	sent     []*http.Cookie
	answered bool
}

func newBrowser(name string, s *Site, t *trail) *browser {
	if s.Chromium == nil {
		return scriptedBrowser(name, s, t)
	}
	b := &browser{name: name, site: s, trail: t}
	return b.withAgent(realBrowser{&chromium.Profile{Chromium: s.Chromium, Transport: b, Timeout: browserTimeout}})
}

// scriptedBrowser makes a browser without scripts, whatever the others are.
func scriptedBrowser(name string, s *Site, t *trail) *browser {
	b := &browser{name: name, site: s, trail: t}
	return b.withAgent(scripted{&agent.Agent{Transport: b, Now: s.Now, Timeout: browserTimeout}})
}

// withAgent returns the browser with another agent.
func (b *browser) withAgent(a userAgent) *browser {
	other := *b
	other.agent = a
	b.trail.mu.Lock()
	defer b.trail.mu.Unlock()
	b.trail.browsers = append(b.trail.browsers, &other)
	return &other
}

// twin returns the same browser, to be used at the same time.
func (b *browser) twin() *browser { return b.withAgent(b.agent.Twin()) }

// copyAs returns another browser, with the cookies that this one has now.
func (b *browser) copyAs(ctx context.Context, name string) *browser {
	other := &browser{name: name, site: b.site, trail: b.trail, user: b.user}
	return other.withAgent(b.agent.Copy(ctx, other))
}

// RoundTrip sends a request and records it if it goes to the app.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.site.isProviderPage(r.URL) && r.URL.Query().Get("redirect_uri") != "" {
		b.trail.mu.Lock()
		b.trail.redirect = r.URL.Query().Get("redirect_uri")
		b.trail.mu.Unlock()
	}
	switch {
	case b.site.isProviderPage(r.URL):
		return b.site.Transport.RoundTrip(r)
	case !b.site.isAppURL(r.URL):
		return answerForOtherHosts(r), nil
	}
	b.trail.barrier.Load().wait(r.Context())
	h := hop{browser: b.name, method: r.Method, url: r.URL, seq: b.trail.last(), at: b.site.Provider().Clock().Now(), sent: r.Cookies()}
	start := b.site.Now()
	resp, err := b.site.Transport.RoundTrip(r)
	h.took = b.site.Now().Sub(start)
	if err == nil {
		h.answered, h.status, h.header, h.cookies = true, resp.StatusCode, resp.Header, resp.Cookies()
	}
	b.trail.mu.Lock()
	b.trail.hops = append(b.trail.hops, h)
	b.trail.mu.Unlock()
	return resp, err
}

// signIn opens the login page and goes on until the app has answered.
func (b *browser) signIn(ctx context.Context, user, issuer string, deny bool) (*agent.Page, error) {
	login := b.site.App.Login
	if issuer == "second" {
		login = b.site.App.SecondLogin
	}
	if login == nil {
		return nil, fmt.Errorf("the app has no login page for the %s issuer", issuer)
	}
	if b.user != user+"@"+issuer {
		b.agent.Forget(providerSessionCookie)
		b.user = user + "@" + issuer
	}
	page, err := b.openPage(ctx, login, nil, nil)
	if err != nil {
		return nil, err
	}
	return b.answerProviderPages(ctx, page, user, deny)
}

// answerProviderPages signs in and consents on the provider's pages.
func (b *browser) answerProviderPages(ctx context.Context, page *agent.Page, user string, deny bool) (*agent.Page, error) {
	var err error
	for range 4 { // sign-in and consent, at two providers at most
		switch {
		case page.Intercepted != nil || !b.site.isProviderPage(page.URL):
			return page, nil
		case page.Offers("login"):
			page, err = page.Login(ctx, user, b.passwordOf(user))
		case page.Offers("consent"):
			page, err = page.Consent(ctx, !deny, b.grantedScopes(page))
		default:
			return page, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return page, nil
}

// grantedScopes returns the scopes that the user leaves ticked on a consent page, nil
// for all.
func (b *browser) grantedScopes(p *agent.Page) []string {
	if b.withheldScope == "" {
		return nil
	}
	out := []string{}
	for _, f := range p.Forms {
		for _, field := range f.Fields {
			if field.Name == "scope" && field.Value != b.withheldScope && !slices.Contains(out, field.Value) {
				out = append(out, field.Value)
			}
		}
	}
	return out
}

func (b *browser) passwordOf(login string) string {
	if u := findUser(b.site.Provider(), login); u != nil {
		return u.Password
	}
	return ""
}

// signOut signs out at the app, and at the provider if it asks.
func (b *browser) signOut(ctx context.Context) (*agent.Page, error) {
	page, err := b.openPage(ctx, b.site.App.Logout, nil, nil)
	if err == nil && b.site.isProviderPage(page.URL) && page.Offers("logout") {
		page, err = page.Press(ctx, "logout", "yes", nil)
	}
	return page, err
}

// signInUntilResponse signs in until the authorization response, and holds that back.
func (b *browser) signInUntilResponse(ctx context.Context, user, issuer string) (*agent.Navigation, error) {
	b.trail.mu.Lock()
	b.trail.redirect = "" // it may be the login page itself
	b.trail.mu.Unlock()
	defer b.interceptWhere(func(u *url.URL) bool {
		b.trail.mu.Lock()
		defer b.trail.mu.Unlock()
		to, err := url.Parse(b.trail.redirect)
		return err == nil && b.trail.redirect != "" && u.Host == to.Host && u.Path == to.Path
	})()
	page, err := b.signIn(ctx, user, issuer, false)
	switch {
	case err != nil:
		return nil, err
	case page.Intercepted == nil:
		return nil, fmt.Errorf("the sign-in ended at %s, status %d, before the app was sent an authorization response", page.URL.Host+page.URL.Path, page.Status)
	}
	return page.Intercepted, nil
}

// visitAppOnly makes a navigation that ends where it would leave the app's own pages:
// a provider that knows the browser would sign it in again.
func (b *browser) visitAppOnly(ctx context.Context, r agent.Request) (*agent.Page, error) {
	defer b.interceptWhere(func(u *url.URL) bool { return !b.site.isAppURL(u) })()
	return b.agent.Visit(ctx, r)
}

// interceptWhere names the addresses that are not called, until undo is called.
func (b *browser) interceptWhere(match func(*url.URL) bool) (undo func()) {
	before := b.intercepts
	stop := func(match func(*url.URL) bool) {
		b.intercepts = match
		b.agent.Intercept(match)
	}
	stop(match)
	return func() { stop(before) }
}

// answerForOtherHosts answers in place of a host that is neither the app's nor a
// provider's: the request is not sent, and the visit can still be seen.
func answerForOtherHosts(r *http.Request) *http.Response {
	return &http.Response{
		Status: "204 No Content", StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: r,
	}
}
