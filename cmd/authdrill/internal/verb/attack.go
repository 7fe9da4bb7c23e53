package verb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/appfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/doctor"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/target"
)

// attackFlags are those of attack.
type attackFlags struct {
	entrySelection
	grading
	config, scenario, whoami, logout, api, account, appLog string
	port, parallel                                         int
	seed                                                   *uint64
	allowHost, reports                                     []string
	browser, verbose                                       bool
	init, force                                            bool
	start                                                  string
	keep                                                   bool // leave the card where the drill failed: for run --app
	within                                                 time.Duration
}

// attackVerb drives an app of the user's own through the catalogue.
func attackVerb() verb {
	a := &attackFlags{port: -1, within: time.Hour}
	return verb{
		name: "attack", args: "[LOGIN-URL]", group: "scenarios",
		summary: "drive your own app through every failure, and grade it",
		example: "authdrill attack --init  # writes authdrill.yaml, and tries it\n" +
			"authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me\n" +
			"authdrill attack --min-severity high --report sarif=card.sarif  # the app of authdrill.yaml\n" +
			"authdrill attack --browser --only idt-nonce-wrong --report html=card.html",
		flags: a.define,
		run:   a.run,
	}
}

func (a *attackFlags) define(f *setting.Flags) {
	a.entrySelection.define(f)
	f.Text(&a.config, "config", "FILE", "app, clients, users and the provider; default "+setting.FileName+" where there is one")
	f.Text(&a.scenario, "scenario", "FILE", "a scenario with app: instead of the configuration; its attack: says which entries")
	f.Text(&a.whoami, "whoami", "URL", "page for signed-in users only, which shows the user")
	f.Text(&a.logout, "logout", "URL", "page that signs out")
	f.Text(&a.api, "api", "URL", "page of the app that uses its access token")
	f.Text(&a.account, "account", "SELECTOR", "where the whoami page names the app's account: a member of its JSON (user.id), a CSS selector (#user), /an expression (with a group)/ or a header (X-User:)")
	f.Boolean(&a.init, "init", "write "+setting.FileName+", or the file of --config, for your app, and try it; asks for what the flags do not say")
	f.Text(&a.start, "start", "COMMAND", "with --init: command that starts the app, with ${port}, ${issuer} and such")
	f.Boolean(&a.force, "force", "with --init: replace the file")
	f.Boolean(&a.browser, "browser", "drive the app with Chromium, for pages that need JavaScript; default a scripted browser")
	f.Boolean(&a.verbose, "verbose", "show each finding, and everything about each failure; default one screen with the causes to fix first")
	f.Number(&a.port, "port", "N", "port of the provider; default 9400, and a free one for an app that is started")
	f.Number(&a.parallel, "parallel", "N", "instances of an app that is started; default 4, and more of one that starts quickly while those only wait")
	f.List(&a.allowHost, "allow-host", "NAME", "attack an app on this host too, which is not loopback; may be repeated")
	a.grading.define(f)
	defineBound(f, &a.within)
	f.Text(&a.appLog, "app-log", "FILE", "write there what the app writes")
	f.Seed(&a.seed, "seed", "derive keys, codes and tokens from this number; default 0")
	f.List(&a.reports, "report", "FORMAT[=FILE]", "write a report: "+strings.Join(report.CardFormats(), ", ")+"; may be repeated, without a file it replaces the text")
	f.Words["report"] = setting.Fixed(report.CardFormats()...)
}

func (a *attackFlags) run(ctx context.Context, c *call) error {
	outputs, err := outputs(a.reports, report.CardFormats(), "sarif=card.sarif")
	if err != nil {
		return err
	}
	if err := checkBound(a.within); err != nil {
		return err
	}
	if a.init {
		return a.writeConfig(ctx, c)
	}
	if a.start != "" || a.force {
		return failure.Usage("authdrill attack --init --start 'npm start'", "--start and --force are for --init")
	}
	options, err := a.options(ctx, c)
	if err != nil {
		return err
	}
	if options.Entries, err = a.chooseRunnable(ctx, c); err != nil {
		return err
	}
	options.Personas = len(a.only) > 0 || slices.Contains(a.groups, "persona")
	if err := a.grading.read(ctx, c, &a.source); err != nil {
		return err
	}
	options.Expected = grade.Current(a.expectations)
	return a.play(ctx, c, options, outputs)
}

// chooseRunnable returns the entries that are selected, without those that are planned.
func (a *attackFlags) chooseRunnable(ctx context.Context, c *call) ([]*catalog.Entry, error) {
	chosen, err := a.choose(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, e := range chosen {
		if e.Planned != "" && slices.Contains(a.only, e.ID) {
			return nil, failure.Usage(a.listing(), "%s cannot run yet: it needs %s", e.ID, e.Planned)
		}
	}
	runnable := slices.DeleteFunc(chosen, func(e *catalog.Entry) bool { return e.Planned != "" })
	if len(runnable) == 0 {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: errors.New("all entries that are selected are planned: none can run yet"), Hint: a.listing()}
	}
	return runnable, nil
}

