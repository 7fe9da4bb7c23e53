package verb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// lintVerb checks scenario files without running them.
func lintVerb() verb {
	var f files
	return verb{
		name: "lint", args: "[PATH ..]", group: "scenarios",
		summary: "check scenario files, run nothing",
		example: "authdrill lint scenarios",
		flags:   f.define,
		run: func(ctx context.Context, c *call) error {
			all, err := f.load(ctx, c.args)
			if err != nil {
				return err
			}
			c.hideSecrets(all)
			warnings := 0
			for _, s := range all {
				for _, w := range s.Warnings {
					warnings++
					c.Print("%s", strict.Problems{w})
				}
			}
			text := say.Count(len(all), "scenario") + " in order"
			if warnings > 0 {
				text += ", " + say.Count(warnings, "warning")
			}
			c.Print("%s", text)
			return nil
		},
	}
}

// schemaVerb prints the JSON Schema of a scenario file, for editors.
func schemaVerb() verb {
	return verb{
		name: "schema", group: "scenarios",
		summary: "print the JSON Schema of scenario files",
		example: "authdrill schema > scenario.schema.json",
		run: func(_ context.Context, c *call) error {
			c.Print("%s", strings.TrimSuffix(string(scenarios.Schema()), "\n"))
			return nil
		},
	}
}

// listVerb prints what run would run.
func listVerb() verb {
	var s selection
	return verb{
		name: "list", args: "[PATH ..]", group: "scenarios",
		summary: "list scenarios, run nothing",
		example: "authdrill list scenarios --tags smoke",
		flags:   s.define,
		run: func(ctx context.Context, c *call) error {
			chosen, err := s.load(ctx, c.args)
			if err != nil {
				return err
			}
			c.hideSecrets(chosen)
			c.list(chosen)
			return nil
		},
	}
}

func (v *call) list(all []*drill.Scenario) {
	for _, s := range all {
		text := s.Place.String() + "  " + report.Printable(s.Name)
		if len(s.Tags) > 0 {
			text += v.Dim("  [" + report.Printable(strings.Join(s.Tags, " ")) + "]")
		}
		v.Print("%s", text)
	}
}

// files is what scenario files are confined to.
type files struct {
	root   string
	forApp bool // they are played against an app
}

func (f *files) define(to *setting.Flags) {
	to.Text(&f.root, "root", "DIR", "read nothing outside this folder; default the folder that is named, and of a file the working directory, or the file's own folder")
}

// load reads the scenarios of paths, the embedded examples without any.
func (f *files) load(ctx context.Context, paths []string) ([]*drill.Scenario, error) {
	if len(paths) == 0 {
		return scenarios.Load(ctx, scenarios.Examples(), nil)
	}
	if f.root != "" {
		if info, err := os.Stat(f.root); err != nil || !info.IsDir() {
			return nil, failure.Usage("--root names a folder that has the scenario files and their fragments", "--root %s is not a folder", f.root)
		}
	}
	defer loadSmall()()
	options := []scenarios.LoadOption{scenarios.WithEnv(os.LookupEnv)}
	if f.forApp {
		options = append(options, scenarios.ForApp())
	}
	all, err := scenarios.Load(ctx, scenarios.Disk{Root: f.root}, paths, options...)
	if ctx.Err() != nil {
		return nil, signals.Interrupted(ctx)
	}
	if errors.Is(err, scenarios.ErrNothing) && scenarios.Problems(err) == nil {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: err, Hint: "without a path the embedded examples are run"}
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, failure.Usage("", "%s", failure.Reason(err))
	}
	return all, err
}

// loading is what the runtime may take while files are loaded before it collects
// garbage more often: several large ones, each refused, leave much of it.
const loading = 64 << 20

// loadSmall collects garbage more often until the function it returns is called.
func loadSmall() (restore func()) {
	before := debug.SetMemoryLimit(-1) // -1 leaves it as it is
	debug.SetMemoryLimit(min(before, loading))
	return func() { debug.SetMemoryLimit(before) }
}

// hideSecrets adds the secrets of scenarios to those that are never said.
func (v *call) hideSecrets(all []*drill.Scenario) {
	for i, s := range all {
		if i == 0 || s.Secrets != all[i-1].Secrets { // the combinations of a document share them
			v.Secrets.Add(s.Secrets)
		}
	}
}
