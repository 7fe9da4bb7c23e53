package attack

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// standing is what the app says about a browser.
type standing struct {
	signedIn bool
	as       []string // logins of the users whose marks are on the page
	account  string   // the app's own name for the account, if it tells
	status   int
	page     *agent.Page
}

// whoami asks the app who is signed in.
func (b *browser) whoami(ctx context.Context) (*standing, error) {
	probe := b.site.app.WhoAmI
	page, err := b.agent.Visit(ctx, agent.Request{URL: b.site.at(probe.URL), Header: http.Header{"Accept": {"application/json, text/html;q=0.9"}}})
	if err != nil {
		return nil, err
	}
	out := &standing{status: page.Status, page: page, account: member(page.Body, probe.Account)}
	want := probe.SignedIn
	home := b.site.own(page.URL)
	switch {
	case want == nil:
		out.signedIn = home && page.Status == http.StatusOK
	default:
		out.signedIn = home && (want.Status == nil && page.Status == http.StatusOK || want.Status != nil && allows(want.Status, page.Status)) &&
			(want.Contains == nil || strings.Contains(want.Contains.(string), "${user.") || match.OK(map[string]any{"$contains": want.Contains}, words(page)))
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
func (s *site) users() []*store.User {
	var out []*store.User
	for _, p := range s.providers {
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
