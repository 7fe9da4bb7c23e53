package strict

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Resource is what a Budget counts.
type Resource uint8

// The resources. Values are scalars, mappings, lists and keys; those of users and
// clients are plain data, which costs little, and counted apart.
const (
	Files        Resource = iota // files read
	Names                        // files and folders looked at, with those that lead there
	Bytes                        // bytes read
	Filled                       // bytes of texts with their ${names} filled in
	Values                       // values, with those of fragments, aliases and combinations
	Data                         // values below a key of plain data
	Secrets                      // values that are hidden, once for each combination
	Combinations                 // scenarios that a matrix makes
)

// Allowance is how much of a resource a Budget has: for one file, or for one
// scenario, and for all that is read together. One is 0 where only All bounds.
type Allowance struct {
	Resource Resource
	Name     string
	Of       string // what One is for
	One, All int
	hint     string
}

// MaxFile is the size in bytes of the largest file that is read.
const MaxFile = 8 << 20

// defaultAllowances are what a Budget has, in the order of the resources. In
// continuous integration a file may be a stranger's: these numbers keep it from
// costing more than a second and a hundred megabytes before it is refused.
func defaultAllowances() []Allowance {
	const whole = "file with its fragments"
	return []Allowance{
		{Files, "files", "", 0, 10_000, "read fewer at once"},
		{Names, "files and folders looked at", "", 0, 100_000, "name a smaller folder"},
		{Bytes, "bytes", "file", MaxFile, 64 << 20, "split it into several files"},
		{Filled, "bytes of filled-in texts", "", 0, 16 << 20, "use shorter values, or fewer combinations"},
		{Values, "values", whole, 100_000, 2_000_000, "split it, include less, or give the matrix fewer combinations"},
		{Data, "values of users and clients", whole, 250_000, 2_500_000, "keep those that are used"},
		{Secrets, "passwords and other secrets", whole, 20_000, 100_000, "leave out passwords that do not matter"},
		{Combinations, "combinations", "scenario", 10_000, 50_000, "give the matrix fewer values, or exclude some"},
	}
}

// The limits of a single text or structure, whatever is left of the budget.
const (
	MaxDepth    = 64      // mappings and lists within each other
	MaxAliased  = 10_000  // values that aliases repeat, in one document
	MaxText     = 1 << 20 // bytes of a text with its ${names} filled in
	MaxProblems = 100     // problems of one file that are kept
	MaxSteps    = 64      // folders and links on the way to one file
	MaxPattern  = 5_000   // steps of a regular expression, repetitions written out
)

// isData reports whether a key of a document holds plain data.
func isData(key string) bool { return key == "users" || key == "clients" }

// Budget bounds what reading may cost, over all that is read with it, and ends
// it with its context. It is for one goroutine.
type Budget struct {
	Context context.Context

	// Allowances are what there is of each resource. They may be changed before the
	// budget is used, for files of which it is known what they hold.
	Allowances []Allowance

	used []int
}

// NewBudget returns a budget of which nothing is used yet.
func NewBudget(ctx context.Context) *Budget {
	all := defaultAllowances()
	return &Budget{Context: ctx, Allowances: all, used: make([]int, len(all))}
}

// Take uses n of a resource for one document, as often as it is repeated. Repeated no
// times it takes nothing, and refuses only what is too much for one file. The error is
// a Problem without a place, and then nothing is used, so that a document after a
// refused one has its chance; or it is that of the context.
func (b *Budget) Take(r Resource, n, times int) error {
	if err := b.Context.Err(); err != nil {
		return err
	}
	a := b.Allowances[r]
	if a.One > 0 && n > a.One {
		return a.tooMany(n)
	}
	if left := a.All - b.used[r]; n > 0 && times > left/n {
		text := "more than " + Thousands(a.All) + " " + a.Name + " in all that is read together"
		if times > 1 {
			text += ": " + Thousands(n) + " for each of " + Thousands(times) + " combinations here"
		}
		return Problem{Rule: Limit, Message: text, Hint: a.hint}
	}
	b.used[r] += n * times
	return nil
}

// tooMany is the error for one file or scenario that has n, 0 if it was not
// counted to its end.
func (a Allowance) tooMany(n int) Problem {
	text := "more than " + Thousands(a.One) + " " + a.Name + " in one " + a.Of
	if n > 0 {
		text += ": " + Thousands(n)
	}
	return Problem{Rule: Limit, Message: text, Hint: a.hint}
}

// exceeded makes a problem of an error of Take at a value.
func (n *Node) exceeded(err error) Problem {
	var limit Problem
	if !errors.As(err, &limit) {
		limit.Message = err.Error()
	}
	return n.Problem(Limit, limit.Hint, "%s", limit.Message)
}

// Thousands writes a number with a comma for each thousand.
func Thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return Thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}
