package check

import (
	"errors"
	"fmt"
	"slices"
)

// Edit is one change to a client: of a row of a table, or of an operation.
type Edit struct {
	Mutant string // whose edit it is, for messages and LeftOut

	part string // name of the table or of the operation
	row  string // "" for an operation
	kind kind
	with any // func(func(T) Finding) func(T) Finding, Row[T], func(F) F or F
}

type kind string

const (
	remove  kind = "remove"
	replace kind = "replace"
	wrap    kind = "wrap"
	insert  kind = "insert"
	operate kind = "operate"
	perform kind = "perform"
)

// Remove leaves a row out.
func Remove(table, row string) Edit { return Edit{part: table, row: row, kind: remove} }

// Replace puts another check in the place of a row's.
func Replace[T any](table, row string, f func(T) Finding) Edit {
	return Edit{part: table, row: row, kind: replace, with: f}
}

// WrapRow makes a check out of a row's check.
func WrapRow[T any](table, row string, f func(strict func(T) Finding) func(T) Finding) Edit {
	return Edit{part: table, row: row, kind: wrap, with: f}
}

// Insert adds a row after another, or in front of all if after is "".
func Insert[T any](table, after string, row Row[T]) Edit {
	return Edit{part: table, row: after, kind: insert, with: row}
}

// Wrap makes an operation out of an operation. F is its function type.
func Wrap[F any](operation string, f func(strict F) F) Edit {
	return Edit{part: operation, kind: operate, with: f}
}

// Perform puts another function in the place of an operation. Operations that are
// wrapped as well wrap that one.
func Perform[F any](operation string, with F) Edit {
	return Edit{part: operation, kind: perform, with: with}
}

// exclusive reports whether no other edit may change the same row: of a row that
// is removed or replaced, nothing is left to change.
func (e Edit) exclusive() bool { return e.kind == remove || e.kind == replace }

// Edits are the changes to one client, while it is built. The zero value has
// none.
type Edits struct {
	list []Edit
	used []bool
	errs []error
}

// NewEdits returns edits that are applied in the order given.
func NewEdits(list []Edit) *Edits {
	return &Edits{list: list, used: make([]bool, len(list))}
}

// Table returns a table with the edits of that name applied.
func Table[T any](e *Edits, name string, strict []Row[T]) []Row[T] {
	table := slices.Clone(strict)
	touched := map[string]Edit{}
	for _, edit := range e.take(name) {
		at := slices.IndexFunc(table, func(r Row[T]) bool { return r.Name == edit.row })
		other, twice := touched[edit.row]
		var err error
		switch {
		case edit.kind == insert && (at >= 0 || edit.row == ""):
			table, err = inserted(table, at+1, edit)
		case at < 0:
			err = fmt.Errorf("no row %q in table %s", edit.row, name)
		case twice && (edit.exclusive() || other.exclusive()):
			err = fmt.Errorf("row %q of table %s was changed by %s already", edit.row, name, other.Mutant)
		default:
			touched[edit.row] = edit
			err = edited(&table[at], edit)
		}
		if err != nil {
			e.fail(edit, err)
		}
	}
	return table
}

// inserted returns a table with a row more.
func inserted[T any](table []Row[T], at int, edit Edit) ([]Row[T], error) {
	row, ok := edit.with.(Row[T])
	if !ok {
		return table, fmt.Errorf("table %s wants a row of type %T, got %T", edit.part, row, edit.with)
	}
	return slices.Insert(table, at, row), nil
}

// edited changes one row.
func edited[T any](row *Row[T], edit Edit) error {
	switch edit.kind {
	case remove:
		row.LeftOut = edit.Mutant
		return nil
	case replace:
		if f, ok := edit.with.(func(T) Finding); ok {
			row.Check = f
			return nil
		}
	case wrap:
		if f, ok := edit.with.(func(func(T) Finding) func(T) Finding); ok {
			row.Check = f(row.Check)
			return nil
		}
	}
	return fmt.Errorf("row %q: want a check of a %T, got %T", row.Name, *new(T), edit.with)
}

// Operation returns an operation with the edits of that name applied: first the
// function that takes its place, then those that wrap it.
func Operation[F any](e *Edits, name string, strict F) F {
	edits := e.take(name)
	var replaced string
	for _, edit := range edits {
		if edit.kind != perform {
			continue
		}
		with, ok := edit.with.(F)
		if !ok {
			e.fail(edit, fmt.Errorf("operation %s wants a %T, got %T", name, with, edit.with))
			continue
		}
		if replaced != "" {
			e.fail(edit, fmt.Errorf("operation %s was replaced by %s already", name, replaced))
			continue
		}
		strict, replaced = with, edit.Mutant
	}
	for _, edit := range edits {
		if edit.kind == perform {
			continue
		}
		f, ok := edit.with.(func(F) F)
		if !ok || edit.kind != operate {
			e.fail(edit, fmt.Errorf("operation %s wants a %T, got %T", name, f, edit.with))
			continue
		}
		strict = f(strict)
	}
	return strict
}

// take returns the edits of a part.
func (e *Edits) take(part string) []Edit {
	var out []Edit
	for i, edit := range e.list {
		if edit.part == part {
			out, e.used[i] = append(out, edit), true
		}
	}
	return out
}

func (e *Edits) fail(edit Edit, why error) {
	e.errs = append(e.errs, fmt.Errorf("mutant %s: %w", edit.Mutant, why))
}

// Err returns what was wrong with the edits: parts and rows that do not exist,
// functions of another type, and conflicts. Call it when every part is built.
func (e *Edits) Err() error {
	errs := e.errs
	for i, edit := range e.list {
		if !e.used[i] {
			errs = append(errs, fmt.Errorf("mutant %s: no table or operation %q", edit.Mutant, edit.part))
		}
	}
	return errors.Join(errs...)
}
