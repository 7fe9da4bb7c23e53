package bundled

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Do does what a client or a user does in a step, and notes what is observed.
func (b *Subject) Do(ctx context.Context, s *drill.Step, o *engine.Observation) error {
	b.tap.startNoting(o)
	defer b.tap.stopNoting()
	switch {
	case s.Open != nil:
		return b.noteFor(o)(b.browser.Visit(ctx, agent.Request{URL: b.resolve(s.Open.URL)}))
	case s.Login != nil:
		if s.Login.Claims != nil {
			return b.loginNewUser(ctx, s.Login, o)
		}
		return b.login(ctx, s.Login.User, s.Login.Password, o)
	case s.Consent != nil:
		return b.consent(ctx, s.Consent, o)
	case s.SignIn != nil:
		return b.signIn(ctx, s.SignIn, o)
	case s.Authorize != nil:
		return b.authorize(ctx, s.Authorize.AuthorizationRequest, o)
	case s.Callback != nil:
		return b.callback(ctx, s.Callback, o)
	case s.Refresh != nil:
		return b.refresh(ctx, s.Refresh, o)
	case s.Call != nil:
		err := b.callAPI(ctx, s.Call, o)
		b.called = append(b.called, o.Status)
		return err
	case s.Introspect != nil:
		return b.introspect(ctx, s.Introspect)
	case s.Revoke != nil:
		return b.revoke(ctx, s.Revoke)
	case s.Logout != nil:
		return b.logout(ctx, s.Logout, o)
	case s.Device != nil:
		return b.signInDevice(ctx, s.Device, o)
	case s.Request != nil:
		return b.sendRequest(ctx, s.Request)
	}
	return engine.Misused(b.Can(s))
}

// resolve returns the address of a path at the issuer.
func (b *Subject) resolve(address string) string {
	if strings.HasPrefix(address, "/") {
		return b.provider.Issuer() + address
	}
	return address
}

// noteFor returns a function that notes the page after a browser's action.
func (b *Subject) noteFor(o *engine.Observation) func(*agent.Page, error) error {
	return func(p *agent.Page, err error) error {
		if err != nil {
			return err
		}
		b.page = p
		o.NotePage(p)
		if n := p.Intercepted; n != nil && b.last != "" && b.clients[b.last] != nil {
			party := b.clients[b.last]
			if party.pending != nil && sameTarget(n.URL, party.pending.RedirectURL) {
				party.answer = n.Params()
				o.Reply = party.answer
				b.arrows = append(b.arrows, result.Message{
					Step: o.Step, From: "browser", To: "client", Label: n.Method + " " + n.URL.Path, Detail: engine.DescribeParams(party.answer),
					Time: b.provider.Clock().Now(), Seq: b.provider.Journal().Last(),
				})
			}
		}
		return nil
	}
}

func sameTarget(u *url.URL, redirect string) bool {
	r, err := url.Parse(redirect)
	return err == nil && u.Host == r.Host && u.Path == r.Path
}

func (b *Subject) login(ctx context.Context, user, password string, o *engine.Observation) error {
	if b.page == nil {
		return engine.Misused(errors.New("no page is open: authorize or open one first"))
	}
	if password == "" {
		for _, u := range b.provider.Users() {
			if u.Login == user {
				password = u.Password
			}
		}
	}
	return b.noteFor(o)(b.page.Login(ctx, user, password))
}

// loginNewUser enters another user in the sign-in page.
func (b *Subject) loginNewUser(ctx context.Context, l *drill.Login, o *engine.Observation) error {
	if b.page == nil {
		return engine.Misused(errors.New("no page is open: authorize or open one first"))
	}
	claims, err := json.Marshal(l.Claims)
	if err != nil {
		return err
	}
	return b.noteFor(o)(b.page.Enter(ctx, url.Values{"new_login": {l.User}, "new_claims": {string(claims)}}))
}

func (b *Subject) consent(ctx context.Context, c *drill.Consent, o *engine.Observation) error {
	if b.page == nil {
		return engine.Misused(errors.New("no page is open: authorize or open one first"))
	}
	var ticked []string // nil is all
	if c != nil && c.Scope != "" {
		ticked = strings.Fields(c.Scope)
	}
	return b.noteFor(o)(b.page.Consent(ctx, engine.Allows(c), ticked))
}

// changeParams sets parameters, removes those that are $absent, and leaves those that
// are $keep. An empty text is an empty value.
func changeParams(v url.Values, change map[string]any) {
	for name, value := range change {
		if value == match.Keep {
			continue
		}
		v.Del(name)
		if value == match.Absent {
			continue
		}
		if several, ok := match.List(value); ok {
			for _, one := range several {
				v.Add(name, match.Text(one))
			}
			continue
		}
		v.Set(name, match.Text(value))
	}
}
