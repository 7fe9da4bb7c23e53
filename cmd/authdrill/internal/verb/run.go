package verb

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// keptFolder is where --keep leaves the reports of a failed run.
const keptFolder = "authdrill-failed"

// runFlags are those of run.
type runFlags struct {
	selection
	list, dryRun, failFast, watch, keep, showSecrets bool
	parallel, repeat                                 int
	shuffle                                          *uint64
	seed                                             *uint64
	reports                                          []string
	within                                           time.Duration
	app, whoami                                      string
}

// runVerb runs scenarios: the main job.
func runVerb() verb {
	r := &runFlags{repeat: 1, within: 10 * time.Minute}
	return verb{
		name: "run", args: "[PATH ..]", group: "scenarios",
		summary: "run scenario files, the embedded examples without a path",
		example: "authdrill run                     # the embedded examples\n" +
			"authdrill run scenarios --tags smoke --report junit=junit.xml\n" +
			"authdrill run login.yaml --watch  # again whenever the file changes\n" +
			"authdrill run ours.yaml --app http://localhost:3000/login --whoami http://localhost:3000/me",
		flags: r.define,
		run: func(ctx context.Context, c *call) error {
			outputs, err := r.outputs()
			if err != nil {
				return err
			}
			if r.watch {
				return r.watchFiles(ctx, c, outputs)
			}
			return r.runOnce(ctx, c, outputs)
		},
	}
}

func (r *runFlags) define(f *setting.Flags) {
	r.selection.define(f)
	f.Text(&r.app, "app", "URL|FILE", "play them against this app, in place of the bundled client: its login page, or a file with app:")
	f.Text(&r.whoami, "whoami", "URL", "with --app URL: page for signed-in users only, which shows the user")
	f.Boolean(&r.list, "list", "list what is selected, run nothing")
	f.Boolean(&r.dryRun, "dry-run", "check and list with every step, run nothing")
	f.Number(&r.parallel, "parallel", "N", "scenarios at once; 0 is as many as there are processors")
	f.Seed(&r.shuffle, "shuffle", "run in an order made of this number")
	f.Number(&r.repeat, "repeat", "N", "run everything N times")
	defineBound(f, &r.within)
	f.Boolean(&r.failFast, "fail-fast", "start nothing more after the first failure")
	f.Boolean(&r.watch, "watch", "run again when a file changes, until Ctrl-C")
	f.Boolean(&r.keep, "keep", "leave the reports of a failed run in "+keptFolder)
	f.Seed(&r.seed, "seed", "derive keys, ids and chances from this number; default 0")
	f.List(&r.reports, "report", "FORMAT[=FILE]", "write a report: "+strings.Join(report.Formats(), ", ")+"; may be repeated, without a file it replaces the text")
	f.Words["report"] = setting.Fixed(report.Formats()...)
	f.Boolean(&r.showSecrets, "show-secrets", "show tokens and secrets as they are, but for those in names of scenarios and steps: authdrill help scenarios")
}

func (r *runFlags) outputs() ([]output, error) {
	if r.parallel < 0 || r.repeat < 1 {
		return nil, failure.Usage("--parallel is 0 or more, --repeat 1 or more", "a count is too small")
	}
	if err := checkBound(r.within); err != nil {
		return nil, err
	}
	if r.app != "" {
		if err := r.refuseUnused(); err != nil {
			return nil, err
		}
		return outputs(r.reports, report.CardFormats(), "sarif=card.sarif")
	}
	if r.whoami != "" {
		return nil, failure.Usage("authdrill run ours.yaml --app http://localhost:3000/login --whoami "+r.whoami, "--whoami is a page of the app that --app names")
	}
	return outputs(r.reports, report.Formats(), "junit=junit.xml")
}

// refuseUnused refuses flags that have no effect where an app is graded.
func (r *runFlags) refuseUnused() error {
	for _, f := range []struct {
		name, why string
		given     bool
	}{
		{"repeat", "a report card grades each scenario once", r.repeat != 1},
		{"shuffle", "slow scenarios are played first, to save time", r.shuffle != nil},
		{"fail-fast", "a report card grades every scenario", r.failFast},
		{"show-secrets", "a report card never shows the app's secrets", r.showSecrets},
	} {
		if f.given {
			return failure.Usage("leave --"+f.name+" out", "--%s has no effect with --app: %s", f.name, f.why)
		}
	}
	return nil
}

// runOnce loads, runs and reports.
func (r *runFlags) runOnce(ctx context.Context, c *call, outputs []output) error {
	r.forApp = r.app != ""
	chosen, err := r.load(ctx, c.args)
	if err != nil {
		return err
	}
	c.hideSecrets(chosen)
	switch {
	case r.list:
		c.list(chosen)
		return nil
	case r.dryRun:
		c.plan(chosen)
		return nil
	}
	for _, s := range chosen {
		if s.App != nil && r.app == "" {
			return failure.Usage("authdrill run "+s.File+" --app "+s.File+" plays it against the app; authdrill attack --scenario "+s.File+" plays the entries of the catalogue that it names",
				"%s: it has app:, and run drives the bundled client", s.Place)
		}
		for _, w := range s.Warnings {
			c.Note("warning: %s", w.Error())
		}
	}
	if r.app != "" {
		return r.playApp(ctx, c, chosen, outputs)
	}
	if err := c.Begin(ctx); err != nil {
		return err
	}
	return r.execute(ctx, c, chosen, outputs)
}

