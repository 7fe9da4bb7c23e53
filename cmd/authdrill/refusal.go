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
		for _, one := range e.flags {
			r.add(one)
		}
		r.files = append(r.files, e.files...)
	case strict.Problems:
		r.files = append(r.files, e...)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			r.add(one)
		}
	default:
		if !slices.ContainsFunc(r.flags, func(known error) bool { return known.Error() == err.Error() }) {
			r.flags = append(r.flags, err)
		}
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
