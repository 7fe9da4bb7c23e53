package agent

import (
	"context"
	"fmt"
	"net/url"
	"slices"
)

// Submitter sends the form of a page with a button pressed: an Agent, or a real
// browser that has the page.
type Submitter interface {
	Submit(ctx context.Context, f *Form, b Button, set url.Values) (*Page, error)
}

// Offers reports whether a page has a button of that name, such as login or
// consent.
func (p *Page) Offers(name string) bool {
	_, _, err := p.find(name, "")
	return err == nil
}

// Login presses the button that signs a user in, giving a password if asked.
func (a *Agent) Login(ctx context.Context, p *Page, user, password string) (*Page, error) {
	return Login(ctx, a, p, user, password)
}

// Login presses the button that signs a user in, giving a password if asked. Where
// the page does not show the user, and has a search, it searches first.
func Login(ctx context.Context, s Submitter, p *Page, user, password string) (*Page, error) {
	f, b, err := p.find("login", user)
	if search := p.formWith("search"); err != nil && search != nil && user != "" {
		found, failed := s.Submit(ctx, search, search.First(), url.Values{"search": {user}})
		if failed != nil {
			return nil, failed
		}
		f, b, err = found.find("login", user)
	}
	if err != nil {
		return nil, err
	}
	set := url.Values{}
	if password != "" {
		set.Set("password", password)
	}
	return s.Submit(ctx, f, b, set)
}

// LoginNew types in a user whom the sign-in page does not offer, with claims in JSON.
func LoginNew(ctx context.Context, s Submitter, p *Page, user, claims string) (*Page, error) {
	f := p.formWith("new_login")
	if f == nil {
		return nil, fmt.Errorf("agent: this page has no field for another user: %w; it is %q: %s", errNoForm, p.Title, shorten(p.Text))
	}
	return s.Submit(ctx, f, f.First(), url.Values{"new_login": {user}, "new_claims": {claims}})
}

// Decision is the answer to a consent page. Scopes are those left ticked; nil
// means all that are offered.
type Decision struct {
	Allow  bool
	Scopes []string
}

// Consent answers a consent page. A scope that is not offered is an error.
func (a *Agent) Consent(ctx context.Context, p *Page, d Decision) (*Page, error) {
	return Consent(ctx, a, p, d)
}

// Consent answers a consent page. A scope that is not offered is an error.
func Consent(ctx context.Context, s Submitter, p *Page, d Decision) (*Page, error) {
	answer := "deny"
	if d.Allow {
		answer = "allow"
	}
	f, b, err := p.find("consent", answer)
	if err != nil {
		return nil, err
	}
	set := url.Values{}
	if d.Scopes != nil {
		set["scope"] = nil
		for _, scope := range d.Scopes {
			i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == "scope" && x.Value == scope })
			if i < 0 {
				return nil, fmt.Errorf("agent: the consent page does not offer the scope %q", scope)
			}
			if !f.Fields[i].Disabled {
				set.Add("scope", scope)
			}
		}
	}
	return s.Submit(ctx, f, b, set)
}

// Press presses the button of that name and value, filling in fields.
func (a *Agent) Press(ctx context.Context, p *Page, name, value string, set url.Values) (*Page, error) {
	return Press(ctx, a, p, name, value, set)
}

// Press presses the button of that name and value, filling in fields.
func Press(ctx context.Context, s Submitter, p *Page, name, value string, set url.Values) (*Page, error) {
	f, b, err := p.find(name, value)
	if err != nil {
		return nil, err
	}
	return s.Submit(ctx, f, b, set)
}

// EnterUserCode fills in the code of a device (RFC 8628 section 3.3).
func (a *Agent) EnterUserCode(ctx context.Context, p *Page, code string) (*Page, error) {
	if f := p.formWith("user_code"); f != nil {
		return a.Submit(ctx, f, Button{}, url.Values{"user_code": {code}})
	}
	return nil, fmt.Errorf("agent: no user_code to enter: %w; it is %q: %s", errNoForm, p.Title, shorten(p.Text))
}

// formWith returns the first form that has a field of that name, nil if none has.
func (p *Page) formWith(field string) *Form {
	for _, f := range p.Forms {
		if slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Name == field }) {
			return f
		}
	}
	return nil
}
