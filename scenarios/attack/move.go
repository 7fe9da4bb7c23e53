package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// move makes one move.
func (d *drill) move(ctx context.Context, m *catalog.Move) error {
	switch {
	case m.SignIn != nil:
		return d.signIn(ctx, m.SignIn)
	case m.Begin != nil:
		return d.begin(ctx, m.Begin)
	case m.Deliver != nil:
		return d.deliver(ctx, m.Deliver)
	case m.Arm != nil:
		return d.arm()
	case m.Disarm != nil:
		d.site.provider().ClearFaults()
	case m.Expire != nil:
		return d.expire(ctx)
	case m.Call != nil:
		return d.call(ctx, m.Call)
	case m.Logout != nil:
		return d.logout(ctx, m.Logout)
	case m.Open != nil:
		return d.open(ctx, m.Open)
	case m.Advance != nil:
		return d.advance(m.Advance)
	case m.Rotate != nil:
		_, err := d.site.provider().RotateKeys("", m.Rotate.Retire)
		return err
	case m.Revoke != nil:
		d.site.provider().RevokeGrant("", d.site.clientID)
	case m.Disable != nil:
		d.site.provider().DisableUser("alice", true)
	case m.Identity != nil:
		return d.identify(m.Identity)
	case m.Restart != nil:
		d.site.provider().Restart()
	case m.Token != nil:
		return d.logoutToken(ctx, m.Token)
	case m.Crowd != nil:
		return d.crowd(ctx, m.Crowd)
	case m.Register != nil:
		return d.local(ctx, "register", m.Register)
	case m.Password != nil:
		return d.local(ctx, "login", m.Password)
	case m.Popup != nil:
		return d.popup(ctx)
	}
	return nil
}

func (d *drill) signIn(ctx context.Context, m *catalog.SignIn) error {
	for n := range max(m.Times, 1) {
		name := m.Browser
		if m.Times > 1 && n < m.Times-1 {
			name = fmt.Sprintf("%s-%d", or(m.Browser, "fresh"), n+1)
		}
		b := d.browser(name)
		b.withholds = ""
		if m.Withhold {
			b.withholds = d.site.app.API.NeedsScope
		}
		page, err := b.signIn(ctx, or(m.User, "alice"), or(m.Issuer, "first"), m.Deny)
		d.arrived(b, page, err)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if d.entry.Expect.Accounts != "" {
			s, err := b.whoami(ctx)
			if err != nil {
				return err
			}
			d.accounts = append(d.accounts, s.account)
		}
	}
	return nil
}

func (d *drill) begin(ctx context.Context, m *catalog.Begin) error {
	b := d.browser(m.Browser)
	answer, err := b.begin(ctx, or(m.User, "alice"), or(m.Issuer, "first"))
	if err != nil {
		return err
	}
	d.latest = or(m.As, b.name)
	d.responses[d.latest] = answer
	return nil
}

// deliver brings a response to the app, several times at once if asked.
func (d *drill) deliver(ctx context.Context, m *catalog.Deliver) error {
	answer := d.responses[or(m.Response, d.latest)]
	if answer == nil {
		return fmt.Errorf("no response %q was begun", or(m.Response, d.latest))
	}
	b := d.browser(m.Browser)
	request := d.request(answer, m)
	if m.Discard {
		_, _ = b.twin().visit(ctx, request) // whatever came is forgotten
		return nil
	}
	if m.Times <= 1 {
		page, err := b.agent.Visit(ctx, request)
		d.arrived(b, page, err)
		return nil
	}
	pages, failures := make([]*agent.Page, m.Times), make([]error, m.Times)
	twins := make([]*browser, m.Times)
	end := d.trail.start(m.Times)
	defer end()
	var group sync.WaitGroup
	for n := range m.Times {
		twins[n] = b.twin()
		group.Go(func() {
			defer end() // who is done, or could not begin, is not waited for
			pages[n], failures[n] = twins[n].visit(ctx, request)
		})
	}
	group.Wait()
	for n := range m.Times {
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
func (d *drill) request(answer *agent.Navigation, m *catalog.Deliver) agent.Request {
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
			text := match.Text(value)
			filled := d.fill(text)
			if params.Del(name); filled != "" || text == "" { // a response without the parameter gives none
				params.Set(name, filled)
			}
		}
	}
	to := *answer.URL
	to.Fragment, to.RawFragment = "", ""
	r := agent.Request{Method: or(m.Method, answer.Method), From: providerPage(d.site)}
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
func providerPage(s *site) *url.URL {
	u, err := url.Parse(s.provider().Issuer())
	if err != nil {
		return nil
	}
	return u
}

var placeholder = regexp.MustCompile(`\$\{([a-z_-]+)(?:\.([a-z_]+))?\}`)

// fill fills in the names a move may use: ${canary}, ${issuer}, ${entry},
// ${return_to} and ${response.param}.
func (d *drill) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		parts := placeholder.FindStringSubmatch(found)
		switch {
		case parts[1] == "canary":
			return d.site.canary()
		case parts[1] == "issuer":
			return d.site.provider().Issuer()
		case parts[1] == "entry":
			return d.entry.Key
		case parts[1] == "return_to":
			return d.site.app.ReturnToParam
		case parts[1] == "minted":
			return d.minted()
		case d.responses[parts[1]] != nil:
			return d.responses[parts[1]].Params().Get(parts[2])
		}
		return found
	})
}

