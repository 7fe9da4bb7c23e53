package webapp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/witness"
)

// Seen is the evidence by now: what the providers, the browsers and the app's log
// have recorded since the stimulus was armed.
func (d *subject) Seen() *witness.Evidence {
	e := &witness.Evidence{
		Exchanges: d.exchanges(), ClientSecret: d.site.Provider().Client().Secret, Own: d.site.own, Lint: d.scenario.Lint,
		Callback: d.site.App.Callback, Page: d.page, Redirects: d.longest, Took: d.took(), Slack: 10 * d.site.Latency, Trouble: d.trouble, Heard: d.heard,
		Accounts: d.accounts, API: d.api, Admin: d.admin, LogoutTokens: d.told,
	}
	if second := d.site.Providers[1]; second != nil {
		e.Second = second.Journal().Entries()
	}
	if d.page != nil {
		e.Astray = d.site.astray(d.page.URL)
		e.FailurePage = d.site.FailurePage != "" && fingerprint(d.page) == d.site.FailurePage
	}
	d.trail.mu.Lock()
	defer d.trail.mu.Unlock()
	for _, h := range d.trail.hops {
		e.Hops = append(e.Hops, witness.Hop{Browser: h.browser, Seq: h.seq, Method: h.method, URL: h.url, Answered: h.answered, Status: h.status, Header: h.header, Cookies: h.cookies})
	}
	return e
}

// took is how long the app took to answer: beside a crowd, where one signed in.
func (d *subject) took() time.Duration {
	switch {
	case d.beside > 0:
		return d.beside
	case d.site.LongestWait != nil:
		return d.site.LongestWait() // a frozen clock jumps over a hang as a whole
	}
	return d.slowest
}

// Testify is the evidence with what the app says of each browser, and what it
// wrote.
func (d *subject) Testify(ctx context.Context, of *drill.Scenario) (*witness.Evidence, error) {
	e := d.Seen() // before the app is asked who is signed in
	if len(d.site.Logs) > 0 && (of.Outcome.Browser.Secrets || of.Outcome.Browser.Canary) {
		if err := d.site.WaitForLogs(ctx); err != nil {
			return nil, err
		}
		e.Log = d.site.LoggedSince(d.logged)
	}
	e.Browsers = map[string]*witness.Answer{}
	for name, b := range d.browsers {
		if name != witness.Main && of.Outcome.App.Browsers[name] == nil {
			continue
		}
		who, err := b.whoami(ctx)
		var ambiguous AmbiguousError
		switch {
		case errors.As(err, &ambiguous):
			return nil, err
		case err != nil:
			e.Browsers[name] = &witness.Answer{Err: err}
		default:
			e.Browsers[name] = &witness.Answer{SignedIn: who.signedIn, As: who.as}
		}
	}
	if of.Outcome.App.Admin != nil && d.site.App.Admin != nil && d.admin == 0 {
		if page, err := d.browser("").press(ctx, d.site.App.Admin); err == nil {
			e.Admin = d.site.status(page)
		}
	}
	return e, nil
}

// Arrows are the requests of the browsers to the app, and their answers.
func (d *subject) Arrows() []result.Message {
	var arrows []result.Message
	for _, h := range d.trail.hops {
		answer := "no answer"
		if h.answered {
			answer = fmt.Sprint(h.status)
		}
		arrows = append(arrows,
			result.Message{From: "browser", To: "client", Label: h.method + " " + h.url.Path, Detail: strings.Join(slices.Sorted(maps.Keys(h.url.Query())), " "), Seq: h.seq, Time: h.at},
			result.Message{From: "client", To: "browser", Reply: true, Label: answer, Seq: h.seq, Time: h.at})
	}
	return arrows
}

// arrived notes where a navigation ended, or what kept it from ending. A
// provider that did not answer is no fault of the app.
func (d *subject) arrived(b *browser, page *agent.Page, err error) {
	if err != nil {
		d.trail.mu.Lock()
		defer d.trail.mu.Unlock()
		if n := len(d.trail.hops); n > 0 && !d.trail.hops[n-1].answered {
			d.trouble = append(d.trouble, "the app did not answer: "+err.Error())
		} else if errors.Is(err, agent.ErrEndless) {
			d.trouble = append(d.trouble, err.Error())
		}
		return
	}
	d.longest = max(d.longest, len(page.Hops)-1)
	if b.name == witness.Main && page.Intercepted == nil {
		d.page = page
	}
}
