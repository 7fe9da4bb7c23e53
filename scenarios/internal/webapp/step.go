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
	"github.com/authdrill/authdrill/scenarios/target"
)

// Do does what a client or a user does in a step. It returns an error where the
// step could not be done; what the app does wrong is evidence.
func (d *subject) Do(ctx context.Context, s *drill.Step, o *engine.Observation) error {
	if err := d.Can(s); err != nil {
		return err
	}
	start := d.site.Now()
	before := d.lastPage
	if err := d.doVerb(ctx, s); err != nil {
		return err
	}
	if s.Expire == "" {
		d.slowest = max(d.slowest, d.site.Now().Sub(start))
	}
	if d.lastPage != nil && d.lastPage != before {
		o.NotePage(d.lastPage)
	}
	if d.scenario.ID != "" && (o.Expects == nil || o.Expects.App == nil) {
		return nil // an entry is judged by its outcome
	}
	return d.observeApp(ctx, s, o)
}

// observeApp notes what the app says of the main browser. Where nothing is expected
// of a sign-in, it must have signed the user in.
func (d *subject) observeApp(ctx context.Context, s *drill.Step, o *engine.Observation) error {
	signsIn := s.SignIn != nil && s.SignIn.Until == "" && s.SignIn.Browser == "" || s.Callback != nil && s.Callback.Browser == ""
	if !signsIn && (o.Expects == nil || o.Expects.App == nil) {
		return nil
	}
	who, err := d.browser("").whoami(ctx)
	if err != nil {
		return err
	}
	o.App = map[string]any{"signed_in": who.signedIn}
	if d.lastPage != nil {
		o.App["page"], o.App["status"] = string(d.lastPage.Body), d.site.ownStatus(d.lastPage)
	}
	if o.Expects == nil && !who.signedIn {
		return fmt.Errorf("no user is signed in at the app afterwards: %s", who.describe())
	}
	return nil
}

// doVerb does a step by its verb.
func (d *subject) doVerb(ctx context.Context, s *drill.Step) error {
	switch {
	case s.SignIn != nil && s.SignIn.Until != "":
		return d.signInUntilResponse(ctx, s.SignIn)
	case s.SignIn != nil:
		return d.signIn(ctx, s.SignIn)
	case s.Authorize != nil:
		return d.startSignIn(ctx, s.Authorize)
	case s.Login != nil:
		return d.answerLogin(ctx, s.Login)
	case s.Consent != nil:
		return d.answerConsent(ctx, s.Consent)
	case s.Callback != nil:
		return d.deliverResponse(ctx, s.Callback)
	case s.Expire != "":
		return d.expireAccessToken(ctx)
	case s.Call != nil:
		return d.openAPIPage(ctx, s.Call)
	case s.Logout != nil:
		return d.signOut(ctx, s.Logout)
	case s.Open != nil:
		return d.openPage(ctx, s.Open)
	case s.LogoutToken != nil:
		return d.postLogoutTokens(ctx, s.LogoutToken)
	case s.Crowd != nil:
		return d.signInCrowd(ctx, s.Crowd)
	case s.LocalRegister != nil:
		return d.useLocalAccount(ctx, "register", s.LocalRegister)
	case s.LocalLogin != nil:
		return d.useLocalAccount(ctx, "login", s.LocalLogin)
	case s.CopyBrowser != "":
		d.browsers[s.CopyBrowser] = d.browser("").copyAs(ctx, s.CopyBrowser)
		return nil
	case s.Popup != nil:
		return d.signInByPopup(ctx)
	}
	return nil
}

// startSignIn opens the app's login page, follows it to the provider, and stops there.
func (d *subject) startSignIn(ctx context.Context, s *drill.Authorize) error {
	b := d.browser(s.Browser)
	page, err := b.openPage(ctx, d.site.App.Login, nil, nil)
	d.noteNavigation(b, page, err)
	return nil
}

// errNoPage is why a page of the provider cannot be answered.
var errNoPage = errors.New("no page of the provider is open: begin with authorize")

// answerLogin answers the provider's sign-in page in the main browser.
func (d *subject) answerLogin(ctx context.Context, l *drill.Login) error {
	b := d.browser("")
	if d.lastPage == nil || !d.site.isProviderPage(d.lastPage.URL) {
		return errNoPage
	}
	page, err := d.lastPage.Login(ctx, l.User, cmp.Or(l.Password, b.passwordOf(l.User)))
	d.noteNavigation(b, page, err)
	return err
}

// answerConsent answers the provider's consent page in the main browser.
func (d *subject) answerConsent(ctx context.Context, c *drill.Consent) error {
	b := d.browser("")
	if d.lastPage == nil || !d.site.isProviderPage(d.lastPage.URL) {
		return errNoPage
	}
	var ticked []string // nil is all
	if c.Scope != "" {
		ticked = strings.Fields(c.Scope)
	}
	page, err := d.lastPage.Consent(ctx, engine.Allows(c), ticked)
	d.noteNavigation(b, page, err)
	return err
}

