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
	"github.com/authdrill/authdrill/scenarios/witness"
)

// subject is an app that an entry is played against, and what is seen of it.
type subject struct {
	scenario *drill.Scenario
	site     *Site
	trail    *trail

	browsers  map[string]*browser
	responses map[string]*agent.Navigation
	latest    string // name of the response that was held back last
	from      *int64 // journal number when the stimulus was armed; nil before

	logged   []int64     // where the app's logs ended before
	left     int         // how often an access token still runs out
	page     *agent.Page // the app's last page in the main browser
	accounts []string    // the app's account after each sign-in
	api      []int       // statuses of the api page
	told     []int       // statuses of the answers to logout tokens
	admin    int         // status of the admin page
	slowest  time.Duration
	beside   time.Duration // how long a page took while a crowd signed in
	longest  int           // redirects in a row
	heard    *witness.Overheard
	trouble  []string // what a browser could not get over
}

// NewSubject makes a site the subject of one drill.
func NewSubject(of *drill.Scenario, s *Site) engine.Drilled {
	d := &subject{
		scenario: of, site: s, trail: newTrail(s),
		browsers: map[string]*browser{}, responses: map[string]*agent.Navigation{},
	}
	for _, step := range of.Steps {
		if step.Expire != "" {
			d.left++
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

// shortLife is how long an access token lives for an app whose clock is not
// ours, where it is to run out.
const shortLife = time.Second

// Begin notes where the app's logs end. Where its accounts are judged, the users
// get identities of their own.
func (d *subject) Begin() {
	d.logged = d.site.LogEnds()
	if d.scenario.Outcome.App.Accounts != "" {
		d.separate()
	}
}

// Prepare lets an app that runs since long meet what it would keep: a start makes
// it ask for metadata and keys again; where we cannot start it, keys that it does
// not know make it ask for those. Where its access token is to run out, it gets
// one that lives a second.
func (d *subject) Prepare(ctx context.Context) error {
	if d.site.Virtual {
		return nil
	}
	if d.left > 0 {
		if err := d.site.Provider().Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(shortLife)}}); err != nil {
			return err
		}
	}
	switch what := engine.Kept(d.scenario); {
	case d.site.Restart != nil && (what != "" || engine.Rotates(d.scenario)):
		if err := d.site.Restart(ctx); err != nil {
			return engine.DidNotStart(err)
		}
	case what == "keys":
		_, err := d.site.Provider().RotateKeys("", protocol.KeysImmediately)
		return err
	}
	return nil
}

// Restart starts the app anew.
func (d *subject) Restart(ctx context.Context) error { return d.site.Restart(ctx) }

// Reset brings the providers back to how they were made.
func (d *subject) Reset() { d.site.Reset() }

// PlainSignIn signs alice in with nothing wrong.
func (d *subject) PlainSignIn(ctx context.Context, name string) string {
	return d.site.PlainSignIn(ctx, name)
}

// Arm notes from when on the witnesses count.
func (d *subject) Arm() {
	last := d.site.Provider().Journal().Last()
	d.from = &last
	if d.site.Arm != nil {
		d.site.Arm()
	}
}

// Met reports whether the app met what Arm made strike.
func (d *subject) Met() bool { return d.site.IsMet == nil || d.site.IsMet() }

// Provider is one of the issuers that the app signs in at.
func (d *subject) Provider(second bool) *mockprovider.Provider {
	if second {
		return d.site.Providers[1]
	}
	return d.site.Provider()
}

// Value is what a name in a step means to the app: its addresses, and the
// parameters of the responses that are held back.
func (d *subject) Value(name string) (any, bool) {
	switch name {
	case "canary":
		return d.site.canary(), true
	case "return_to":
		return d.site.App.ReturnToParam, true
	}
	held, param, _ := strings.Cut(name, ".")
	r := d.responses[held]
	switch {
	case r == nil:
		return nil, false
	case !r.Params().Has(param):
		return match.Absent, true // a response without the parameter gives none
	}
	return r.Params().Get(param), true
}

// exchanges are those of the providers since the stimulus was armed.
func (d *subject) exchanges() []*journal.Entry {
	var out []*journal.Entry
	for i, p := range d.site.Providers {
		if p == nil {
			continue
		}
		for _, e := range p.Journal().Entries() {
			if i > 0 || d.from == nil || e.Seq > *d.from {
				out = append(out, e)
			}
		}
	}
	return out
}
