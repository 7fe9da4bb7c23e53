package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/scenarios"
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
		text := s.Place().String() + "  " + s.Name
		if len(s.Tags) > 0 {
			text += v.dim("  [" + strings.Join(s.Tags, " ") + "]")
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

// selection chooses scenarios by name and tags.
type selection struct{ run, tags string }

func (s *selection) define(f *flags) {
	f.text(&s.run, "run", "REGEX", "only scenarios whose name, or file, matches")
	f.text(&s.tags, "tags", "EXPR", "only scenarios with these tags: a,b is a or b, a+b is a and b, !a is without a")
}

// load reads scenarios and chooses among them. That none is left is exit 4: a
// run that ran nothing is never green.
func (s *selection) load(paths []string) ([]*scenarios.Scenario, error) {
	pattern, err := regexp.Compile(s.run)
	if err != nil {
		return nil, usage("quote characters that mean something, like \\( for (", "--run %s is no regular expression: %s", s.run, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	tags, err := parseTags(s.tags)
	if err != nil {
		return nil, err
	}
	all, err := load(paths)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(sc *scenarios.Scenario) bool {
		return !pattern.MatchString(sc.Name) && !pattern.MatchString(sc.Place().String()) || !tags.match(sc.Tags)
	})
	if len(chosen) == 0 {
		return nil, &failure{exitNothing, errors.New("none of " + count(len(all), "scenario") + " is selected by " + s.words()), "authdrill list shows names and tags"}
	}
	return chosen, nil
}

func (s *selection) words() string {
	var out []string
	if s.run != "" {
		out = append(out, "--run "+s.run)
	}
	if s.tags != "" {
		out = append(out, "--tags "+s.tags)
	}
	return strings.Join(out, " ")
}

// tagExpr is a list of alternatives, each a list of tags that must be there, or
// with ! must not.
type tagExpr [][]string

func parseTags(text string) (tagExpr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var out tagExpr
	for alternative := range strings.SplitSeq(text, ",") {
		var all []string
		for tag := range strings.SplitSeq(alternative, "+") {
			tag = strings.TrimSpace(tag)
			if strings.Trim(tag, "!") == "" || strings.ContainsAny(tag, " &|()") || strings.LastIndex(tag, "!") > 0 {
				return nil, usage("write a,b for a or b, a+b for a and b, !a for without a", "--tags %s cannot be read at %q", text, tag)
			}
			all = append(all, tag)
		}
		out = append(out, all)
	}
	return out, nil
}

func (e tagExpr) match(tags []string) bool {
	if len(e) == 0 {
		return true
	}
	return slices.ContainsFunc(e, func(all []string) bool {
		return !slices.ContainsFunc(all, func(tag string) bool {
			name, without := strings.CutPrefix(tag, "!")
			return slices.Contains(tags, name) == without
		})
	})
}
