// Package webapp makes a web app, reached through a browser, the subject of a drill:
// it signs users in at the app, opens its pages, and collects what the providers,
// the browsers and the app's log have recorded. Begin with Site, the app and its
// providers, and NewSubject.
package webapp

import (
	"context"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// subject is an app that an entry is played against, with what was observed of it.
type subject struct {
	scenario *drill.Scenario
	site     *Site
	trail    *trail

	browsers       map[string]*browser
	responses      map[string]*agent.Navigation
	latestResponse string // name of the authorization response that was held back last
	armedAt        *int64 // number of the journal's last exchange when the stimulus was armed; nil before

	logEnds         []int64     // where the app's logs ended before the first step
	expiriesLeft    int         // how many steps still let an access token expire
	lastPage        *agent.Page // the app's last page in the main browser
	accounts        []string    // the app's account after each sign-in
	apiStatuses     []int       // statuses of the api page
	logoutStatuses  []int       // statuses of the answers to logout tokens
	adminStatus     int         // status of the admin page
	slowest         time.Duration
	timeDuringCrowd time.Duration // how long a page took while a crowd signed in
	mostRedirects   int           // the longest chain of redirects
	opener          *witness.Opener
	popup           *browser // that another page opened, nil if the app has closed it
	appFailures     []string // in words: what the app did not answer, or redirected without an end
}

// NewSubject makes a site the subject of one drill.
func NewSubject(of *drill.Scenario, s *Site) engine.Drilled {
	d := &subject{
		scenario: of, site: s, trail: newTrail(s),
		browsers: map[string]*browser{}, responses: map[string]*agent.Navigation{},
	}
	for _, step := range of.Steps {
		if step.Expire != "" {
			d.expiriesLeft++
		}
	}
	return d
}

// browser returns the browser of that name, a new one at its first use.
func (d *subject) browser(name string) *browser {
	if name == "" {
		name = witness.Main
	}
	b := d.browsers[name]
	if b == nil {
		b = newBrowser(name, d.site, d.trail)
		d.browsers[name] = b
	}
	return b
}

// shortLife is the lifetime of access tokens that are to expire in an app with a
// clock of its own.
const shortLife = time.Second

// Begin notes where the app's logs end. Where its accounts are judged, the users
// get identities of their own.
func (d *subject) Begin() {
	d.logEnds = d.site.LogEnds()
	if d.scenario.Outcome.App.Accounts != "" {
		d.giveUsersOwnIdentities()
	}
}

// Prepare makes a long-running app fetch again what it keeps. A restart makes it
// fetch metadata and keys; an app that we cannot start fetches keys when it meets a
// signature by one that it does not know, and metadata never. Where its access token is
// to expire, the token lives for a second.
func (d *subject) Prepare(ctx context.Context) error {
	if d.site.Virtual {
		return nil
	}
	if d.marks() {
		if err := d.site.Mark(d.strikes()); err != nil {
			return err
		}
	}
	if d.expiriesLeft > 0 {
		if err := d.site.Provider().Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(shortLife)}}); err != nil {
			return err
		}
	}
	what := engine.KeptByApp(d.scenario)
	if d.site.Restart == nil {
		return d.forgetKeys(what)
	}
	if what != "" || engine.RotatesKeys(d.scenario) {
		if err := d.site.Restart(ctx); err != nil {
			return engine.DidNotStart(err)
		}
	}
	return nil
}

// forgetKeys makes an app that we cannot start anew ask for the provider's keys.
func (d *subject) forgetKeys(kept string) error {
	asked := d.scenario.Outcome.Provider.Requests
	switch {
	case d.scenario.Stimulus == nil && asked.Discovery != nil:
		return engine.NotReached("an app that runs already may have its provider's metadata from before: let app.start start it")
	case kept == "keys", d.scenario.Stimulus == nil && asked.JWKS != nil && !engine.RotatesKeys(d.scenario):
		_, err := d.site.Provider().RotateKeys("", protocol.KeysImmediately)
		return err
	}
	return nil
}

// Restart starts the app anew.
func (d *subject) Restart(ctx context.Context) error { return d.site.Restart(ctx) }

// Pause lets time pass on the app's clock.
func (d *subject) Pause(ctx context.Context, t time.Duration) error { return d.site.Sleep(ctx, t) }

// Reset brings the providers back to how they were made.
func (d *subject) Reset() { d.site.Reset() }

// PlainSignIn signs alice in with nothing wrong.
func (d *subject) PlainSignIn(ctx context.Context, name string) string {
	return d.site.PlainSignIn(ctx, name)
}

// Arm notes since which exchange the witnesses count, and arms the TLS of the entry.
func (d *subject) Arm() {
	last := d.site.Provider().Journal().Last()
	d.armedAt = &last
	if d.site.Arm != nil {
		d.site.Arm()
	}
}

// Met reports whether the app met the TLS that Arm set.
func (d *subject) Met() bool { return d.site.IsMet == nil || d.site.IsMet() }

// Provider is one of the issuers that the app signs in at.
func (d *subject) Provider(second bool) *mockprovider.Provider {
	if second {
		return d.site.Providers[1]
	}
	return d.site.Provider()
}

// Value returns the value of a variable in a step: an address of the app, or a
// parameter of a response that is held back.
func (d *subject) Value(name string) (any, bool) {
	switch name {
	case "canary":
		return d.site.canaryURL(), true
	case "return_to":
		return d.site.App.ReturnToParam, true
	}
	held, param, _ := strings.Cut(name, ".")
	r := d.responses[held]
	switch {
	case r == nil:
		return nil, false
	case !r.Params().Has(param):
		return match.Absent, true // the response does not have the parameter
	}
	return r.Params().Get(param), true
}

// exchanges returns the exchanges of the providers since the stimulus was armed.
func (d *subject) exchanges() []*journal.Entry {
	var out []*journal.Entry
	for i, p := range d.site.Providers {
		if p == nil {
			continue
		}
		for _, e := range p.Journal().Entries() {
			if i > 0 || d.armedAt == nil || e.Seq > *d.armedAt {
				out = append(out, e)
			}
		}
	}
	return out
}
