package main

import (
	"errors"
	"flag"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// A setting is a member of the settings that says what a flag says, under the same name
// with _ for -.

// placed puts what is wrong with the nth value of a flag at its place in the settings,
// where they have said it.
func (f *flags) placed(name string, n int, err error) error {
	var refused *failure
	at := f.places[name]
	if len(at) == 0 || !errors.As(err, &refused) || refused.code != exitUsage {
		return err
	}
	return f.secrets.HideIn(strict.Problems{at[min(n, len(at)-1)].With(strict.Value, refused.hint, "%s", refused.err)})
}

// word is a flag as it was written: with dashes, as a variable, or as a member of the
// settings. One that was not given is as another one was.
func (f *flags) word(name, other string) string {
	switch given := f.given[name]; {
	case len(f.places[name]) > 0, given == "" && len(f.places[other]) > 0:
		return settingOf(name)
	case strings.HasPrefix(given, envPrefix) && given == envName(name):
		return given
	}
	return dashed(name)
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

// differences lists the flags that have another value than in others, without those whose
// new value counts at once.
func (f *flags) differences(others *flags, reloaded []string) []string {
	var out []string
	f.set.VisitAll(func(fl *flag.Flag) {
		if before := others.set.Lookup(fl.Name); before != nil && before.Value.String() != fl.Value.String() && !slices.Contains(reloaded, fl.Name) {
			out = append(out, dashed(fl.Name))
		}
	})
	return out
}
