package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/internal/check"
)

func even(n int) check.Finding {
	if n%2 != 0 {
		return check.Fail("an even number", "an odd one")
	}
	return check.Pass("even")
}

func small(n int) check.Finding {
	if n > 10 {
		return check.Fail("at most 10", "more")
	}
	return check.Pass("small")
}

func table() []check.Row[int] {
	return []check.Row[int]{{Name: "even", Check: even}, {Name: "small", Check: small}}
}

func by(mutant string, e check.Edit) check.Edit {
	e.Mutant = mutant
	return e
}

func failed(rows []check.Row[int], n int) string {
	row, _, ok := check.Run(rows, n)
	if ok {
		return ""
	}
	return row.Name
}

func TestRunStopsAtFirstFailure(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{2: "", 3: "even", 12: "small", 13: "even"} {
		if got := failed(table(), n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestEditsOfRows(t *testing.T) {
	t.Parallel()
	strict := table()
	inserted := check.Row[int]{Name: "not 4", Check: func(n int) check.Finding {
		if n == 4 {
			return check.Fail("another number", "4")
		}
		return check.Pass("")
	}}
	e := check.NewEdits([]check.Edit{
		by("odd-accepted", check.Remove("numbers", "even")),
		by("hundred-accepted", check.WrapRow("numbers", "small", func(strict func(int) check.Finding) func(int) check.Finding {
			return func(n int) check.Finding {
				if n == 100 {
					return check.Pass("100")
				}
				return strict(n)
			}
		})),
		by("four-refused", check.Insert("numbers", "even", inserted)),
	})
	rows := check.Table(e, "numbers", strict)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{3: "", 4: "not 4", 12: "small", 100: ""} {
		if got := failed(rows, n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if rows[0].LeftOut != "odd-accepted" || failed(strict, 3) != "even" {
		t.Error("the strict table was changed, or the removed row forgotten")
	}
}

func TestEditsOfOperationsCompose(t *testing.T) {
	t.Parallel()
	said := func(word string) check.Edit {
		return check.Wrap("greet", func(strict func() string) func() string {
			return func() string { return strict() + " " + word }
		})
	}
	e := check.NewEdits([]check.Edit{said("one"), said("two")})
	greet := check.Operation(e, "greet", func() string { return "hello" })
	if got := greet(); got != "hello one two" || e.Err() != nil {
		t.Errorf("%q, %v", got, e.Err())
	}
}

func TestPerformTakesTheFirstPlace(t *testing.T) {
	t.Parallel()
	instead := func(words string) check.Edit { return check.Perform("greet", func() string { return words }) }
	louder := check.Wrap("greet", func(strict func() string) func() string {
		return func() string { return strict() + "!" }
	})
	e := check.NewEdits([]check.Edit{louder, by("a", instead("hi"))})
	if got := check.Operation(e, "greet", func() string { return "hello" })(); got != "hi!" || e.Err() != nil {
		t.Errorf("%q, %v", got, e.Err())
	}
	e = check.NewEdits([]check.Edit{by("a", instead("hi")), by("b", instead("hey"))})
	check.Operation(e, "greet", func() string { return "hello" })
	if err := e.Err(); err == nil || err.Error() != "mutant b: operation greet was replaced by a already" {
		t.Error(err)
	}
}

func TestEditsThatCannotApply(t *testing.T) {
	t.Parallel()
	pass := func(int) check.Finding { return check.Pass("") }
	wrap := func(f func(int) check.Finding) func(int) check.Finding { return f }
	for want, edits := range map[string][]check.Edit{
		`mutant b: row "even" of table numbers was changed by a already`: {by("a", check.Remove("numbers", "even")), by("b", check.Replace("numbers", "even", pass))},
		`mutant c: row "even" of table numbers was changed by b already`: {by("b", check.WrapRow("numbers", "even", wrap)), by("c", check.Remove("numbers", "even"))},
		`mutant a: no row "odd" in table numbers`:                        {by("a", check.Remove("numbers", "odd"))},
		`mutant a: no table or operation "letters"`:                      {by("a", check.Remove("letters", "even"))},
		`mutant a: row "even": want a check of a int`:                    {by("a", check.Replace("numbers", "even", func(string) check.Finding { return check.Pass("") }))},
		`mutant a: table numbers wants a row of type`:                    {by("a", check.Insert("numbers", "", check.Row[string]{}))},
		`mutant a: operation greet wants a func`:                         {by("a", check.Wrap("greet", func(f func(int)) func(int) { return f }))},
	} {
		e := check.NewEdits(edits)
		check.Table(e, "numbers", table())
		check.Operation(e, "greet", func() string { return "" })
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	both := check.NewEdits([]check.Edit{by("a", check.WrapRow("numbers", "even", wrap)), by("b", check.WrapRow("numbers", "even", wrap))})
	check.Table(both, "numbers", table())
	if err := both.Err(); err != nil {
		t.Error(err)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"", "nonce-unchecked", "state-unchecked"}
	for word, want := range map[string]string{"nonce-uncheked": "nonce-unchecked", "sttae-unchecked": "state-unchecked", "wholly other": ""} {
		if got := check.Nearest(word, names); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	if !slices.Contains(names, check.Nearest("nonce-unchecked", names)) {
		t.Error("an exact name is not found")
	}
}
