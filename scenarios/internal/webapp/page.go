package webapp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/internal/selector"
	"github.com/authdrill/authdrill/scenarios/target"
)

// NeedsClick returns the page of an app that only a click in a real browser opens, as
// its configuration names it; "" if there is none.
func NeedsClick(app *target.App) string {
	for _, p := range []struct {
		name string
		page *target.Page
	}{{"app.login", app.Login}, {"app.second_login", app.SecondLogin}, {"app.logout", app.Logout}, {"app.api", app.API}, {"app.admin", app.Admin}} {
		if p.page != nil && p.page.Click != "" {
			return p.name
		}
	}
	return ""
}

// openPage opens a page of the app as its configuration says: by its address, by the
// form that leads there, by a body in JSON, or by a click. Parameters and headers are
// added to the request; of a form the parameters are fields.
func (b *browser) openPage(ctx context.Context, p *target.Page, params url.Values, header http.Header) (*agent.Page, error) {
	to, err := url.Parse(b.site.resolve(p.URL))
	if err != nil {
		return nil, err
	}
	if requestMethod(p) != http.MethodPost || p.JSON != nil {
		to.RawQuery = withParams(to, params)
	}
	var page *agent.Page
	switch method := requestMethod(p); {
	case p.Click != "":
		return b.clickOn(ctx, p.Click, agent.Request{URL: to.String(), Header: header})
	case p.JSON != nil || method != http.MethodGet && method != http.MethodPost:
		page, err = b.sendJSON(ctx, p, agent.Request{Method: method, URL: to.String(), Header: header, From: to})
	case method == http.MethodPost:
		page, err = b.sendForm(ctx, p, to, params, header)
	default:
		page, err = b.agent.Visit(ctx, agent.Request{URL: to.String(), Header: header})
	}
	if err != nil {
		return nil, err
	}
	return b.goOn(ctx, p, page)
}

// requestMethod returns the method that a page is opened with: a form, or a page that
// has one, means POST.
func requestMethod(p *target.Page) string {
	if p.Form != nil || p.FormFrom != nil || p.JSON != nil || p.CSRF != "" {
		return cmp.Or(p.Method, http.MethodPost)
	}
	return cmp.Or(p.Method, http.MethodGet)
}

// clickOn opens a page and clicks on an element of it.
func (b *browser) clickOn(ctx context.Context, element string, r agent.Request) (*agent.Page, error) {
	real, ok := b.agent.(realBrowser)
	if !ok {
		return nil, errors.New("the page is opened by a click on " + element + ", which needs Chromium: --browser")
	}
	page, err := real.Visit(ctx, r)
	if err != nil || page.Intercepted != nil || !b.site.isAppURL(page.URL) {
		return page, err
	}
	clicked, err := real.Click(ctx, element)
	if err != nil {
		return nil, fmt.Errorf("a click on %s at %s: %w", element, hostAndPath(page), err)
	}
	return clicked, nil
}

// sendForm sends the form that leads to a page, with the fields that the configuration
// has for it, or a form of those fields only.
func (b *browser) sendForm(ctx context.Context, p *target.Page, to *url.URL, params url.Values, header http.Header) (*agent.Page, error) {
	page, err := b.visitAppOnly(ctx, agent.Request{URL: b.formPage(p)})
	if err != nil {
		return nil, err
	}
	fields, err := formFields(p, page)
	if err != nil {
		return nil, err
	}
	maps.Copy(fields, params)
	request := agent.Request{Method: http.MethodPost, URL: to.String(), Form: fields, Header: header, From: to}
	for _, f := range page.Forms {
		if f.Action.Path == to.Path && f.Method == http.MethodPost {
			if len(params) == 0 && len(header) == 0 {
				return page.Submit(ctx, f, nil, fields)
			}
			request.URL, request.Sent, request.From = f.Action.String(), f, page.URL
			break
		}
	}
	return b.agent.Visit(ctx, request)
}

