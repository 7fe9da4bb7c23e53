package strict

import (
	"fmt"
	"strings"
	"unicode"
)

// Distance counts the slips of the keyboard between two names: letters added,
// left out, replaced, or swapped with their neighbour (optimal string
// alignment, where a swapped pair counts one).
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}

// Nearest returns the candidate that name was most likely meant to be: one in
// another case or with other separators, else the nearest within two slips,
// or a third of the name's length if that is more.
//
// Among more than a thousand only the former is looked for.
func Nearest(name string, candidates []string) (string, bool) {
	const longest, many = 64, 1_000
	if len(name) > longest {
		return "", false
	}
	best, at := "", max(2, len([]rune(name))/3)+1
	folded := fold(name)
	for _, c := range candidates {
		if len(c) > longest {
			continue
		}
		if fold(c) == folded {
			return c, true
		}
		if at > max(len(name), len(c)) || len(candidates) > many {
			continue
		}
		if d := Distance(name, c); d < at && d < len(c) {
			best, at = c, d
		}
	}
	return best, best != ""
}

// fold is a name in small letters and without separators.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// Suggest is the remedy for a name that is none of the candidates: the nearest
// one, or what there is.
func Suggest(name string, candidates []string) string {
	if near, ok := Nearest(name, candidates); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	const most = 16
	if len(candidates) == 0 {
		return ""
	}
	shown := make([]string, 0, most+1)
	for _, c := range candidates[:min(len(candidates), most)] {
		shown = append(shown, cut(c))
	}
	if len(candidates) > most {
		shown = append(shown, "…")
	}
	return "known are " + strings.Join(shown, ", ")
}
