package setting

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Variables that are set for commands, or read, without a flag of their own.
const (
	ControlVariable      = EnvPrefix + "CONTROL"
	ControlTokenVariable = EnvPrefix + "CONTROL_TOKEN"

	// SecretVariable holds the client secret. It has no flag, since the list of
	// processes and the shell's history show flags.
	SecretVariable = EnvPrefix + "CLIENT_SECRET"
)

// Environment takes values from AUTHDRILL_<FLAG>. Another variable whose name begins
// so would never have an effect, and is refused.
func (f *Flags) Environment(lookup func(string) (string, bool), environ []string, known func() []string) error {
	var wrong failure.List
	f.Set.VisitAll(func(fl *pflag.Flag) {
		name := EnvName(fl.Name)
		if value, ok := lookup(name); ok && value != "" {
			if e := fl.Value.Set(value); e != nil {
				wrong.Add(failure.Usage("", "%s=%s: %s", name, value, f.complaint(fl, e)))
			}
			f.Given[fl.Name] = name
		}
	})
	wrong.Add(misspelt(environ, known))
	return wrong.Err()
}

// EnvName is the variable that sets a flag.
func EnvName(flag string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// misspelt looks for a variable that was most likely meant for a flag of some
// verb.
func misspelt(environ []string, variables func() []string) error {
	var known []string
	var wrong failure.List
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(name, EnvPrefix)
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
			hint = "did you mean " + EnvPrefix + near + "?"
		}
		wrong.Add(failure.Usage(hint, "no flag belongs to the environment variable %s", name))
	}
	return wrong.Err()
}