// deliverResponse delivers a response to the app, if asked several times at once.
func (d *subject) deliverResponse(ctx context.Context, m *drill.Callback) error {
	answer := d.responses[cmp.Or(m.Response, d.latestResponse)]
	if answer == nil {
		return fmt.Errorf("unknown response %q: want one that sign_in held back", cmp.Or(m.Response, d.latestResponse))
	}
	b := d.browser(m.Browser)
	request := d.callbackRequest(answer, m)
	if m.Discard {
		_, _ = b.twin().agent.Visit(ctx, request) // the step discards the answer
		return nil
	}
	if m.Parallel <= 1 {
		page, err := b.agent.Visit(ctx, request)
		d.noteNavigation(b, page, err)
		return nil
	}
	pages, failures := make([]*agent.Page, m.Parallel), make([]error, m.Parallel)
	twins := make([]*browser, m.Parallel)
	end := d.trail.raiseBarrier(m.Parallel)
	defer end()
	var group sync.WaitGroup
	for n := range m.Parallel {
		twins[n] = b.twin()
		group.Go(func() {
			defer end() // the others do not wait for a request that ended or was not sent
			pages[n], failures[n] = twins[n].agent.Visit(ctx, request)
		})
	}
	group.Wait()
	for n := range m.Parallel {
		d.noteNavigation(b, pages[n], failures[n])
	}
	b.adoptSession(ctx, twins)
	return nil
}

// adoptSession takes over the cookies of a twin that is signed in, if there is one:
// the tabs of a real browser share their cookies.
func (b *browser) adoptSession(ctx context.Context, twins []*browser) {
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

// callbackRequest returns the request that delivers a response, changed as the step
// says.
func (d *subject) callbackRequest(answer *agent.Navigation, m *drill.Callback) agent.Request {
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
	r := agent.Request{Method: cmp.Or(m.Method, answer.Method), From: providerURL(d.site)}
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

// providerURL returns the issuer as an address: responses come from there.
func providerURL(s *Site) *url.URL {
	u, err := url.Parse(s.Provider().Issuer())
	if err != nil {
		return nil
	}
	return u
}

// canaryURL returns an address that no client has a reason to call. Where the
// provider is reached over TLS, it is one without.
func (s *Site) canaryURL() string {
	if s.PlainCanary != "" {
		return s.PlainCanary
	}
	return mockprovider.Canary(s.Provider().Issuer())
}

// expireAccessToken waits until the app's access token has expired. An app with a
// clock of its own has a token that lives for a second; it may count in whole
// seconds, rounded up.
func (d *subject) expireAccessToken(ctx context.Context) error {
	p := d.site.Provider()
	if d.site.Virtual {
		return p.Clock().Advance(61 * time.Minute)
	}
	if err := d.site.Sleep(ctx, shortLife+1200*time.Millisecond); err != nil {
		return err
	}
	if d.expiriesLeft--; d.expiriesLeft == 0 {
		return p.Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(time.Hour)}})
	}
	return nil
}

func (d *subject) openAPIPage(ctx context.Context, m *drill.Call) error {
	b := d.browser(m.Browser)
	for range max(m.Times, 1) {
		if m.Parallel < 2 {
			page, err := b.openPage(ctx, d.site.App.API, nil, nil)
			d.noteNavigation(b, page, err)
			if err == nil {
				d.apiStatuses = append(d.apiStatuses, d.site.ownStatus(page))
			}
			continue
		}
		statuses := make([]int, m.Parallel)
		end := d.trail.raiseBarrier(m.Parallel)
		var group sync.WaitGroup
		for n := range m.Parallel {
			twin := b.twin()
			group.Go(func() {
				defer end()
				if page, err := twin.openPage(ctx, d.site.App.API, nil, nil); err == nil {
					statuses[n] = d.site.ownStatus(page)
				}
			})
		}
		group.Wait()
		d.apiStatuses = append(d.apiStatuses, statuses...)
	}
	return nil
}

func (d *subject) signOut(ctx context.Context, m *drill.Logout) error {
	b := d.browser(m.Browser)
	page, err := b.signOut(ctx)
	d.noteNavigation(b, page, err)
	return nil
}

func (d *subject) openPage(ctx context.Context, m *drill.Open) error {
	p := &target.Page{URL: m.URL}
	if m.Page != "" {
		p = d.site.page(m.Page)
	}
	if p == nil {
		return fmt.Errorf("the app has no %s page", m.Page)
	}
	params, header := url.Values{}, http.Header{}
	for name, value := range m.Params {
		params.Set(strings.ReplaceAll(name, "${return_to}", d.site.App.ReturnToParam), value)
	}
	for name, value := range m.Headers {
		header.Set(name, value)
	}
	b := d.browser(m.Browser)
	for range max(m.Times, 1) - 1 { // only the last answer is looked at
		if _, err := scriptedBrowser(b.name, d.site, d.trail).openPage(ctx, p, params, header); err != nil {
			return err
		}
	}
	page, err := b.openPage(ctx, p, params, header)
	if err == nil && m.SignIn {
		page, err = b.answerProviderPages(ctx, page, "alice", false)
	}
	d.noteNavigation(b, page, err)
	if m.Page == "admin" && err == nil {
		d.adminStatus = d.site.ownStatus(page)
	}
	return nil
}