// formFields returns the fields that the configuration has for a form: those that are
// named, and those that the page before has.
func formFields(p *target.Page, before *agent.Page) (url.Values, error) {
	fields := url.Values{}
	for name, value := range p.Form {
		fields.Set(name, value)
	}
	for name, where := range p.FormFrom {
		s, err := selector.Parse(where)
		if err != nil {
			return nil, fmt.Errorf("form_from.%s: %w", name, err)
		}
		value := s.Find(before.Header, before.Body)
		if value == "" {
			return nil, fmt.Errorf("%s with status %d does not have the field %s: form_from looks for %s", hostAndPath(before), before.Status, name, where)
		}
		fields.Set(name, value)
	}
	return fields, nil
}

// formPage returns the address of the page that has the form which leads to a page.
func (b *browser) formPage(p *target.Page) string {
	if strings.HasPrefix(p.CSRF, "/") {
		return b.site.resolve(p.CSRF)
	}
	return b.site.resolve("/")
}

// sendJSON makes the request that a script of the app would make: with a body in JSON,
// or with a method that no form has.
func (b *browser) sendJSON(ctx context.Context, p *target.Page, r agent.Request) (*agent.Page, error) {
	from, err := b.visitAppOnly(ctx, agent.Request{URL: b.formPage(p)})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Accept": {"application/json"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}, "Origin": {r.From.Scheme + "://" + r.From.Host}}
	if p.JSON != nil {
		body, err := json.Marshal(p.JSON)
		if err != nil {
			return nil, err
		}
		r.Body = body
		header.Set("Content-Type", "application/json")
	}
	for name, where := range p.HeaderFrom {
		value, err := b.readHeaderValue(from, where)
		if err != nil {
			return nil, fmt.Errorf("%s with status %d does not have the header %s: %w", hostAndPath(from), from.Status, name, err)
		}
		header.Set(name, value)
	}
	maps.Copy(header, r.Header)
	r.Header = header
	return b.agent.Visit(ctx, r)
}

// readHeaderValue reads what a script sends as a header: the value of a cookie, or what
// a selector finds on the page that the script is on.
func (b *browser) readHeaderValue(from *agent.Page, where string) (string, error) {
	value := ""
	if name, ok := strings.CutPrefix(where, "cookie:"); ok {
		value = b.trail.cookieValue(b.name, name)
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain // as the scripts of frameworks do
		}
	} else {
		s, err := selector.Parse(where)
		if err != nil {
			return "", err
		}
		value = s.Find(from.Header, from.Body)
	}
	if value == "" {
		return "", fmt.Errorf("header_from looks for %s", where)
	}
	return value, nil
}

// nextMembers are the members of an answer in JSON that may name where to go on.
func nextMembers() []string {
	return []string{"url", "redirect", "redirect_to", "redirect_url", "redirectUrl", "location", "authorization_url"}
}

// goOn follows the address that the answer to a page's request names, if it does.
func (b *browser) goOn(ctx context.Context, p *target.Page, page *agent.Page) (*agent.Page, error) {
	names := nextMembers()
	switch {
	case page.Intercepted != nil, !b.site.isAppURL(page.URL):
		return page, nil
	case p.Next != "":
		names = []string{p.Next}
	case p.JSON == nil:
		return page, nil
	}
	for _, name := range names {
		s, err := selector.Parse(name)
		if err != nil {
			return nil, err
		}
		address := s.Find(page.Header, page.Body)
		if address == "" {
			continue
		}
		to, err := page.URL.Parse(address)
		if err != nil || to.Scheme != "http" && to.Scheme != "https" {
			return nil, fmt.Errorf("%s answers with %s: %q, which is not an address to go on to", hostAndPath(page), name, address)
		}
		return b.agent.Visit(ctx, agent.Request{URL: to.String(), From: page.URL})
	}
	return page, nil
}

// withParams returns the query of an address with parameters in addition.
func withParams(u *url.URL, params url.Values) string {
	if len(params) == 0 {
		return u.RawQuery
	}
	q := u.Query()
	for name, values := range params {
		q[name] = values
	}
	return q.Encode()
}
