package webapp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/internal/selector"
	"github.com/authdrill/authdrill/scenarios/target"
)

// whoamiAnswer is the whoami page's answer to a browser.
type whoamiAnswer struct {
	signedIn  bool
	signedOut bool     // the answer is one that whoami.signed_out describes
	as        []string // logins of the users that the page names
	account   string   // the app's own name of the account, "" if it does not show one
	landed    string   // path of another page of the app where it ended, "" if it is the whoami page
	named     string   // selector of a user name on a page that shows nothing else of the user
	status    int      // of the app's own last answer
	ledTo     *url.URL // where the app redirected to, nil if the page is its own
}

// AmbiguousError is an answer that whoami.signed_in and whoami.signed_out both
// describe.
type AmbiguousError int

func (e AmbiguousError) Error() string {
	return fmt.Sprintf("the whoami page answers %d with a page that whoami.signed_in describes, and whoami.signed_out too", int(e))
}

// whoami asks the app which user is signed in. It does not leave the app's own pages:
// an app that redirects to its provider does not know the browser.
func (b *browser) whoami(ctx context.Context) (*whoamiAnswer, error) {
	probe := b.site.App.WhoAmI
	account, accept, err := accountSelector(probe)
	if err != nil {
		return nil, err
	}
	page, err := b.visitAppOnly(ctx, agent.Request{URL: b.site.resolve(probe.URL), Header: http.Header{"Accept": {accept}}})
	if err != nil {
		return nil, err
	}
	out := &whoamiAnswer{status: b.site.ownStatus(page)}
	if page.Intercepted != nil {
		out.ledTo = page.URL
	} else {
		out.account = account.Find(page.Header, page.Body)
		out.signedIn = isSignedIn(probe.SignedIn, page)
		out.landed = b.site.landingOf(page)
		if isElsewhere(probe, page, out.account) || out.landed != "" && out.landed == b.site.SignedOut {
			out.signedIn, out.ledTo = false, page.URL
		}
	}
	out.signedOut = isSignedOut(probe.SignedOut, page)
	if out.signedIn && out.signedOut {
		if probe.SignedIn != nil {
			return nil, AmbiguousError(out.status)
		}
		out.signedIn = false
	}
	if out.signedIn {
		out.as = b.site.usersShown(page, out.account)
	}
	if out.signedIn && len(out.as) == 0 {
		out.named = b.site.suggestAccount(page)
	}
	return out, nil
}

// describe says how the whoami page answered.
func (s *whoamiAnswer) describe() string {
	text := fmt.Sprintf("the whoami page answers %d", s.status)
	if s.ledTo != nil {
		text += " and leads to " + s.ledTo.Host + s.ledTo.Path
	}
	if s.signedOut {
		text += ", as whoami.signed_out says"
	}
	return text
}

// isSignedIn reports whether a page of the app is for a user that is signed in:
// without a description, a page with status 200.
func isSignedIn(want *target.Answer, p *agent.Page) bool {
	if want == nil || want.Status == nil {
		return p.Status == http.StatusOK && (want == nil || containsText(want.Contains, p))
	}
	return allowsStatus(want.Status, p.Status) && containsText(want.Contains, p)
}

// isElsewhere reports whether the app redirected from the whoami page to a page that
// does not have the account, such as its login page. Where the configuration says what
// the answers look like, that decides.
func isElsewhere(probe *target.Probe, p *agent.Page, account string) bool {
	told := probe.SignedIn != nil || probe.SignedOut != nil
	return !told && probe.Account != "" && account == "" && len(p.Hops) > 1
}

// landingOf returns the path of the page that the app led to from the whoami page, "" for
// the whoami page itself. Where the configuration says what the answers look like, that
// decides.
func (s *Site) landingOf(p *agent.Page) string {
	probe := s.App.WhoAmI
	whoami, err := url.Parse(s.resolve(probe.URL))
	if err != nil || p.URL.Path == whoami.Path || probe.SignedIn != nil || probe.SignedOut != nil {
		return ""
	}
	return p.URL.Path
}

