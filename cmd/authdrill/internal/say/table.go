package say

import "strings"

// Table is rows of a name, a value and what it is about, the last under one
// another.
type Table struct{ rows [][3]string }

// Row adds a row.
func (t *Table) Row(name, value, about string) {
	t.rows = append(t.rows, [3]string{name, value, about})
}

// Show prints the rows.
func (t *Table) Show(v *Voice) {
	wide := 30
	for _, r := range t.rows {
		if r[2] != "" {
			wide = max(wide, len(r[1]))
		}
	}
	for _, r := range t.rows {
		about := ""
		if r[2] != "" {
			about = v.Dim(strings.Repeat(" ", wide+2-len(r[1])) + r[2])
		}
		v.Print("  %-12s%s%s", r[0], r[1], about)
	}
}