// playApp plays scenarios and entries against an app, and grades it as attack does.
func (r *runFlags) playApp(ctx context.Context, c *call, chosen []*drill.Scenario, outputs []output) error {
	if len(c.args) == 0 {
		return failure.Usage("authdrill attack plays the failure catalogue against an app: authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me", "name the scenario files to play against the app")
	}
	a := &attackFlags{port: -1, within: r.within, whoami: r.whoami, seed: r.seed, parallel: r.parallel, keep: r.keep, verbose: true}
	page := *c
	page.args = nil
	switch described := slices.IndexFunc(chosen, func(s *drill.Scenario) bool { return s.App != nil }); {
	case strings.Contains(r.app, "://"):
		page.args = []string{r.app}
	case described >= 0 && chosen[described].File == r.app:
		a.scenario, a.root = r.app, r.root
	default:
		a.config = r.app
	}
	options, err := a.options(ctx, &page)
	if err != nil {
		return err
	}
	options.Entries, options.Personas = catalog.EntriesOf(chosen), true
	again := "authdrill run" + argumentsText(c.args) + flagText("app", r.app) + flagText("whoami", r.whoami) + flagText("root", r.root) + seedText(r.seed)
	options.Repeat = func(name string) string { return again + flagText("run", "^"+regexp.QuoteMeta(name)+"$") }
	return a.play(ctx, c, options, outputs)
}

func (r *runFlags) execute(ctx context.Context, c *call, chosen []*drill.Scenario, outputs []output) error {
	options := report.Options{Color: c.Colour, Examples: len(c.args) == 0}
	var live *report.Text
	if slices.Contains(outputs, output{format: "text"}) {
		live = report.NewText(c.Out, options)
	}
	var playEntry func(context.Context, *drill.Scenario, ...string) result.Result
	if slices.ContainsFunc(chosen, func(s *drill.Scenario) bool { return s.ID != "" }) {
		bench, err := attack.NewBench(r.seedOr(0))
		if err != nil {
			return err
		}
		defer bench.Close()
		playEntry = bench.Play
	}
	stopwatch := clock.Running()
	begin := stopwatch.Now()
	finished := scenarios.Run(ctx, chosen, scenarios.Options{
		Entry: playEntry,
		Seed:  r.seedOr(0), Parallel: r.parallel, Shuffle: r.shuffle, Repeat: r.repeat, FailFast: r.failFast, ShowSecrets: r.showSecrets, Within: r.within,
		OnResult: func(result *result.Result) {
			if live != nil {
				live.Result(result)
			}
		},
	})
	options.Duration = max(stopwatch.Now().Sub(begin), time.Millisecond)
	if live != nil {
		live.Took(options.Duration)
		if err := live.Close(); err != nil {
			return failure.Environmental("", "the report: %s", err)
		}
	}
	if err := c.write(outputs, resultsReport(finished), options); err != nil {
		return err
	}
	code := verdict(finished)
	if r.keep && code != failure.ExitOK {
		if err := c.keep(resultsReport(finished), options); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		c.Note("interrupted: %d of %d scenarios had finished", len(finished), len(chosen)*r.repeat)
		return signals.Interrupted(ctx)
	}
	if missing := len(chosen)*r.repeat - len(finished); missing > 0 && !r.failFast {
		c.Note("out of time: %d of %d scenarios were not started within %s", missing, len(chosen)*r.repeat, r.within)
		c.Hint("give it longer with --within, or less to do with --run and --tags")
		return failure.Silent(failure.ExitFailed)
	}
	if code == failure.ExitOK && !slices.ContainsFunc(finished, func(r *result.Result) bool { return r.Outcome != result.Skipped }) {
		return &failure.Error{Code: failure.ExitNothing, Err: errors.New("nothing ran: " + say.Count(len(finished), "scenario") + " skipped"), Hint: "the reasons are above"}
	}
	if code != failure.ExitOK {
		return failure.Silent(code)
	}
	return nil
}

func (r *runFlags) seedOr(def uint64) uint64 {
	if r.seed == nil {
		return def
	}
	return *r.seed
}

// verdict is the exit code that results deserve.
func verdict(results []*result.Result) int {
	code := failure.ExitOK
	for _, r := range results {
		switch {
		case r.Outcome.Good():
		case r.Outcome == result.Broken && code == failure.ExitOK:
			code = failure.ExitEnvironment
		case r.Outcome != result.Broken:
			code = failure.ExitFailed
		}
	}
	return code
}

// plan lists scenarios with their steps.
func (v *call) plan(chosen []*drill.Scenario) {
	for _, s := range chosen {
		v.Print("%s  %s", s.Place, report.Printable(s.Name))
		for i, step := range s.Steps {
			v.Print("  %2d  %-12s %s", i+1, step.Verb(), report.Printable(step.Name))
		}
	}
	v.Print("%s would run", say.Count(len(chosen), "scenario"))
}

// defineBound defines --within, for a verb that would otherwise take as long as what
// it runs.
func defineBound(f *setting.Flags, p *time.Duration) {
	f.Duration(p, "within", "DURATION", "how long it may take; what is known by then is reported")
}

// checkBound refuses a --within that leaves no time.
func checkBound(within time.Duration) error {
	if within <= 0 {
		return failure.Usage("--within 10m", "invalid --within %s: want a positive duration", within)
	}
	return nil
}