// play drills the app, and writes the reports.
func (a *attackFlags) play(ctx context.Context, c *call, options attack.Options, outputs []output) error {
	var err error
	if err := c.Begin(ctx); err != nil {
		return err
	}
	if a.appLog != "" {
		// It can be read while it grows, and may hold secrets of the app.
		file, err := os.OpenFile(a.appLog, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return failure.Environmental("", "%s", failure.Reason(err))
		}
		defer file.Close()
		options.Log = file
	}
	shown := report.Options{Color: c.Colour, Verbose: a.verbose, Entries: len(options.Entries), Files: filesOf(outputs)}
	var live *report.Text
	if slices.Contains(outputs, output{format: "text"}) {
		live = report.NewText(c.Out, shown)
		options.OnCalibrated, options.OnFinding = live.Calibrated, live.Finding
	}
	options.Chromium = a.browser
	card, err := attack.Run(ctx, options)
	if err != nil {
		return a.runError(ctx, options, err)
	}
	shown.Grade = a.grading.of(card)
	if live != nil {
		live.Graded(shown.Grade)
		if err := live.CloseCard(card); err != nil {
			return failure.Environmental("", "the report: %s", err)
		}
	}
	if err := c.write(outputs, cardReport(card), shown); err != nil {
		return err
	}
	ending := exitCode(ctx, card, shown.Grade)
	if a.keep && ending != nil {
		if err := c.keep(cardReport(card), shown); err != nil {
			return err
		}
	}
	return ending
}

// runError is the error of an attack that could not be made.
func (a *attackFlags) runError(ctx context.Context, options attack.Options, err error) error {
	switch {
	case errors.Is(err, attack.ErrBrowser):
		return a.browserError(ctx, err)
	case errors.Is(err, attack.ErrGuard):
		return failure.Usage("", "%s", err)
	case ctx.Err() != nil:
		return signals.Interrupted(ctx)
	case errors.Is(err, syscall.EADDRINUSE):
		return failure.Environmental("stop the process listening on that port, or choose another with --port N and set it in the app's issuer", "%s is in use", orText(options.Listen, attack.DefaultListen))
	case options.App.Start != nil:
		return failure.Environmental("app.start in authdrill.yaml says how the app starts, and when it is ready: authdrill help app; --app-log FILE keeps all that it writes", "%s", err)
	}
	return failure.Environmental("", "%s", err)
}

// browserError is the error of a Chromium that does not start, or that is not wanted.
func (a *attackFlags) browserError(ctx context.Context, err error) error {
	switch {
	case !a.browser:
		return failure.Usage("add --browser, for which Chromium must be in the PATH", "%s", err)
	case errors.Is(err, exec.ErrNotFound):
		return failure.Usage("install Chromium (apt-get install chromium, brew install --cask chromium), or leave --browser out", "--browser: %w", err)
	case ctx.Err() != nil:
		return signals.Interrupted(ctx)
	}
	return failure.Environmental("chromium --headless --dump-dom about:blank says what it lacks; in a container it needs a user namespace, or to be root", "--browser: %s", err)
}

// options are the app and what it signs in at, from the file and the flags.
func (a *attackFlags) options(ctx context.Context, c *call) (attack.Options, error) {
	if len(c.args) > 1 {
		return attack.Options{}, failure.Usage("authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me", "attack wants one login page, got %d", len(c.args))
	}
	s, app, err := a.read(ctx, c)
	if err != nil {
		return attack.Options{}, err
	}
	if app == nil {
		app = &target.App{}
	}
	if len(c.args) == 1 {
		if err := checkPage("the login page", c.args[0]); err != nil {
			return attack.Options{}, err
		}
		app.Login, app.Start = &target.Page{URL: c.args[0]}, nil
		if u, err := url.Parse(c.args[0]); err == nil {
			app.BaseURL = u.Scheme + "://" + u.Host
		}
	}
	if err := a.pages(app); err != nil {
		return attack.Options{}, err
	}
	switch {
	case app.Login == nil:
		return attack.Options{}, failure.Usage("authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me, or app: in "+setting.FileName, "no login page is named")
	case app.WhoAmI == nil:
		return attack.Options{}, failure.Usage("--whoami http://localhost:3000/me, or app.whoami in "+setting.FileName+": a page that answers 200 to a signed-in user, and shows the e-mail address", "no page is named that shows the signed-in user")
	}
	out := attack.Options{App: app, Setup: s, AllowHosts: socket.Lower(a.allowHost), Within: a.within, Parallel: a.parallel, Env: os.Environ(), Secrets: c.Secrets}
	if a.port >= 0 {
		out.Listen = fmt.Sprintf("127.0.0.1:%d", a.port)
	}
	if a.seed != nil {
		out.Seed = *a.seed
	}
	again := a.repeatCommand(c.args)
	out.Repeat = func(name string) string { return again + flagText("only", name) }
	return out, nil
}

