package webapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
)

// Do does what a client or a user does in a step. The error is of the method: what
// the app does wrong is kept as evidence.
func (d *subject) Do(ctx context.Context, s *drill.Step, o *engine.Observation) error {
	if err := d.Can(s); err != nil {
		return err
	}
	start := d.site.Now()
	before := d.page
	if err := d.do(ctx, s); err != nil {
		return err
	}
	if s.Expire == "" {
		d.slowest = max(d.slowest, d.site.Now().Sub(start))
	}
	if d.page != nil && d.page != before {
		o.Shows(d.page)
	}
	if s.Expect == nil || s.Expect.App == nil {
		return nil
	}
	who, err := d.browser("").whoami(ctx)
	if err != nil {
		return err
	}
	o.App = map[string]any{"signed_in": who.signedIn}
	if d.page != nil {
		o.App["page"], o.App["status"] = string(d.page.Body), d.site.status(d.page)
	}
	return nil
}

// do does a step by its verb.
func (d *subject) do(ctx context.Context, s *drill.Step) error {
	switch {
	case s.SignIn != nil && s.SignIn.Until != "":
		return d.begin(ctx, s.SignIn)
	case s.SignIn != nil:
		return d.signIn(ctx, s.SignIn)
	case s.Authorize != nil:
		return d.authorize(ctx, s.Authorize)
	case s.Callback != nil:
		return d.callback(ctx, s.Callback)
	case s.Expire != "":
		return d.expire(ctx)
	case s.Call != nil:
		return d.call(ctx, s.Call)
	case s.Logout != nil:
		return d.logout(ctx, s.Logout)
	case s.Open != nil:
		return d.open(ctx, s.Open)
	case s.LogoutToken != nil:
		return d.logoutToken(ctx, s.LogoutToken)
	case s.Crowd != nil:
		return d.crowd(ctx, s.Crowd)
	case s.LocalRegister != nil:
		return d.local(ctx, "register", s.LocalRegister)
	case s.LocalLogin != nil:
		return d.local(ctx, "login", s.LocalLogin)
	case s.Popup != nil:
		return d.popup(ctx)
	}
	return nil
}

func (d *subject) signIn(ctx context.Context, s *drill.SignIn) error {
	for n := range max(s.Times, 1) {
		name := s.Browser
		if s.Times > 1 && n < s.Times-1 {
			name = fmt.Sprintf("%s-%d", cmp.Or(s.Browser, "fresh"), n+1)
		}
		b := d.browser(name)
		b.withholds = ""
		if s.Consent != nil && s.Consent.Withhold != "" {
			b.withholds = d.site.App.API.NeedsScope
		}
		page, err := b.signIn(ctx, cmp.Or(s.User, drill.DefaultUser), cmp.Or(s.Issuer, "first"), !s.Consent.Allows())
		d.arrived(b, page, err)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if d.scenario.Outcome.App.Accounts != "" {
			who, err := b.whoami(ctx)
			if err != nil {
				return err
			}
			d.accounts = append(d.accounts, who.account)
		}
	}
	return nil
}

// begin signs in up to the authorization response, and holds that back.
func (d *subject) begin(ctx context.Context, s *drill.SignIn) error {
	b := d.browser(s.Browser)
	answer, err := b.begin(ctx, cmp.Or(s.User, drill.DefaultUser), cmp.Or(s.Issuer, "first"))
	if err != nil {
		return err
	}
	d.latest = cmp.Or(s.As, b.name)
	d.responses[d.latest] = answer
	return nil
}

// authorize lets the app send the browser to the provider, and stops there.
func (d *subject) authorize(ctx context.Context, s *drill.Authorize) error {
	b := d.browser(s.Browser)
	page, err := b.press(ctx, d.site.App.Login)
	d.arrived(b, page, err)
	return nil
}

// callback brings a response to the app, several times at once if asked.
func (d *subject) callback(ctx context.Context, m *drill.Callback) error {
	answer := d.responses[cmp.Or(m.Response, d.latest)]
	if answer == nil {
		return fmt.Errorf("no response %q was begun", cmp.Or(m.Response, d.latest))
	}
	b := d.browser(m.Browser)
	request := d.request(answer, m)
	if m.Discard {
		_, _ = b.twin().visit(ctx, request) // whatever came is forgotten
		return nil
	}
	if m.Parallel <= 1 {
		page, err := b.agent.Visit(ctx, request)
		d.arrived(b, page, err)
		return nil
	}
	pages, failures := make([]*agent.Page, m.Parallel), make([]error, m.Parallel)
	twins := make([]*browser, m.Parallel)
	end := d.trail.start(m.Parallel)
	defer end()
	var group sync.WaitGroup
	for n := range m.Parallel {
		twins[n] = b.twin()
		group.Go(func() {
			defer end() // who is done, or could not begin, is not waited for
			pages[n], failures[n] = twins[n].visit(ctx, request)
		})
	}
	group.Wait()
	for n := range m.Parallel {
		d.arrived(b, pages[n], failures[n])
	}
	b.adopt(ctx, twins)
	return nil
}

