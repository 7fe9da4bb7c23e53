package strict

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
)

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
	folded := vocabulary.Fold(name)
	for _, c := range candidates {
		if len(c) > longest {
			continue
		}
		if vocabulary.Fold(c) == folded {
			return c, true
		}
		if at > max(len(name), len(c)) || len(candidates) > many {
			continue
		}
		if d := vocabulary.Distance(name, c); d < at && d < len(c) {
			best, at = c, d
		}
	}
	return best, best != ""
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
		shown = append(shown, shortenText(c))
	}
	if len(candidates) > most {
		shown = append(shown, "…")
	}
	return "known are " + strings.Join(shown, ", ")
}