// repeatCommand is the command that attacks the same app, without the choice of entries.
func (a *attackFlags) repeatCommand(args []string) string {
	out := "authdrill attack" + argumentsText(args) + flagText("whoami", a.whoami) + flagText("account", a.account) + flagText("logout", a.logout) + flagText("api", a.api) +
		flagText("scenario", a.scenario) + a.source.options() + flagText("config", a.config) + flagText("allow-host", a.allowHost...)
	if a.port >= 0 {
		out += flagText("port", strconv.Itoa(a.port))
	}
	out += seedText(a.seed)
	if a.browser {
		out += " --browser"
	}
	return out
}

// read reads the app, and what its provider is like, from a scenario or the
// configuration.
func (a *attackFlags) read(ctx context.Context, c *call) (setup.Setup, *target.App, error) {
	if a.scenario == "" {
		return setting.ReadApp(a.config, c.flags)
	}
	all, err := a.files.load(ctx, []string{a.scenario})
	if err != nil {
		return setup.Setup{}, nil, err
	}
	c.hideSecrets(all)
	i := slices.IndexFunc(all, func(s *drill.Scenario) bool { return s.App != nil })
	if i < 0 {
		return setup.Setup{}, nil, failure.Usage("app: {login: http://localhost:3000/login, whoami: http://localhost:3000/me}", "%s: no scenario in it has app:", a.scenario)
	}
	if ids := all[i].Attack; len(a.only) == 0 && !slices.Contains(ids, "all") {
		a.only = ids
	}
	return all[i].Setup, all[i].App, nil
}

// pages lays the flags over the pages of the file.
func (a *attackFlags) pages(app *target.App) error {
	if a.whoami != "" {
		app.WhoAmI = &target.Probe{URL: a.whoami}
	}
	if a.account != "" && app.WhoAmI != nil {
		app.WhoAmI.Account = a.account
		if err := (&target.App{WhoAmI: app.WhoAmI}).CheckMembers(); err != nil {
			_, err = strict.MemberOf(err)
			return failure.Usage("authdrill help attack says how to write it", "--account: %s", err)
		}
	}
	if a.logout != "" {
		app.Logout = &target.Page{URL: a.logout}
	}
	if a.api != "" {
		app.API = &target.Page{URL: a.api}
	}
	return nil
}

func checkPage(what, raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return failure.Usage("write it like "+doctor.WithScheme(raw, "http://localhost:3000/login"), "%s %s is not an http or https URL", what, raw)
	}
	return nil
}

// writeConfig writes the app: of a settings file, and calibrates with it.
func (a *attackFlags) writeConfig(ctx context.Context, c *call) error {
	name := orText(a.config, setting.FileName)
	switch _, err := os.Lstat(name); {
	case len(c.args) > 1 || a.scenario != "":
		return failure.Usage("authdrill attack --init http://localhost:3000/login --whoami http://localhost:3000/me", "--init takes one login page, and no --scenario")
	case err == nil && !a.force:
		return failure.Usage("--force replaces it, --config FILE writes another", "%s exists already", name)
	}
	described := appfile.Description{WhoAmI: a.whoami, Account: a.account, Logout: a.logout, Start: a.start}
	if len(c.args) == 1 {
		described.Login = c.args[0]
	}
	if a.port > 0 {
		described.Issuer = "http://127.0.0.1:" + strconv.Itoa(a.port)
	}
	var answers io.Reader
	if stdin, ok := c.stdin.(*os.File); ok && signals.Interactive(stdin) {
		answers = stdin
	}
	err := described.Complete(ctx, answers, c.Out)
	switch hint := "authdrill attack --init http://localhost:3000/login --whoami http://localhost:3000/me --logout http://localhost:3000/logout --start 'npm start'"; {
	case errors.Is(err, appfile.ErrIncomplete):
		return failure.Usage(hint, "%s, and no terminal answers", err)
	case err != nil:
		return failure.Usage(hint, "%s", err)
	}
	if err := (place.Place{Name: name}).Write(0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, described.Text())
		return err
	}); err != nil {
		return failure.Environmental("", "%s", failure.Reason(err))
	}
	c.Print("wrote %s", name)
	return a.tryConfig(ctx, c, name)
}

// tryConfig calibrates with a settings file that was just written.
func (a *attackFlags) tryConfig(ctx context.Context, c *call, name string) error {
	c.args, a.config, a.whoami, a.account, a.logout = nil, name, "", "", ""
	options, err := a.options(ctx, c)
	if err != nil {
		return err
	}
	options.Entries, options.Chromium, options.Parallel = []*catalog.Entry{}, a.browser, 1
	options.OnCalibrated = report.NewText(c.Out, report.Options{Color: c.Colour, Verbose: true}).Calibrated
	card, err := attack.Run(ctx, options)
	again := "authdrill attack"
	if name != setting.FileName {
		again += flagText("config", name)
	}
	if a.port > 0 {
		again += flagText("port", strconv.Itoa(a.port))
	}
	switch {
	case err != nil:
		return a.runError(ctx, options, err)
	case !card.Calibrated():
		return failure.Environmental("change it, then:\n"+again, "the app does not sign in with %s yet", name)
	}
	c.Print("%s works. Attack the app: %s", name, again)
	return nil
}
