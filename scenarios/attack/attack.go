package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/agent/chromium"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Options say what is attacked, with what, and how far it may go.
type Options struct {
	App        *target.App
	Listen     string      // address the provider listens on; default 127.0.0.1:9400, a free port for an app that we start
	Setup      setup.Setup // clients, users and the provider, as the app is registered
	Seed       uint64
	AllowHosts []string // hosts beside loopback that may be attacked
	Parallel   int      // instances of an app that we start; default 4, and 1 where its command names no ${port}

	Entries     []*catalog.Entry // what to play; default the catalogue
	Expected    []string         // ids that are expected to fail, or variants: ID[LABEL]
	Secrets     *redact.Secrets  // texts that the card must not show, in addition to those of Setup, App and Env
	EntryWithin time.Duration    // bound of one entry; default 60 s, and twice that in Chromium
	Within      time.Duration    // bound of the attack; default an hour

	Chromium *chromium.Chromium // the browser that people use; nil is a scripted one, which runs no script of a page

	Env    []string // environment of an app that we start
	Folder string   // where it is started
	Log    io.Writer
	Repeat func(name string) string // the command that plays an entry again, or a variant: ID[LABEL]

	OnCalibrated func(*Card)         // told when the method is known to work
	OnFinding    func(result.Result) // told of each finding, in the order in which they become known
}

// ErrGuard is an app that may not be attacked.
var ErrGuard = errors.New("only an app on this machine is attacked")

// DefaultListen is where an app that runs already expects its provider.
const DefaultListen = "127.0.0.1:9400"

