package main

import (
	"flag"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Variables that are set for commands, or read, without a flag of their own.
const (
	controlVariable      = envPrefix + "CONTROL"
	controlTokenVariable = envPrefix + "CONTROL_TOKEN"

	// secretVariable holds the client secret. There is no flag for it: flags are in
	// the list of processes and in the shell's history.
	secretVariable = envPrefix + "CLIENT_SECRET"
)

// environment takes values from AUTHDRILL_<FLAG>. Another variable whose name begins
// so would never have an effect, and is refused.
func (f *flags) environment(lookup func(string) (string, bool), environ []string, known func() []string) error {
	var wrong refusals
	f.set.VisitAll(func(fl *flag.Flag) {
		name := envName(fl.Name)
		if value, ok := lookup(name); ok && value != "" {
			if e := fl.Value.Set(value); e != nil {
				wrong.add(usage("", "%s=%s: %s", name, value, f.complaint(fl, e)))
			}
			f.given[fl.Name] = name
		}
	})
	wrong.add(misspelt(environ, known))
	return wrong.err()
}

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// misspelt looks for a variable that was most likely meant for a flag of some
// verb.
func misspelt(environ []string, variables func() []string) error {
	var known []string
	var wrong refusals
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(name, envPrefix)
		if !ours || value == "" { // an empty one is as if unset
			continue
		}
		if known == nil {
			known = variables()
		}
		if slices.Contains(known, rest) {
			continue
		}
		hint := "unset it, or export the variable of a flag; authdrill help config says how they are named"
		if near, ok := strict.Nearest(rest, known); ok {
			hint = "did you mean " + envPrefix + near + "?"
		}
		wrong.add(usage(hint, "no flag is set by the environment variable %s", name))
	}
	return wrong.err()
}