// isSignedOut reports whether whoami.signed_out describes an answer. The status may be
// that of the whoami page itself, such as a redirect, or that of the page where it
// ended.
func isSignedOut(want *target.Answer, p *agent.Page) bool {
	if want == nil {
		return false
	}
	status := want.Status == nil || p.Intercepted == nil && allowsStatus(want.Status, p.Status) ||
		len(p.Hops) > 0 && allowsStatus(want.Status, p.Hops[0].Status)
	return status && containsText(want.Contains, p)
}

// containsText reports whether a page has the text that a probe names. A text with
// ${user.name} is compared later, when the possible users are known.
func containsText(want any, p *agent.Page) bool {
	if text, ok := want.(string); want == nil || ok && strings.Contains(text, "${user.") {
		return true
	}
	if _, ok := want.(string); !ok {
		return match.OK(want, visibleText(p))
	}
	return match.OK(map[string]any{"$contains": want}, visibleText(p))
}

// visibleText returns what a page says: the whole body as it was sent, or, where
// scripts may have changed the page, what it shows. Scripts contain every text that
// they could show.
func visibleText(p *agent.Page) string {
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

// allowsStatus reports whether a status is one that a probe names.
func allowsStatus(want any, status int) bool {
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

// allUsers returns the users of all providers.
func (s *Site) allUsers() []*store.User {
	var out []*store.User
	for _, p := range s.Providers {
		if p != nil {
			out = append(out, p.Users()...)
		}
	}
	return out
}

// findUser returns a provider's user by login, nil if there is none.
func findUser(p *mockprovider.Provider, login string) *store.User {
	for _, u := range p.Users() {
		if u.Login == login {
			return u
		}
	}
	return nil
}

// mentionsUser reports whether a page has a user's e-mail address, name or subject.
func mentionsUser(body string, u *store.User) bool {
	return u.Email != "" && strings.Contains(body, u.Email) || u.Name != "" && strings.Contains(body, u.Name) ||
		strings.Contains(body, `"sub":"`+u.Sub()+`"`) || strings.Contains(body, `"sub": "`+u.Sub()+`"`)
}

// usersShown returns the logins of the users that a page names. Only where it shows
// neither e-mail address nor name, the account says who it is.
func (s *Site) usersShown(p *agent.Page, account string) []string {
	text := visibleText(p)
	if as := s.logins(func(u *store.User) bool { return mentionsUser(text, u) }); len(as) > 0 || account == "" {
		return as
	}
	return s.logins(func(u *store.User) bool {
		return account == u.PreferredUsername || account == u.Login || account == u.Sub()
	})
}

// logins returns the logins of the users that are wanted, each once.
func (s *Site) logins(wanted func(*store.User) bool) []string {
	var out []string
	for _, u := range s.allUsers() {
		if !slices.Contains(out, u.Login) && wanted(u) {
			out = append(out, u.Login)
		}
	}
	return out
}

// suggestAccount returns a selector of a user name on a page, with what is before it on
// the page; "" where there is none.
func (s *Site) suggestAccount(p *agent.Page) string {
	const most = 30 // bytes before the name
	text := string(p.Body)
	for _, u := range s.allUsers() {
		name := cmp.Or(u.PreferredUsername, u.Login)
		for at := strings.Index(text, name); at >= 0; {
			before := text[max(0, at-most):at]
			before = before[strings.LastIndexAny(before, "<>\r\n")+1:]
			if _, whole, ok := strings.Cut(before, " "); ok {
				before = whole // the first word may be cut
			}
			if selected := "/" + regexp.QuoteMeta(before) + `([^"'<]+)/`; len(before) > 2 {
				if found, err := selector.Parse(selected); err == nil && found.Find(p.Header, p.Body) == name {
					return selected
				}
			}
			next := strings.Index(text[at+len(name):], name)
			if next < 0 {
				break
			}
			at += len(name) + next
		}
	}
	return ""
}

// accountSelector returns what finds the account on the whoami page, and the media
// types to ask that page for.
func accountSelector(probe *target.Probe) (s *selector.Selector, accept string, err error) {
	accept = "application/json, text/html;q=0.9"
	if probe.Account == "" {
		return &selector.Selector{}, accept, nil
	}
	if s, err = selector.Parse(probe.Account); err != nil {
		return nil, "", fmt.Errorf("app.whoami.account: %w", err)
	}
	if s.NeedsHTML() {
		accept = "text/html, */*;q=0.8"
	}
	return s, accept, nil
}