// Run attacks an app and returns its report card. The error says why there is
// none: the app may not be attacked, does not start, or the port is busy. A
// card without findings is one whose calibration failed.
func Run(ctx context.Context, o Options) (*Card, error) {
	if err := guard(o.App, o.AllowHosts); err != nil {
		return nil, err
	}
	c := &campaign{Options: o, wall: clock.Running(), hidden: o.secrets()}
	if c.EntryWithin == 0 {
		c.EntryWithin = time.Minute
		if o.Chromium != nil {
			c.EntryWithin *= 2 // its pages cost more
		}
	}
	if c.Within == 0 {
		c.Within = time.Hour
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	if c.Repeat == nil {
		c.Repeat = func(name string) string { return "authdrill attack --only " + quoted(name) }
	}
	if c.Entries == nil {
		c.Entries = catalog.Embedded().Entries
	}
	if err := c.listen(); err != nil {
		return c.conceal(nil, err)
	}
	defer c.close()
	return c.conceal(c.run(ctx))
}

// guard lets an app on this machine be attacked, and one whose host was named.
func guard(app *target.App, allowed []string) error {
	for _, page := range webapp.ConfiguredPages(app) {
		u, err := url.Parse(reference.ReplaceAllString(page, "1")) // such as a port
		if err != nil || u.Host == "" {
			continue
		}
		name := u.Hostname()
		ip := net.ParseIP(name)
		if name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback() || slices.Contains(allowed, name) {
			continue
		}
		return fmt.Errorf("%w: %s is not loopback; if it is yours, name it with --allow-host %s", ErrGuard, name, name)
	}
	return nil
}

func addressOf(p *target.Page) string {
	if p == nil {
		return ""
	}
	return p.URL
}

// reference is a ${name} that is not filled in yet.
var reference = regexp.MustCompile(`\$\{[^}]*\}`)

// campaign is one attack.
type campaign struct {
	Options
	wall   *clock.Clock
	host   *mockprovider.Host
	server *server
	hidden *redact.Secrets // what is known of secrets by now

	mu       sync.Mutex
	findings map[string]result.Result
}

// listen starts the provider.
func (c *campaign) listen() error {
	address := c.Listen
	if address == "" {
		address = DefaultListen
		if c.App.Start != nil {
			address = "127.0.0.1:0"
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("the provider cannot listen on %s: %w", address, err)
	}
	base := "http://" + listener.Addr().String()
	c.host, err = mockprovider.NewHost(mockprovider.Options{BaseURL: base, Defaults: c.Setup, Seed: &c.Seed})
	if err != nil {
		_ = listener.Close()
		return err
	}
	c.server = serve(listener, c.host)
	return nil
}

func (c *campaign) close() {
	c.server.close()
	_ = c.host.Close()
}

// run calibrates, plays, and writes the card.
func (c *campaign) run(ctx context.Context) (*Card, error) {
	card := &Card{Target: addressOf(c.App.Login), Started: c.wall.Now(), Seed: c.Seed}
	stopwatch := clock.Running()
	begin := stopwatch.Now()
	first, err := c.hire(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer first.leave()
	card.Calibration, card.Learned = first.calibrate(ctx)
	first.site.LearnSecrets()
	card = redact.Value(c.hidden, card)
	card.printable()
	if c.OnCalibrated != nil {
		c.OnCalibrated(card)
	}
	if !card.Calibrated() {
		card.Duration = stopwatch.Now().Sub(begin)
		card.interrupted(ctx)
		return card, nil
	}
	c.findings = map[string]result.Result{}
	c.work(ctx, first)
	for _, e := range c.Entries {
		if f, there := c.findings[e.ID]; there {
			card.Findings = append(card.Findings, f)
		}
	}
	card.interrupted(ctx)
	if !card.Interrupted {
		card.Stale = c.stale()
	}
	card.Duration = stopwatch.Now().Sub(begin)
	return card, nil
}

// Calibrated reports whether the method works on the app.
func (c *Card) Calibrated() bool {
	return !slices.ContainsFunc(c.Calibration, func(x Calibration) bool { return !x.OK })
}

// work lets the first worker and, where the app can be started several times,
// its colleagues play the entries. What takes long goes first.
func (c *campaign) work(ctx context.Context, first *worker) {
	queue := make(chan *catalog.Entry)
	var crew sync.WaitGroup
	toil := func(w *worker) {
		for e := range queue {
			c.record(ctx, e, w.play(ctx, e))
		}
	}
	crew.Go(func() { toil(first) })
	for n := 1; n < c.crew(); n++ {
		crew.Go(func() {
			w, err := c.hire(ctx, n)
			if err != nil {
				return // the others do its share
			}
			defer w.leave()
			w.traits = first.traits
			w.site.Latency, w.site.FailurePage = first.site.Latency, first.site.FailurePage
			if why := w.site.PlainSignIn(ctx, "calibration"); why == "" {
				w.site.Reset()
				toil(w)
			}
		})
	}
	var secured []*catalog.Entry
	for _, e := range slowFirst(c.Entries) {
		switch {
		case ctx.Err() != nil:
		case aboutTLS(e):
			secured = append(secured, e)
		default:
			queue <- e
		}
	}
	close(queue)
	crew.Wait()
	c.workSecurely(ctx, first, secured)
}

// crew is how many instances of the app are attacked at once.
func (c *campaign) crew() int {
	switch {
	case !c.several():
		return 1
	case c.Parallel > 0:
		return c.Parallel
	}
	return 4
}

// several reports whether the app can be started more than once: its command
// or environment must take a port.
func (c *campaign) several() bool {
	if c.App.Start == nil {
		return false
	}
	for _, text := range append(slices.Clone(c.App.Start.Command), values(c.App.Start.Env)...) {
		if strings.Contains(text, "${port}") {
			return true
		}
	}
	return false
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// slowFirst moves the entries that make an app wait to the front, so that they
// pass beside the others.
func slowFirst(entries []*catalog.Entry) []*catalog.Entry {
	out := slices.Clone(entries)
	slices.SortStableFunc(out, func(a, b *catalog.Entry) int { return weight(b) - weight(a) })
	return out
}

func weight(e *catalog.Entry) int {
	if e.Stimulus != nil {
		for _, f := range e.Stimulus.Faults {
			switch {
			case f.Connection == "hang" || f.Connection == "slow" || f.Connection == "blackhole":
				return 2
			case f.Delay != nil:
				return 1
			}
		}
	}
	return 0
}

// record keeps a finding and tells of it. Of an entry that was interrupted
// nothing is said: each request that failed would count against the app, and
// each sign-in that did not happen for it.
func (c *campaign) record(ctx context.Context, e *catalog.Entry, f result.Result) {
	if ctx.Err() != nil {
		return
	}
	f = printable(c.concealFinding(e, f)) // in this order: a secret that was changed or cut is not known
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings[e.ID] = f
	if c.OnFinding != nil {
		c.OnFinding(f)
	}
}

// stale are the expected failures that did not fail, though they were played.
func (c *campaign) stale() []string {
	var out []string
	for _, name := range c.Expected {
		id, _, _ := strings.Cut(name, "[")
		if f, there := c.findings[id]; there && isStale(&f, name) {
			out = append(out, name)
		}
	}
	return out
}
