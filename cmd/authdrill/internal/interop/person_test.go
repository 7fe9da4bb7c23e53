package interop

import (
	"context"
	"encoding/json"
	"testing"
)

// person uses a browser profile, with its own cookies and storage. At a page of the
// provider the person presses the buttons at once, in every window.
type person struct {
	t       *testing.T
	browser *browser
	profile string

	// What the person presses, under the browser's mutex.
	login, consent string
}

// newPerson is alice, who allows what she is asked.
func (b *browser) newPerson(t *testing.T) *person {
	t.Helper()
	var made struct{ BrowserContextID string }
	must(t, b.dev.call(b.ctx, "", "Target.createBrowserContext", params{"disposeOnDetach": true}, &made))
	p := &person{t: t, browser: b, profile: made.BrowserContextID, login: "alice", consent: "allow"}
	b.mu.Lock()
	b.people[p.profile] = p
	b.mu.Unlock()
	return p
}

// denies makes the person deny consent from now on.
func (p *person) denies() {
	p.browser.mu.Lock()
	defer p.browser.mu.Unlock()
	p.consent = "deny"
}

// tab is a window of the browser.
type tab struct {
	browser          *browser
	session, profile string
}

// open opens a page in a new tab.
func (p *person) open(address string) *tab {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	var made struct{ TargetID string }
	must(p.t, p.browser.dev.call(ctx, "", "Target.createTarget", params{"url": "about:blank", "browserContextId": p.profile}, &made))
	select {
	case t := <-p.browser.arrival(made.TargetID):
		must(p.t, p.browser.dev.call(ctx, t.session, "Page.navigate", params{"url": address}, nil))
		return t
	case <-ctx.Done():
		p.t.Fatalf("no tab for %s", address)
		return nil
	}
}

// evaluate runs a script in the page as if a person had caused it, so that it may
// open a popup.
func (t *tab) evaluate(ctx context.Context, script string) (string, error) {
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	err := t.browser.dev.call(ctx, t.session, "Runtime.evaluate", params{"expression": script, "awaitPromise": true, "userGesture": true, "returnByValue": true}, &answer)
	return string(answer.Result.Value), err
}

// act presses what the person presses on a page of the provider, once.
func (t *tab) act(ctx context.Context) {
	t.browser.mu.Lock()
	p := t.browser.people[t.profile]
	if p == nil {
		t.browser.mu.Unlock()
		return
	}
	buttons, _ := json.Marshal([]string{"button[name=login][value=" + p.login + "]", "button[name=consent][value=" + p.consent + "]", "button[name=logout][value=yes]"})
	t.browser.mu.Unlock()
	// A page that is left meanwhile has no answer.
	_, _ = t.evaluate(ctx, string(buttons)+`.map(b => document.querySelector(b)).filter(b => b && !document.pressed).slice(0, 1).forEach(b => { document.pressed = true; b.click() })`)
}
