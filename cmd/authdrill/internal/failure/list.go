package failure

import (
	"errors"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// List is everything that is wrong with flags, variables and files: it is told at
// once. The zero value is ready.
type List struct {
	Flags []error // of the command line and the environment
	Files strict.Problems
}

// Error has a line for each.
func (r *List) Error() string {
	return strings.TrimPrefix(errors.Join(errors.Join(r.Flags...), r.Files.Err()).Error(), "\n")
}

// Add adds an error, or all those that errors.Join has joined.
func (r *List) Add(err error) {
	switch e := err.(type) {
	case nil:
	case *List:
		for _, one := range e.Flags {
			r.Add(one)
		}
		r.Files = append(r.Files, e.Files...)
	case strict.Problems:
		r.Files = append(r.Files, e...)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			r.Add(one)
		}
	default:
		if !slices.ContainsFunc(r.Flags, func(known error) bool { return known.Error() == err.Error() }) {
			r.Flags = append(r.Flags, err)
		}
	}
}

// AddUnlessKnown adds an error, without what is wrong with members of a file of which,
// or within which, something was wrong before: it may follow from that.
func (r *List) AddUnlessKnown(err error) {
	var more List
	more.Add(err)
	more.Files = slices.DeleteFunc(more.Files, func(p strict.Problem) bool {
		return slices.ContainsFunc(r.Files, func(known strict.Problem) bool { return known.File == p.File && IsWithin(known.Path, p.Path) })
	})
	r.Add(&more)
}

// IsWithin reports whether one of two paths is of a member of the other's.
func IsWithin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return a != "" && ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Join returns errors as one that tells all of them.
func Join(errs ...error) error {
	var all List
	for _, err := range errs {
		all.Add(err)
	}
	return all.Err()
}

// IsEmpty reports whether nothing was added.
func (r *List) IsEmpty() bool { return len(r.Flags) == 0 && len(r.Files) == 0 }

// Err returns what was added, nil for nothing.
func (r *List) Err() error {
	switch {
	case len(r.Flags) == 0:
		return r.Files.Sorted().Err()
	case len(r.Flags) == 1 && len(r.Files) == 0:
		return r.Flags[0]
	}
	return r
}
