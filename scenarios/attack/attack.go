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

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Options say what is attacked, with what, and within which bounds.
type Options struct {
	App        *target.App
	Listen     string      // address the provider listens on; default 127.0.0.1:9400, a free port for an app that we start
	Setup      setup.Setup // clients, users and provider settings, as the app is registered
	Seed       uint64
	AllowHosts []string // hosts besides loopback that may be attacked
	Personas   bool     // play also what a persona documents that the app's provider is not
	Parallel   int      // instances of an app that we start; default 4, more while those wait, and 1 where its command names no ${port}

	Entries     []*catalog.Entry // what to play; default the catalogue. Those that are planned are left out
	Expected    []string         // ids of entries, or of variants ID[LABEL], that are expected to fail
	Secrets     *redact.Secrets  // texts that the card must not show, in addition to those of Setup, App and Env
	EntryWithin time.Duration    // bound of one entry; default 60 s, and twice that in Chromium
	Within      time.Duration    // bound of the attack; default an hour

	Chromium bool // drive the app with Chromium; default a scripted browser, which runs no scripts

	Env    []string // environment of an app that we start
	Folder string   // where it is started
	Log    io.Writer
	Repeat func(name string) string // the command that plays an entry again, or a variant: ID[LABEL]; without it findings have none

	OnCalibrated func(*Card)         // called once the calibration has ended
	OnFinding    func(result.Result) // called with each finding, in the order in which they become known
}

// ErrGuard is an app that may not be attacked.
var ErrGuard = errors.New("only an app on this machine is attacked")

// ErrBrowser is a Chromium that does not start, or that is needed and not wanted. The error wraps exec.ErrNotFound too
// where there is none.
var ErrBrowser = errors.New("no browser")

// browserError is why an app is not driven with Chromium.
type browserError struct{ error }

func (e *browserError) Is(target error) bool { return target == ErrBrowser }

// Unwrap returns what Chromium, or the operating system, says.
func (e *browserError) Unwrap() error { return e.error }

// startBrowser starts Chromium where it is wanted.
func (o *Options) startBrowser(ctx context.Context) (*chromium.Chromium, error) {
	if !o.Chromium {
		if page := webapp.NeedsClick(o.App); page != "" {
			return nil, &browserError{fmt.Errorf("%s is opened by a click, which needs Chromium", page)}
		}
		return nil, nil
	}
	browser, err := chromium.Start(ctx)
	if err != nil {
		return nil, &browserError{err}
	}
	return browser, nil
}

// DefaultListen is where an app that is already running expects its provider.
const DefaultListen = "127.0.0.1:9400"

// Run attacks an app and returns its report card. It returns an error where it could
// not: the app may not be attacked, does not start, or the port is in use. A card
// without findings is one whose calibration failed.
func Run(ctx context.Context, o Options) (*Card, error) {
	browser, err := o.startBrowser(ctx)
	if err != nil {
		return nil, err
	}
	if browser != nil {
		defer browser.Close()
	}
	if err := checkHosts(o.App, o.AllowHosts); err != nil {
		return nil, err
	}
	c := &campaign{Options: o, browser: browser, wall: clock.Running(), secrets: o.knownSecrets()}
	if c.EntryWithin == 0 {
		c.EntryWithin = time.Minute
		if o.Chromium {
			c.EntryWithin *= 2 // its pages take longer
		}
	}
	if c.Within == 0 {
		c.Within = time.Hour
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	if c.Entries == nil {
		c.Entries = catalog.Embedded().Entries
	}
	c.Entries = slices.DeleteFunc(slices.Clone(c.Entries), func(e *catalog.Entry) bool { return e.Planned != "" }) // they say nothing of an app
	if err := c.listen(); err != nil {
		return c.hideSecrets(nil, err)
	}
	defer c.close()
	return c.hideSecrets(c.run(ctx))
}

// checkHosts refuses an app that is neither on this machine nor at an allowed host.
func checkHosts(app *target.App, allowed []string) error {
	for _, page := range webapp.ConfiguredPages(app) {
		u, err := url.Parse(placeholder.ReplaceAllString(page, "1")) // a value that the URL can have there, such as a port
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

func addressOfPage(p *target.Page) string {
	if p == nil {
		return ""
	}
	return p.URL
}

// placeholder matches a ${name} that has no value yet.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// campaign is one attack.
type campaign struct {
	Options
	wall    *clock.Clock
	host    *mockprovider.Host
	server  *server
	browser *chromium.Chromium // nil is the scripted one
	secrets *redact.Secrets    // the secrets known so far

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

// run calibrates, plays the entries, and returns the card.
func (c *campaign) run(ctx context.Context) (*Card, error) {
	card := &Card{Target: addressOfPage(c.App.Login), Started: c.wall.Now(), Seed: c.Seed}
	stopwatch := clock.Running()
	begin := stopwatch.Now()
	first, err := c.startWorker(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer first.stop()
	card.Calibration, card.Learned = first.calibrate(ctx)
	first.site.LearnSecrets()
	card = redact.Value(c.secrets, card)
	card.makePrintable()
	if c.OnCalibrated != nil {
		c.OnCalibrated(card)
	}
	if !card.Calibrated() {
		card.Duration = stopwatch.Now().Sub(begin)
		card.noteInterruption(ctx)
		return card, nil
	}
	c.findings = map[string]result.Result{}
	c.playEntries(ctx, first)
	for _, e := range c.Entries {
		if f, there := c.findings[nameOf(e.Scenario)]; there {
			card.Findings = append(card.Findings, f)
		}
	}
	card.noteInterruption(ctx)
	if !card.Interrupted {
		card.Stale = c.findStale()
	}
	card.Duration = stopwatch.Now().Sub(begin)
	return card, nil
}

// Calibrated reports whether the method works on the app.
func (c *Card) Calibrated() bool {
	return !slices.ContainsFunc(c.Calibration, func(x Calibration) bool { return !x.OK && !x.Optional })
}

// recordFinding keeps a finding and passes it on, unless the entry was interrupted: its
// failed requests and missing sign-ins would count against the app.
func (c *campaign) recordFinding(ctx context.Context, e *catalog.Entry, f result.Result) {
	if ctx.Err() != nil {
		return
	}
	f = makePrintable(c.hideInFinding(e, f)) // in this order: a secret is not recognised once it is cut or changed
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings[nameOf(e.Scenario)] = f
	if c.OnFinding != nil {
		c.OnFinding(f)
	}
}

// findStale returns the expected failures that were played and did not fail.
func (c *campaign) findStale() []string {
	var out []string
	for _, name := range c.Expected {
		id, _, _ := strings.Cut(name, "[")
		if f, there := c.findings[id]; there && isStale(&f, name) {
			out = append(out, name)
		}
	}
	return out
}
