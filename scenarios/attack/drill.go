package attack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// drill is one entry played against an app.
type drill struct {
	entry *catalog.Entry
	site  *site
	trail *trail

	browsers  map[string]*browser
	responses map[string]*agent.Navigation
	latest    string // name of the response that was begun last
	from      *int64 // journal number when the stimulus was armed; nil before

	logged   []int64        // where the app's logs ended before
	left     []catalog.Move // moves still to be made
	page     *agent.Page    // the app's last page in the main browser
	accounts []string       // the app's account after each sign-in
	api      []int          // statuses of the api page
	told     []int          // statuses of the answers to logout tokens
	admin    int            // status of the admin page
	slowest  time.Duration
	beside   time.Duration // how long a page took while a crowd signed in
	longest  int           // redirects in a row
	heard    *overheard    // by a page of another origin, nil where there is none
	trouble  []string      // what a browser could not get over
}

// mainBrowser is where a move plays that names no other.
const mainBrowser = "main"

func newDrill(e *catalog.Entry, s *site) *drill {
	return &drill{
		entry: e, site: s, trail: newTrail(s), logged: s.marks(),
		browsers: map[string]*browser{}, responses: map[string]*agent.Navigation{},
	}
}

// browser returns the browser of that name, a new one at its first use.
func (d *drill) browser(name string) *browser {
	if name == "" {
		name = mainBrowser
	}
	b := d.browsers[name]
	if b == nil {
		b = newBrowser(name, d.site, d.trail)
		d.browsers[name] = b
	}
	return b
}

// moves are what is played: a sign-in where the entry says nothing, and several
// where its requests are held to a rule.
func (d *drill) moves() []catalog.Move {
	switch {
	case len(d.entry.Play) > 0:
		return d.entry.Play
	case d.entry.Lint != "":
		return []catalog.Move{{SignIn: &catalog.SignIn{Times: 3}}}
	}
	return []catalog.Move{{SignIn: &catalog.SignIn{}}}
}

// play makes the moves. The error is of the method, not of the app: what the app
// does wrong is kept for the judgement.
func (d *drill) play(ctx context.Context) error {
	moves := d.moves()
	if d.entry.Expect.Accounts != "" {
		d.separate()
	}
	if !slices.ContainsFunc(moves, func(m catalog.Move) bool { return m.Arm != nil }) {
		if err := d.arm(); err != nil {
			return err
		}
	}
	if err := d.chill(ctx); err != nil {
		return err
	}
	for n := range moves {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := d.site.now()
		d.left = moves[n+1:]
		if err := d.move(ctx, &moves[n]); err != nil {
			return fmt.Errorf("move %d: %w", n+1, err)
		}
		if moves[n].Advance == nil && moves[n].Expire == nil {
			d.slowest = max(d.slowest, d.site.now().Sub(start))
		}
	}
	return nil
}

// shortLife is how long an access token lives for an app whose clock is not
// ours, where it is to run out.
const shortLife = time.Second

// chill lets an app that runs since long meet what it would keep: a start makes
// it ask for metadata and keys again; where we cannot start it, keys that it does
// not know make it ask for those. Where
// its access token is to run out, it gets one that lives a second.
func (d *drill) chill(ctx context.Context) error {
	if d.site.virtual {
		return nil
	}
	if slices.ContainsFunc(d.moves(), func(m catalog.Move) bool { return m.Expire != nil }) {
		if err := d.site.provider().Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(shortLife)}}); err != nil {
			return err
		}
	}
	switch what := kept(d.entry); {
	case d.site.restart != nil && (what != "" || rotates(d.entry)):
		if err := d.site.restart(ctx); err != nil {
			return errNotStarted{err}
		}
	case what == "keys":
		_, err := d.site.provider().RotateKeys("", protocol.KeysImmediately)
		return err
	}
	return nil
}

// errNotStarted is why an app does not start.
type errNotStarted struct{ error }

// judgeStart is the verdict on an app that did not start while the stimulus was
// armed. An entry says whether that may be; in any case the app has to start
// without it.
func (d *drill) judgeStart(ctx context.Context, f Finding, why error) Finding {
	f.Messages = d.messages()
	j := &judgement{saw: map[string][]string{}}
	d.judgeProvider(j)
	if d.entry.MayRefuse {
		j.note("app", "it refuses to start: %s", why)
	} else {
		j.complain(FailRobustness, "app", "it does not start: %s", why)
	}
	refresh(d.site)
	if err := d.site.restart(ctx); err != nil {
		j.complain(FailRobustness, "recovery", "it does not start afterwards: %s", err)
	} else if why := plain(ctx, d.site, "recovery"); why != "" {
		j.complain(FailRobustness, "recovery", "a plain sign-in does not work afterwards: %s", why)
	} else {
		j.note("recovery", "it starts afterwards, and a plain sign-in works")
	}
	if f = f.conclude(d.entry, j, true); f.Verdict == Pass {
		f.Reason = "it refuses to start with such a provider, which is right"
	}
	return f
}

// arm lets the stimulus strike from here on.
func (d *drill) arm() error {
	last := d.site.provider().Journal().Last()
	d.from = &last
	if d.site.arm != nil {
		d.site.arm()
	}
	if d.entry.Stimulus == nil {
		return nil
	}
	stimulus, err := strict.Expand(d.entry.Stimulus, func(name string) (any, error) {
		if text := d.fill("${" + name + "}"); text != "${"+name+"}" {
			return text, nil
		}
		return nil, fmt.Errorf("unknown variable ${%s}: must be ${issuer} or ${canary}", name)
	})
	if err != nil {
		return err
	}
	return d.site.provider().Overlay(*stimulus)
}

// struck reports whether a fault of the stimulus was met, or there is none that
// could be.
func (d *drill) struck() bool {
	if d.site.met != nil && !d.site.met() {
		return false
	}
	if d.entry.Stimulus == nil || len(d.entry.Stimulus.Faults) == 0 {
		return true
	}
	for _, e := range d.exchanges() {
		if len(e.Faults) > 0 {
			return true
		}
	}
	// An app without a time-out still waits: its exchange is not in the journal yet.
	return slices.ContainsFunc(d.site.provider().Faults(), func(f fault.Status) bool { return f.Struck > 0 })
}

// exchanges are those of the providers since the stimulus was armed.
func (d *drill) exchanges() []*journal.Entry {
	var out []*journal.Entry
	for i, p := range d.site.providers {
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

// arrived notes where a navigation ended, or what kept it from ending. A
// provider that did not answer is no fault of the app.
func (d *drill) arrived(b *browser, page *agent.Page, err error) {
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
	if b.name == mainBrowser && page.Intercepted == nil {
		d.page = page
	}
}
