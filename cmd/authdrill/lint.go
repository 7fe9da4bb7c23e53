package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/report"
)

// lintVerb checks scenario files without running them.
func lintVerb() verb {
	return verb{
		name: "lint", args: "[PATH ..]", group: "scenarios",
		summary: "check scenario files, run nothing",
		run: func(_ context.Context, c *call) error {
			all, err := load(c.args)
			if err != nil {
				return err
			}
			warnings := 0
			for _, s := range all {
				for _, w := range s.Warnings {
					warnings++
					c.print("%s", w.Render())
				}
			}
			text := count(len(all), "scenario") + " in order"
			if warnings > 0 {
				text += ", " + count(warnings, "warning")
			}
			c.print("%s", text)
			return nil
		},
	}
}

// schemaVerb prints the JSON Schema of a scenario file, for editors.
func schemaVerb() verb {
	return verb{
		name: "schema", group: "scenarios",
		summary: "print the JSON Schema of scenario files",
		run: func(_ context.Context, c *call) error {
			c.print("%s", strings.TrimSuffix(string(scenarios.Schema()), "\n"))
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
		flags:   s.define,
		run: func(_ context.Context, c *call) error {
			chosen, err := s.load(c.args)
			if err != nil {
				return err
			}
			c.list(chosen)
			return nil
		},
	}
}

func (v *voice) list(all []*scenarios.Scenario) {
	for _, s := range all {
		text := s.Place().String() + "  " + report.Printable(s.Name)
		if len(s.Tags) > 0 {
			text += v.dim("  [" + report.Printable(strings.Join(s.Tags, " ")) + "]")
		}
		v.print("%s", text)
	}
}

// load reads the scenarios of paths, the embedded examples without any.
func load(paths []string) ([]*scenarios.Scenario, error) {
	if len(paths) == 0 {
		return scenarios.Load(scenarios.Examples(), nil)
	}
	all, err := scenarios.Load(scenarios.Disk{}, paths, scenarios.WithEnv(os.LookupEnv))
	if errors.Is(err, scenarios.ErrNothing) && scenarios.Problems(err) == nil {
		return nil, &failure{exitNothing, err, "without a path the embedded examples are run"}
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, usage("", "%s", reason(err))
	}
	return all, err
}
