package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// act does what a step's verb says and notes what is seen. The error is the
// client's refusal, or why the step could not be done.
func (st *stage) act(ctx context.Context, s *Step, o *observation) error {
	o.accepts = st.provider.Accepts
	switch {
	case s.Open != nil:
		return st.show(o)(st.browser.Visit(ctx, agent.Request{URL: st.at(s.Open.URL)}))
	case s.Login != nil:
		if s.Login.Claims != nil {
			return st.loginNew(ctx, s.Login, o)
		}
		return st.login(ctx, s.Login.User, s.Login.Password, o)
	case s.Consent != nil:
		return st.consent(ctx, s.Consent, o)
	case s.SignIn != nil:
		return st.signIn(ctx, s.SignIn, o)
	case s.Authorize != nil:
		return st.authorize(ctx, s.Authorize.AuthorizationRequest, o)
	case s.Callback != nil:
		return st.callback(ctx, s.Callback, o)
	case s.Refresh != nil:
		return st.refresh(ctx, s.Refresh, o)
	case s.Call != nil:
		return st.call(ctx, s.Call, o)
	case s.Introspect != nil:
		return st.introspect(ctx, s.Introspect)
	case s.Revoke != nil:
		return st.revoke(ctx, s.Revoke)
	case s.Logout != nil:
		return st.logout(ctx, s.Logout, o)
	case s.Device != nil:
		return st.device(ctx, s.Device, o)
	case s.Request != nil:
		return st.request(ctx, s.Request)
	}
	return st.provide(s)
}

// provide does what the provider does.
func (st *stage) provide(s *Step) error {
	p := st.provider
	switch {
	case s.Advance != nil:
		return p.Clock().Advance(s.Advance.D())
	case s.RotateKeys != nil:
		plan := protocol.KeysOverlap
		if s.RotateKeys.Retire == "immediately" {
			plan = protocol.KeysImmediately
		}
		_, err := p.RotateKeys("", plan)
		return err
	case s.Fault != nil:
		_, err := p.Fault(*s.Fault)
		return err
	case s.ClearFaults != nil:
		if id := s.ClearFaults.ID; id == "" {
			p.ClearFaults()
		} else if !p.RemoveFault(id) {
			return fmt.Errorf("no fault has the id %q", id)
		}
	case s.RevokeGrant != nil:
		if p.RevokeGrant(s.RevokeGrant.User, s.RevokeGrant.Client) == 0 {
			return fmt.Errorf("%s has granted nothing that could be revoked", s.RevokeGrant.User)
		}
	case s.Set != nil:
		over := setup.Setup{Clients: s.Set.Clients, Users: s.Set.Users}
		if s.Set.Provider != nil {
			over.Provider = *s.Set.Provider
		}
		return p.Overlay(over)
	}
	return nil
}

// at makes an address of a path at the issuer.
func (st *stage) at(address string) string {
	if strings.HasPrefix(address, "/") {
		return st.provider.Issuer() + address
	}
	return address
}

// show returns a function that notes the page a browser's action led to.
func (st *stage) show(o *observation) func(*agent.Page, error) error {
	return func(p *agent.Page, err error) error {
		if err != nil {
			return err
		}
		st.page = p
		o.shows(p)
		if n := p.Intercepted; n != nil && st.last != "" && st.clients[st.last] != nil {
			party := st.clients[st.last]
			if party.pending != nil && sameTarget(n.URL, party.pending.RedirectURL) {
				party.answer = n.Params()
				o.reply = party.answer
				st.arrows = append(st.arrows, Message{
					Step: st.step, From: "browser", To: "client", Label: n.Method + " " + n.URL.Path, Detail: describeParams(party.answer),
					Time: st.provider.Clock().Now(), Seq: st.provider.Journal().Last(),
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

func (st *stage) login(ctx context.Context, user, password string, o *observation) error {
	if st.page == nil {
		return misuse{errors.New("no page is open: authorize or open one first")}
	}
	if password == "" {
		for _, u := range st.provider.Users() {
			if u.Login == user {
				password = u.Password
			}
		}
	}
	return st.show(o)(st.page.Login(ctx, user, password))
}

// loginNew types somebody else into the sign-in page.
func (st *stage) loginNew(ctx context.Context, l *Login, o *observation) error {
	if st.page == nil {
		return misuse{errors.New("no page is open: authorize or open one first")}
	}
	claims, err := json.Marshal(l.Claims)
	if err != nil {
		return err
	}
	return st.show(o)(st.page.Enter(ctx, url.Values{"new_login": {l.User}, "new_claims": {string(claims)}}))
}

func (st *stage) consent(ctx context.Context, c *Consent, o *observation) error {
	if st.page == nil {
		return misuse{errors.New("no page is open: authorize or open one first")}
	}
	var ticked []string // nil is all
	if c != nil && c.Scope != "" {
		ticked = strings.Fields(c.Scope)
	}
	return st.show(o)(st.page.Consent(ctx, c.Allows(), ticked))
}

// changeParams sets parameters, takes away those that are $absent, and leaves those
// that are $keep. An empty text is an empty value.
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

// describeParams shows parameters in one line, secrets shortened.
func describeParams(v url.Values) string {
	e := journal.Entry{Params: v}
	var out []string
	for name, values := range e.Redacted().Params {
		out = append(out, name+"="+strings.Join(values, ","))
	}
	return strings.Join(sorted(out), " ")
}
