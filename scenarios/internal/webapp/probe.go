package webapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/target"
)

// standing is what the app says about a browser.
type standing struct {
	signedIn  bool
	signedOut bool     // the answer is one that whoami.signed_out describes
	as        []string // logins of the users whose marks are on the page
	account   string   // the app's own name for the account, if it tells
	status    int      // of the app's own last answer
	left      *url.URL // where the app led the browser to, if not to a page of its own
}

// AmbiguousError is an answer that whoami.signed_in and whoami.signed_out both
// describe.
type AmbiguousError int

func (e AmbiguousError) Error() string {
	return fmt.Sprintf("the whoami page answers %d with a page that whoami.signed_in describes, and whoami.signed_out too", int(e))
}

// whoami asks the app who is signed in. It stops where the app's own pages end:
// an app that leads to its provider does not know the browser.
func (b *browser) whoami(ctx context.Context) (*standing, error) {
	probe := b.site.App.WhoAmI
	page, err := b.within(ctx, agent.Request{URL: b.site.at(probe.URL), Header: http.Header{"Accept": {"application/json, text/html;q=0.9"}}})
	if err != nil {
		return nil, err
	}
	out := &standing{status: b.site.status(page)}
	if page.Intercepted != nil {
		out.left = page.URL
	} else {
		out.account = member(page.Body, probe.Account)
		out.signedIn = isSignedIn(probe.SignedIn, page)
	}
	out.signedOut = isSignedOut(probe.SignedOut, page)
	if out.signedIn && out.signedOut {
		if probe.SignedIn != nil {
			return nil, AmbiguousError(out.status)
		}
		out.signedIn = false
	}
	if out.signedIn {
		for _, u := range b.site.users() {
			if !slices.Contains(out.as, u.Login) && marked(words(page), u) {
				out.as = append(out.as, u.Login)
			}
		}
	}
	return out, nil
}

// answer says how the whoami page answered.
func (s *standing) answer() string {
	text := fmt.Sprintf("the whoami page answers %d", s.status)
	if s.left != nil {
		text += " and leads to " + s.left.Host + s.left.Path
	}
	if s.signedOut {
		text += ", as whoami.signed_out says"
	}
	return text
}

// isSignedIn reports whether a page of the app is one for somebody who is signed
// in: without a description, any with status 200.
func isSignedIn(want *target.Answer, p *agent.Page) bool {
	if want == nil || want.Status == nil {
		return p.Status == http.StatusOK && (want == nil || contains(want.Contains, p))
	}
	return allows(want.Status, p.Status) && contains(want.Contains, p)
}

// isSignedOut reports whether an answer is described as one for somebody who is
// not signed in. The status may be that of the whoami page itself, such as a
// redirect, or that of the page where it ended.
func isSignedOut(want *target.Answer, p *agent.Page) bool {
	if want == nil {
		return false
	}
	status := want.Status == nil || p.Intercepted == nil && allows(want.Status, p.Status) ||
		len(p.Hops) > 0 && allows(want.Status, p.Hops[0].Status)
	return status && contains(want.Contains, p)
}

// contains reports whether a page has a text that a probe names; one with a
// ${user.name} is looked for when it is known who that may be.
func contains(want any, p *agent.Page) bool {
	if text, ok := want.(string); want == nil || ok && strings.Contains(text, "${user.") {
		return true
	}
	if _, ok := want.(string); !ok {
		return match.OK(want, words(p))
	}
	return match.OK(map[string]any{"$contains": want}, words(p))
}

// words are what a page says: all of it as it came; where scripts may have made
// it, what is shown, for a script has every text that it could show.
func words(p *agent.Page) string {
	if p.Kept == nil {
		return string(p.Body)
	}
	text := p.Title + " " + p.Text
	for _, f := range p.Forms {
		for _, field := range f.Fields {
			text += " " + field.Value
		}
	}
	return text
}

// allows reports whether a status is the one, or one of those, that a probe names.
func allows(want any, status int) bool {
	if several, ok := match.List(want); ok {
		for _, one := range several {
			if match.OK(one, status) {
				return true
			}
		}
		return false
	}
	return match.OK(want, status)
}

// users are the users of all providers.
func (s *Site) users() []*store.User {
	var out []*store.User
	for _, p := range s.Providers {
		if p != nil {
			out = append(out, p.Users()...)
		}
	}
	return out
}

// userOf is one of a provider's users, nil where there is none of that login.
func userOf(p *mockprovider.Provider, login string) *store.User {
	for _, u := range p.Users() {
		if u.Login == login {
			return u
		}
	}
	return nil
}

// marked reports whether a page speaks of a user: by e-mail address or name.
func marked(body string, u *store.User) bool {
	return u.Email != "" && strings.Contains(body, u.Email) || u.Name != "" && strings.Contains(body, u.Name) ||
		strings.Contains(body, `"sub":"`+u.Sub()+`"`) || strings.Contains(body, `"sub": "`+u.Sub()+`"`)
}

// member is a member of a JSON object as text, "" if there is none.
func member(body []byte, name string) string {
	var object map[string]any
	if name == "" || json.Unmarshal(body, &object) != nil || object[name] == nil {
		return ""
	}
	return match.Text(object[name])
}
