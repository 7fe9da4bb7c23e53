// Package check has the tables of checks and operations that the client is made of.
//
// A Row is one check: its name, its clause of a specification, and the function that
// makes it. A mutant, a client with a known bug, differs from the strict client by a
// list of Edits, each of which changes one row or one operation. Begin with Row and
// Edit.
package check

// Row is one check of a table.
type Row[T any] struct {
	Name  string // as a Rejection names it
	Spec  string // the clause
	Check func(T) Finding

	// LeftOut names the mutant that removed the check; "" in the strict client.
	LeftOut string
}

// Outcome is the result of a check.
type Outcome int

// The outcomes of a check.
const (
	Passed        Outcome = iota
	NotApplicable         // the clause does not apply to this subject
	Failed
)

// Finding is what a check found.
type Finding struct {
	Outcome Outcome
	Detail  string // what was seen, in a few words
	Want    string // if it failed
	Got     string

	// Name and Spec replace those of the row, where a check is of several clauses.
	Name, Spec string
	// Err, if set, is the refusal itself, or an operation that failed.
	Err error
}

// Pass is the finding of a check that passed.
func Pass(detail string) Finding { return Finding{Detail: detail} }

// NotFor is the finding of a check that does not apply.
func NotFor(detail string) Finding { return Finding{Outcome: NotApplicable, Detail: detail} }

// Fail is the finding of a check that failed.
func Fail(want, got string) Finding { return Finding{Outcome: Failed, Want: want, Got: got} }

// Error is the finding of a check that failed with a refusal of its own.
func Error(err error) Finding { return Finding{Outcome: Failed, Err: err} }

// Run makes the checks of a table in order, up to the first that fails. It
// returns that row and its finding; ok reports that none failed.
func Run[T any](table []Row[T], subject T) (row *Row[T], f Finding, ok bool) {
	for i := range table {
		if table[i].LeftOut != "" {
			continue
		}
		if f := table[i].Check(subject); f.Outcome == Failed {
			return &table[i], f, false
		}
	}
	return nil, Finding{}, true
}