// minted is an access token of alice that was issued to another client.
func (d *drill) minted() string {
	p := d.site.provider()
	if p.SetClient(store.Client{ID: "another-client"}) != nil {
		return ""
	}
	tokens, err := p.Mint(mockprovider.MintRequest{User: "alice", ClientID: "another-client"})
	if err != nil {
		return ""
	}
	return tokens.AccessToken
}

// canary is an address that nobody has business at: without TLS, where the
// provider has it.
func (s *site) canary() string {
	if s.plain != "" {
		return s.plain
	}
	return mockprovider.Canary(s.provider().Issuer())
}

// expire lets the app's access token run out. An app with a clock of its own
// was given a token that lives a second; it may count in whole seconds, rounded up.
func (d *drill) expire(ctx context.Context) error {
	p := d.site.provider()
	if d.site.virtual {
		return p.Clock().Advance(61 * time.Minute)
	}
	if err := d.site.sleep(ctx, shortLife+1200*time.Millisecond); err != nil {
		return err
	}
	if !slices.ContainsFunc(d.left, func(m catalog.Move) bool { return m.Expire != nil }) {
		return p.Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(time.Hour)}})
	}
	return nil
}

func (d *drill) advance(m *catalog.Advance) error {
	if !d.site.virtual {
		return errors.New("the app has a clock of its own")
	}
	return d.site.provider().Clock().Advance(m.By.D())
}

func (d *drill) call(ctx context.Context, m *catalog.Call) error {
	b := d.browser(m.Browser)
	for range max(m.Times, 1) {
		if m.AtOnce < 2 {
			page, err := b.press(ctx, d.site.app.API)
			d.arrived(b, page, err)
			if err == nil {
				d.api = append(d.api, d.site.status(page))
			}
			continue
		}
		statuses := make([]int, m.AtOnce)
		end := d.trail.start(m.AtOnce)
		var group sync.WaitGroup
		for n := range m.AtOnce {
			twin := b.twin()
			group.Go(func() {
				defer end()
				if page, err := twin.press(ctx, d.site.app.API); err == nil {
					statuses[n] = d.site.status(page)
				}
			})
		}
		group.Wait()
		d.api = append(d.api, statuses...)
	}
	return nil
}

func (d *drill) logout(ctx context.Context, m *catalog.Logout) error {
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

func (d *drill) open(ctx context.Context, m *catalog.Open) error {
	address, known := d.site.page(m.Page)
	if !known {
		return fmt.Errorf("the app has no %s page", m.Page)
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	for name, value := range m.Params {
		q.Set(d.fill(name), d.fill(value))
	}
	u.RawQuery = q.Encode()
	header := http.Header{}
	for name, value := range m.Headers {
		header.Set(name, d.fill(value))
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

// identify lets a provider assert other claims about a user.
func (d *drill) identify(m *catalog.Identity) error {
	p := d.site.provider()
	if m.Issuer == "second" {
		p = d.site.providers[1]
	}
	if p == nil {
		return errors.New("the app knows one issuer")
	}
	u := userOf(p, or(m.User, "alice"))
	if u == nil {
		return fmt.Errorf("unknown user %s", or(m.User, "alice"))
	}
	claims := map[string]any{}
	for name, value := range m.Claims {
		if text, ok := value.(string); ok {
			value = d.fill(text)
		}
		claims[name] = value
	}
	if err := assert(u, claims); err != nil {
		return err
	}
	return p.SetUser(*u) // u is a copy
}

func or(text, def string) string {
	if text == "" {
		return def
	}
	return text
}
