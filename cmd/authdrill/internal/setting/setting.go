// Package setting reads the settings of a command: its flags, which override the
// variables of the environment, which override the file authdrill.yaml. Its main types
// are Flags, the flags of a command, and Config, the file.
package setting

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// A setting is a member of the settings that says what a flag says, under the same name
// with _ for -.

// Placed puts what is wrong with the nth value of a flag at its place in the settings,
// where they have said it.
func (f *Flags) Placed(name string, n int, err error) error {
	var refused *failure.Error
	at := f.Places[name]
	if len(at) == 0 || !errors.As(err, &refused) || refused.Code != failure.ExitUsage {
		return err
	}
	p := at[min(n, len(at)-1)]
	why := strict.FileProblem(p.File, strict.Value, refused.Hint, "%s", refused.Err)
	p.Rule, p.Message, p.Hint = why.Rule, why.Message, why.Hint
	return f.Secrets.HideIn(strict.Problems{p})
}

// Word is a flag as it was written: with dashes, as a variable, or as a member of the
// settings. One that was not given is as another one was.
func (f *Flags) Word(name, other string) string {
	switch given := f.Given[name]; {
	case len(f.Places[name]) > 0, given == "" && len(f.Places[other]) > 0:
		return settingOf(name)
	case strings.HasPrefix(given, EnvPrefix) && given == EnvName(name):
		return given
	}
	return Dashed(name)
}

// settingOf is the member of the settings that says what a flag says.
func settingOf(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// placesOf returns the place of each value that a member of the settings has for a flag:
// a text may have several between commas.
func placesOf(n *strict.Node) []strict.Problem {
	items := []*strict.Node{n}
	if n.Kind == strict.Sequence {
		items = n.Items
	}
	var out []strict.Problem
	for _, item := range items {
		var values listValue
		_ = values.Set(item.Text) // takes everything
		for range max(1, len(values)) {
			out = append(out, item.Problem(strict.Value, "", ""))
		}
	}
	return out
}

// Differences lists the flags that have another value than in others, without those whose
// new value counts at once.
func (f *Flags) Differences(others *Flags, reloaded []string) []string {
	var out []string
	f.Set.VisitAll(func(fl *pflag.Flag) {
		if before := others.Set.Lookup(fl.Name); before != nil && before.Value.String() != fl.Value.String() && !slices.Contains(reloaded, fl.Name) {
			out = append(out, Dashed(fl.Name))
		}
	})
	return out
}