func (b *browser) visit(ctx context.Context, r agent.Request) (*agent.Page, error) {
	return b.agent.Visit(ctx, r)
}

// adopt goes on with the cookies of the twin that is signed in, if one is: in a
// real browser they all share one jar.
func (b *browser) adopt(ctx context.Context, twins []*browser) {
	if _, shared := b.agent.(realBrowser); shared {
		return
	}
	for _, twin := range twins {
		if s, err := twin.whoami(ctx); err == nil && s.signedIn {
			b.agent = twin.agent
			return
		}
	}
}

// request is the navigation that brings a response, changed as the move says.
func (d *subject) request(answer *agent.Navigation, m *drill.Callback) agent.Request {
	params := url.Values{}
	for name, values := range answer.Params() {
		params[name] = values
	}
	for name, value := range m.Params {
		switch value {
		case match.Keep:
		case match.Absent:
			params.Del(name)
		default:
			params.Set(name, match.Text(value))
		}
	}
	to := *answer.URL
	to.Fragment, to.RawFragment = "", ""
	r := agent.Request{Method: cmp.Or(m.Method, answer.Method), From: providerPage(d.site)}
	switch {
	case r.Method == http.MethodPost:
		r.Form = params
	case answer.URL.Fragment != "":
		r.URL = to.String() + "#" + params.Encode() // for a script to read
		return r
	default:
		to.RawQuery = params.Encode()
	}
	r.URL = to.String()
	return r
}

// providerPage is an address at the provider: responses come from there.
func providerPage(s *Site) *url.URL {
	u, err := url.Parse(s.Provider().Issuer())
	if err != nil {
		return nil
	}
	return u
}

// canary is an address that nobody has business at: without TLS, where the
// provider has it.
func (s *Site) canary() string {
	if s.PlainCanary != "" {
		return s.PlainCanary
	}
	return mockprovider.Canary(s.Provider().Issuer())
}

// expire lets the app's access token run out. An app with a clock of its own
// was given a token that lives a second; it may count in whole seconds, rounded up.
func (d *subject) expire(ctx context.Context) error {
	p := d.site.Provider()
	if d.site.Virtual {
		return p.Clock().Advance(61 * time.Minute)
	}
	if err := d.site.Sleep(ctx, shortLife+1200*time.Millisecond); err != nil {
		return err
	}
	if d.left--; d.left == 0 {
		return p.Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(time.Hour)}})
	}
	return nil
}

func (d *subject) call(ctx context.Context, m *drill.Call) error {
	b := d.browser(m.Browser)
	for range max(m.Times, 1) {
		if m.Parallel < 2 {
			page, err := b.press(ctx, d.site.App.API)
			d.arrived(b, page, err)
			if err == nil {
				d.api = append(d.api, d.site.status(page))
			}
			continue
		}
		statuses := make([]int, m.Parallel)
		end := d.trail.start(m.Parallel)
		var group sync.WaitGroup
		for n := range m.Parallel {
			twin := b.twin()
			group.Go(func() {
				defer end()
				if page, err := twin.press(ctx, d.site.App.API); err == nil {
					statuses[n] = d.site.status(page)
				}
			})
		}
		group.Wait()
		d.api = append(d.api, statuses...)
	}
	return nil
}

func (d *subject) logout(ctx context.Context, m *drill.Logout) error {
	b := d.browser(m.Browser)
	if m.Keep != "" {
		kept := b.with(b.agent.Copy(ctx))
		kept.name = m.Keep
		d.browsers[m.Keep] = kept
	}
	page, err := b.leave(ctx)
	d.arrived(b, page, err)
	return nil
}

func (d *subject) open(ctx context.Context, m *drill.Open) error {
	address, known := m.URL, true
	if m.Page != "" {
		address, known = d.site.page(m.Page)
	}
	if !known {
		return fmt.Errorf("the app has no %s page", m.Page)
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	for name, value := range m.Params {
		q.Set(strings.ReplaceAll(name, "${return_to}", d.site.App.ReturnToParam), value)
	}
	u.RawQuery = q.Encode()
	header := http.Header{}
	for name, value := range m.Headers {
		header.Set(name, value)
	}
	b := d.browser(m.Browser)
	for range max(m.Times, 1) - 1 { // a crowd that nobody looks at
		if _, err := scriptedBrowser(b.name, d.site, d.trail).agent.Visit(ctx, agent.Request{URL: u.String(), Header: header}); err != nil {
			return err
		}
	}
	page, err := b.agent.Visit(ctx, agent.Request{URL: u.String(), Header: header})
	if err == nil && m.SignIn {
		page, err = b.through(ctx, page, "alice", false)
	}
	d.arrived(b, page, err)
	if m.Page == "admin" && err == nil {
		d.admin = d.site.status(page)
	}
	return nil
}
