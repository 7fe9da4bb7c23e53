package chromium

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
)

// Visit makes a navigation: to an address, or by a form that another site sends. What
// no form sends is sent by a script, which returns the answer and shows no page.
func (p *Profile) Visit(ctx context.Context, r agent.Request) (*agent.Page, error) {
	ctx, cancel := p.withTimeout(ctx)
	defer cancel()
	v := &visit{ctx: ctx, header: r.Header, from: r.From}
	if r.Method == http.MethodHead {
		v.method = r.Method
	}
	if r.From == nil && r.Method != http.MethodPost {
		return p.navigate(ctx, v, r.URL)
	}
	from := r.From
	if from == nil {
		to, err := url.Parse(r.URL)
		if err != nil {
			return nil, fmt.Errorf("agent: %w", err)
		}
		from = to
	}
	if err := p.showEmptyPage(ctx, from); err != nil {
		return nil, err
	}
	if r.Body != nil || r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodDelete {
		return p.fetch(ctx, v, r)
	}
	return p.runAndFollow(ctx, v, leaveScript, r.Method == http.MethodPost, r.URL, r.Form)
}

// leaveScript is a page that sends the browser elsewhere, by a link or a form.
const leaveScript = `(post, to, fields) => {
	if (!post) { location.assign(to); return true }
	const form = document.createElement("form")
	form.method = "post"
	form.action = to
	for (const [name, values] of Object.entries(fields || {})) for (const value of values) {
		const input = document.createElement("input")
		input.type = "hidden"
		input.name = name
		input.value = value
		form.append(input)
	}
	document.documentElement.append(form)
	form.submit()
	return true
}`

// fetchScript makes a request as a script of the page does, and returns the answer.
const fetchScript = `async (method, to, headers, body) => {
	const r = await fetch(to, {method, headers, body: body || undefined})
	return {url: r.url, status: r.status, type: r.headers.get("Content-Type") || "", body: await r.text()}
}`

// fetch makes a request that only a script makes. Of its headers Chromium ignores those
// that a script may not set (Fetch Standard section 2.2.2). The page that is returned is the answer; the browser does not show it.
func (p *Profile) fetch(ctx context.Context, v *visit, r agent.Request) (*agent.Page, error) {
	headers := map[string]string{}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	t, err := p.beginVisit(ctx, v)
	if err != nil {
		return nil, err
	}
	var answer struct {
		URL, Type, Body string
		Status          int
	}
	if err := t.evaluate(ctx, fetchScript, &answer, r.Method, r.URL, headers, string(r.Body)); err != nil {
		return nil, t.visitError(v, err)
	}
	u, err := url.Parse(answer.URL)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	return agent.NewPage(u, answer.Status, http.Header{"Content-Type": {answer.Type}}, []byte(answer.Body)), nil
}

// showEmptyPage shows an empty page at an address, without a request: what is sent from
// there is sent by that site.
func (p *Profile) showEmptyPage(ctx context.Context, at *url.URL) error {
	_, err := p.navigate(ctx, &visit{ctx: ctx, emptyAt: at}, at.String())
	return err
}

// navigate opens an address and waits for the page.
func (p *Profile) navigate(ctx context.Context, v *visit, address string) (*agent.Page, error) {
	t, err := p.beginVisit(ctx, v)
	if err != nil {
		return nil, err
	}
	var went struct{ ErrorText string }
	if err := t.call(ctx, "Page.navigate", map[string]any{"url": address}, &went); err != nil {
		return nil, t.visitError(v, err)
	}
	switch went.ErrorText {
	case "", "net::ERR_ABORTED", "net::ERR_HTTP_RESPONSE_CODE_FAILURE": // an answer without a page, or a body
	case "net::ERR_TOO_MANY_REDIRECTS":
		return nil, t.visitError(v, fmt.Errorf("agent: %w: %s", agent.ErrEndless, withoutQuery(address)))
	default:
		return nil, t.visitError(v, fmt.Errorf("agent: %s: %s", withoutQuery(address), went.ErrorText))
	}
	return p.readPage(ctx, t, v)
}

// withoutQuery is an address without its query, which may hold a code.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Host + u.Path
}

// beginVisit makes a navigation the tab's own.
func (p *Profile) beginVisit(ctx context.Context, v *visit) (*tab, error) {
	t, err := p.readyTab(ctx)
	if err != nil {
		return nil, err
	}
	v.intercept = p.Intercept
	t.mu.Lock()
	t.visit = v
	t.mu.Unlock()
	return t, nil
}

// runAndFollow runs a function in the page that makes it go on. Where it says so, it
// certainly does.
func (p *Profile) runAndFollow(ctx context.Context, v *visit, function string, args ...any) (*agent.Page, error) {
	t, err := p.beginVisit(ctx, v)
	if err != nil {
		return nil, err
	}
	goes := false
	if err := t.evaluate(ctx, function, &goes, args...); err != nil {
		return nil, t.visitError(v, err)
	}
	return p.follow(ctx, t, v, goes)
}

