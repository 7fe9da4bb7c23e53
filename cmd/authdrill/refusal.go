package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// refusals is everything that is wrong with flags, variables and files: it is told at
// once. The zero value is ready.
type refusals struct {
	flags []error // of the command line and the environment
	files strict.Problems
}

// Error has a line for each.
func (r *refusals) Error() string {
	return strings.TrimPrefix(errors.Join(errors.Join(r.flags...), r.files.Err()).Error(), "\n")
}

// add adds an error, or all those that errors.Join has joined.
func (r *refusals) add(err error) {
	switch e := err.(type) {
	case nil:
	case *refusals:
		r.flags, r.files = append(r.flags, e.flags...), append(r.files, e.files...)
	case strict.Problems:
		r.files = append(r.files, e...)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			r.add(one)
		}
	default:
		r.flags = append(r.flags, err)
	}
}

// addUnlessKnown adds an error, without what is wrong with members of a file of which,
// or within which, something was wrong before: it may follow from that.
func (r *refusals) addUnlessKnown(err error) {
	var more refusals
	more.add(err)
	more.files = slices.DeleteFunc(more.files, func(p strict.Problem) bool {
		return slices.ContainsFunc(r.files, func(known strict.Problem) bool { return known.File == p.File && isWithin(known.Path, p.Path) })
	})
	r.add(&more)
}

// isWithin reports whether one of two paths is of a member of the other's.
func isWithin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return a != "" && ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// joinErrors returns errors as one that tells all of them.
func joinErrors(errs ...error) error {
	var all refusals
	for _, err := range errs {
		all.add(err)
	}
	return all.err()
}

func (r *refusals) isEmpty() bool { return len(r.flags) == 0 && len(r.files) == 0 }

// err returns what was added, nil for nothing.
func (r *refusals) err() error {
	switch {
	case len(r.flags) == 0:
		return r.files.Sorted().First().Err()
	case len(r.flags) == 1 && len(r.files) == 0:
		return r.flags[0]
	}
	return r
}

// refusals tells each error with its remedy.
func (v *voice) refusals(r *refusals) int {
	code := 0
	for _, one := range r.flags {
		code = max(code, v.ending(one))
	}
	if files := r.files.Sorted().First(); len(files) > 0 {
		v.problems(files, files)
		return exitUsage
	}
	return code
}

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
