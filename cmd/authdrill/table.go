package main

import "strings"

// table is rows of a name, a value and what it is about, the last under one
// another.
type table struct{ rows [][3]string }

func (t *table) row(name, value, about string) {
	t.rows = append(t.rows, [3]string{name, value, about})
}

func (t *table) show(v *voice) {
	wide := 30
	for _, r := range t.rows {
		if r[2] != "" {
			wide = max(wide, len(r[1]))
		}
	}
	for _, r := range t.rows {
		about := ""
		if r[2] != "" {
			about = v.dim(strings.Repeat(" ", wide+2-len(r[1])) + r[2])
		}
		v.print("  %-12s%s%s", r[0], r[1], about)
	}
}
