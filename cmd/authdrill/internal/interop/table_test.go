package interop

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	readme = "../../../../testdata/clients/README.md"
	begins = "<!-- the clients: go test ./cmd/authdrill/internal/interop -update -->\n"
	ends   = "<!-- end of the clients -->\n"
	head   = "| client | language | version | signs in at | does | refuses | tier |\n|---|---|---|---|---|---|---|\n"
)

// hold compares the rows of what was played with the table of a file, or writes
// them there. Rows of clients that were not played stay as they are.
func (r *results) hold(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begins)
	table, after, ended := strings.Cut(rest, ends)
	if !found || !ended {
		t.Fatalf("%s has no table between %q and %q", file, begins, ends)
	}
	rows := map[string]string{}
	for row := range strings.Lines(strings.TrimPrefix(table, head)) {
		rows[key(row)] = row
	}
	var out strings.Builder
	for _, c := range clients() {
		name := key(c.row(proof{}))
		row, there := rows[name]
		delete(rows, name)
		if p, played := r.proven[c.name()]; played && c.row(p) != row {
			if !*update {
				t.Errorf("%s has\n%swant\n%s", file, row, c.row(p))
			}
			row = c.row(p)
		} else if !played && !there {
			t.Errorf("%s has no row for %s: play it with -update", file, c.name())
		}
		out.WriteString(row)
	}
	for _, row := range rows {
		if !*update {
			t.Errorf("%s has a row of a client that is not tried: %s", file, row)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begins+head+out.String()+ends+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// key is what tells a row from the others: library, language and provider.
func key(row string) string {
	cells := strings.Split(row, "|")
	if len(cells) < 5 {
		return row
	}
	return cells[1] + cells[2] + cells[4]
}

// row is a client's line of the table.
func (c client) row(p proof) string {
	does, refusals := []string{}, []string{}
	for _, word := range words() {
		switch {
		case !slices.Contains(p.cases, word):
		case refuses(word):
			refusals = append(refusals, told(word))
		default:
			does = append(does, told(word))
		}
	}
	if c.system {
		p.version = "the system's"
	}
	where, tier := "the specifications", "short"
	if c.persona != "" {
		where = c.persona
	}
	if c.named {
		where += ", real host names"
	}
	if c.long {
		tier = "long"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |\n", c.library, c.language, p.version, where, strings.Join(does, ", "), strings.Join(refusals, ", "), tier)
}

// told is a case in the table's words.
func told(word string) string {
	switch word {
	case clientToken:
		return "client credentials"
	case verify:
		return "checks access tokens"
	case denial:
		return "a denial"
	case tampered:
		return "a forged ID token"
	case verifyTampered:
		return "a forged access token"
	case expired:
		return "an expired token"
	case withdrawn:
		return "a withdrawn permission"
	case refreshRefused:
		return "a refused refresh"
	case unasked:
		return "an unasked answer"
	default:
		return word
	}
}
