package webapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Seen returns the evidence so far: what the providers, the browsers and the app's
// log have recorded since the stimulus was armed.
func (d *subject) Seen() *witness.Evidence {
	e := &witness.Evidence{
		Exchanges: d.exchanges(), ClientSecret: d.site.Provider().Client().Secret, IsAppURL: d.site.isAppURL, LintRule: d.scenario.Lint,
		LastPage: d.lastPage, MostRedirects: d.mostRedirects, LongestResponse: d.responseTime(), ToleratedResponse: 10 * d.site.Latency,
		AppFailures: d.appFailures, Opener: d.opener,
		Accounts: d.accounts, APIStatuses: d.apiStatuses, AdminStatus: d.adminStatus, LogoutTokenStatuses: d.logoutStatuses,
	}
	if second := d.site.Providers[1]; second != nil {
		e.SecondExchanges = second.Journal().Entries()
	}
	if d.lastPage != nil {
		e.OnForeignPage = d.site.isForeignPage(d.lastPage.URL)
		e.OnFailurePage = d.site.FailurePage != "" && fingerprint(d.lastPage) == d.site.FailurePage
	}
	d.trail.mu.Lock()
	defer d.trail.mu.Unlock()
	for _, h := range d.trail.hops {
		e.Hops = append(e.Hops, witness.Hop{Browser: h.browser, Seq: h.seq, Method: h.method, URL: h.url, Answered: h.answered, Status: h.status, Header: h.header, Cookies: h.cookies, Sent: namesOf(h.sent)})
	}
	return e
}

// responseTime returns how long the app took to answer. Where a crowd signed in, it is
// the time of the page that was opened meanwhile.
func (d *subject) responseTime() time.Duration {
	switch {
	case d.timeDuringCrowd > 0:
		return d.timeDuringCrowd
	case d.site.LongestWait != nil:
		return d.site.LongestWait() // a frozen clock jumps over the whole time-out
	}
	return d.slowest
}

// Testify returns the evidence with what the app says of each browser, and what it
// logged.
func (d *subject) Testify(ctx context.Context, of *drill.Scenario) (*witness.Evidence, error) {
	e := d.Seen() // before the whoami page is opened
	if len(d.site.Logs) > 0 && (of.Outcome.App.CleanLog || of.Outcome.Browser.Canary) {
		if err := d.site.WaitForLogs(ctx); err != nil {
			return nil, err
		}
		e.Log = d.site.LoggedSince(d.logEnds)
	}
	e.Browsers = map[string]*witness.Answer{}
	for name, b := range d.browsers {
		if name != witness.Main && of.Outcome.App.Browsers[name] == nil {
			continue
		}
		who, err := d.whoamiIn(ctx, name, b)
		var ambiguous AmbiguousError
		switch {
		case errors.As(err, &ambiguous):
			return nil, err
		case err != nil:
			e.Browsers[name] = &witness.Answer{Err: err}
		default:
			e.Browsers[name] = &witness.Answer{SignedIn: who.signedIn, As: who.as}
			if name == witness.Main && who.signedIn && len(e.Accounts) == 1 {
				e.Accounts = append(e.Accounts, who.account) // after one sign-in, something else may have changed it
			}
		}
	}
	if of.Outcome.Browser.Cookies != "" {
		e.SessionCookies = d.findSessionCookies(ctx)
	}
	if main := e.Browsers[witness.Main]; main != nil && main.SignedIn {
		e.Unaffected = cmp.Or(d.unaffected(main), d.ownEndpoint(e.Exchanges))
	}
	if of.Outcome.App.Admin != nil && d.site.App.Admin != nil && d.adminStatus == 0 {
		if page, err := d.browser("").openPage(ctx, d.site.App.Admin, nil, nil); err == nil {
			e.AdminStatus = d.site.ownStatus(page)
		}
	}
	return e, nil
}

// Arrows returns the requests of the browsers to the app, and their answers.
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

// noteNavigation notes where a navigation ended, or why it did not end. A provider
// that did not answer is not the app's fault.
func (d *subject) noteNavigation(b *browser, page *agent.Page, err error) {
	if err != nil {
		d.trail.mu.Lock()
		defer d.trail.mu.Unlock()
		if n := len(d.trail.hops); n > 0 && !d.trail.hops[n-1].answered {
			d.appFailures = append(d.appFailures, "the app did not answer: "+err.Error())
		} else if errors.Is(err, agent.ErrEndless) {
			d.appFailures = append(d.appFailures, err.Error())
		}
		return
	}
	d.mostRedirects = max(d.mostRedirects, len(page.Hops)-1)
	if b.name == witness.Main && page.Intercepted == nil {
		d.lastPage = page
	}
}