// follow waits for what becomes of the page. Where it certainly goes on, that it
// does is waited for first.
func (p *Profile) follow(ctx context.Context, t *tab, v *visit, goes bool) (*agent.Page, error) {
	if goes || p.WithoutScript {
		limited, cancel := context.WithTimeout(ctx, 3*restTimeout)
		defer cancel()
		if err := t.await(limited, func() bool { return v.requested }); err != nil && ctx.Err() != nil {
			return nil, t.visitError(v, err)
		}
	}
	return p.readPage(ctx, t, v)
}

// visitError is the error of a navigation: rather the request's than the browser's.
func (t *tab) visitError(v *visit, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if v.err != nil {
		return v.err
	}
	if errors.Is(err, context.DeadlineExceeded) && len(v.hops) > 0 {
		last := v.hops[len(v.hops)-1].URL
		return fmt.Errorf("agent: the page did not become idle: %s: %w", last.Host+last.Path, err)
	}
	return err
}

// pressScript sets the fields of a form and presses its button. It reports whether the
// form is certainly sent: a script may keep it.
const pressScript = `(index, name, value, set) => {
	const form = document.forms[index]
	if (!form) throw new Error("the form is gone")
	for (const [field, values] of Object.entries(set || {})) for (const e of form.elements) {
		if (e.name !== field) continue
		if (e.type === "checkbox" || e.type === "radio") e.checked = (values || []).includes(e.value)
		else { e.value = (values || [""])[0]; e.dispatchEvent(new Event("input", {bubbles: true})) }
	}
	form.noValidate = true
	const button = [...form.elements].find(e => e.type === "submit" && e.name === name && (value === "" || e.value === value))
	if (button) button.click()
	else form.requestSubmit()
	return document.scripts.length === 0
}`

// submit sends a form of the page with a button pressed, as agent.Page has it.
func (p *Profile) submit(ctx context.Context, f *agent.Form, button *agent.Field, set url.Values) (*agent.Page, error) {
	var b agent.Field
	if button != nil {
		b = *button
	} else if len(f.Buttons) > 0 {
		b = f.Buttons[0]
	}
	if b.Disabled {
		return nil, fmt.Errorf("agent: the button %s=%s is disabled", b.Name, b.Value)
	}
	ctx, cancel := p.withTimeout(ctx)
	defer cancel()
	v := &visit{ctx: ctx}
	if p.tab != nil {
		v.from = p.tab.address()
	}
	return p.runAndFollow(ctx, v, pressScript, f.Index, b.Name, b.Value, set)
}

// pageState is a page as its scripts have it.
type pageState struct {
	URL, HTML string
	Kept      map[string]string
}

// readScript tells what is on a page, and what its scripts can read in addition to it.
const readScript = `() => {
	const kept = {}
	const keep = (name, from) => { try { const text = from(); if (text) kept[name] = text } catch {} }
	keep("localStorage", () => localStorage.length ? JSON.stringify({...localStorage}) : "")
	keep("sessionStorage", () => sessionStorage.length ? JSON.stringify({...sessionStorage}) : "")
	keep("document.cookie", () => document.cookie)
	return {url: location.href, html: document.documentElement ? document.documentElement.outerHTML : "", kept}
}`

// readPage waits until the page rests, and reads it.
func (p *Profile) readPage(ctx context.Context, t *tab, v *visit) (*agent.Page, error) {
	if err := t.waitForRest(ctx, v); err != nil {
		return nil, t.visitError(v, err)
	}
	t.mu.Lock()
	a, intercepted, err := v.answer, v.intercepted, v.err
	hops := append([]agent.Navigation(nil), v.hops...)
	if a == nil {
		a = t.shown // the page changed itself
	}
	t.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case intercepted != nil:
		return &agent.Page{URL: intercepted.URL, Hops: hops, Intercepted: intercepted}, nil
	case v.emptyAt != nil:
		return &agent.Page{URL: v.emptyAt}, nil
	case a == nil:
		return nil, errors.New("agent: no page is open")
	case a.showsNoPage():
		page := agent.NewPage(a.url, a.status, a.header, a.body)
		page.Hops, page.Submit = hops, p.submit
		return page, nil
	}
	var s pageState
	if err := t.evaluate(ctx, readScript, &s); err != nil {
		return nil, t.visitError(v, err)
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	body := a.body
	if len(body) > 0 && strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		body = []byte(s.HTML)
	}
	page := agent.NewPage(u, a.status, a.header, body)
	page.Hops, page.Submit, page.Kept = hops, p.submit, s.Kept
	return page, nil
}
