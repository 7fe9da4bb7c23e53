package report

import (
	"strings"
	"unicode"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Printable is a text in one line that cannot steer a terminal or command a CI:
// see strict.Printable.
func Printable(s string) string { return strict.Printable(s) }

// lines are the lines of a text, each printable, without empty ones at its end.
func lines(s string) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	out := strings.Split(s, "\n")
	for i := range out {
		out[i] = strings.TrimRight(Printable(out[i]), " ")
	}
	return out
}

// columns is how many columns of a terminal a text takes: none for marks that
// combine with the letter before, two for the scripts of East Asia and emoji.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < 0x1100:
		return 1
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana),
		r >= 0x3000 && r <= 0x303e, // CJK punctuation
		r >= 0xff01 && r <= 0xff60, // full-width forms
		r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff: // emoji
		return 2
	}
	return 1
}

// pad fills a text with spaces up to a column.
func pad(s string, to int) string {
	return s + strings.Repeat(" ", max(0, to-columns(s)))
}

// shorten cuts a text to so many columns, the last of them an ellipsis.
func shorten(s string, to int) string {
	if columns(s) <= to {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeColumns(r); n > to-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}
