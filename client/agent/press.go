package agent

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Offers reports whether a page has a button of that name, such as login or
// consent.
func (p *Page) Offers(name string) bool {
	_, _, err := p.find(name, "")
	return err == nil
}

// Press presses the button of that name and value, filling in fields.
func (p *Page) Press(ctx context.Context, name, value string, set url.Values) (*Page, error) {
	f, b, err := p.find(name, value)
	if err != nil {
		return nil, err
	}
	return p.Submit(ctx, f, b, set)
}

// Enter fills in fields of one form, such as the code of a device (RFC 8628 section
// 3.3), and sends it as the Enter key does.
func (p *Page) Enter(ctx context.Context, set url.Values) (*Page, error) {
	names := slices.Sorted(maps.Keys(set))
	f := p.formWith(names...)
	if f == nil {
		return nil, fmt.Errorf("agent: no form to enter %s in: it is %q: %s", strings.Join(names, " and "), p.Title, shorten(p.Text))
	}
	return p.Submit(ctx, f, nil, set)
}

// Login presses the button that signs a user in, giving a password if asked. Where
// the page does not show the user, and has a search, it searches first.
func (p *Page) Login(ctx context.Context, user, password string) (*Page, error) {
	f, b, err := p.find("login", user)
	if search := p.formWith("search"); err != nil && search != nil && user != "" {
		found, failed := p.Submit(ctx, search, nil, url.Values{"search": {user}})
		if failed != nil {
			return nil, failed
		}
		p = found
		f, b, err = p.find("login", user)
	}
	if err != nil {
		return nil, err
	}
	set := url.Values{}
	if password != "" {
		set.Set("password", password)
	}
	return p.Submit(ctx, f, b, set)
}

// Consent answers a consent page. Scopes are those left ticked, nil means all that
// are offered; one that is not offered is an error.
func (p *Page) Consent(ctx context.Context, allow bool, scopes []string) (*Page, error) {
	answer := "deny"
	if allow {
		answer = "allow"
	}
	f, b, err := p.find("consent", answer)
	if err != nil {
		return nil, err
	}
	set := url.Values{}
	if scopes != nil {
		set["scope"] = nil
		for _, scope := range scopes {
			i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == "scope" && x.Value == scope })
			if i < 0 {
				return nil, fmt.Errorf("agent: the consent page does not offer the scope %q", scope)
			}
			if !f.Fields[i].Disabled {
				set.Add("scope", scope)
			}
		}
	}
	return p.Submit(ctx, f, b, set)
}

// formWith returns the first form that has fields of all those names, nil if none
// has.
func (p *Page) formWith(names ...string) *Form {
	for _, f := range p.Forms {
		missing := func(name string) bool {
			return !slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Name == name })
		}
		if !slices.ContainsFunc(names, missing) {
			return f
		}
	}
	return nil
}
