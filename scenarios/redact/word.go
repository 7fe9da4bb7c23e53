package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minWordLength is how many characters a short secret has at least that is hidden
// wherever it is a word. Shorter ones, such as numbers, are hidden as values.
const minWordLength = 3

// words are secrets that are too short to be hidden wherever they appear, in all
// their forms. The zero value has none.
type words struct {
	texts   map[string]bool
	lengths []int // of the texts, the longest first
}

func (w *words) add(forms []string) {
	for _, form := range forms {
		if w.texts == nil {
			w.texts = map[string]bool{}
		}
		w.texts[form] = true
		if !slices.Contains(w.lengths, len(form)) {
			w.lengths = append(w.lengths, len(form))
			slices.SortFunc(w.lengths, func(a, b int) int { return b - a })
		}
	}
}

// hide replaces each short secret where it is a whole word; one of one or two
// characters where it is the whole text, in quotes, or the value behind =.
func (w *words) hide(text string) string {
	const tag = "…" // a digest of something so short would tell what it is
	if len(w.texts) == 0 {
		return text
	}
	if w.texts[text] {
		return tag
	}
	var out strings.Builder
	at := 0
	for i := 0; i < len(text); i++ {
		if n := w.lengthAt(text, i); n > 0 {
			out.WriteString(text[at:i])
			out.WriteString(tag)
			at = i + n
			i = at - 1
		}
	}
	if at == 0 {
		return text
	}
	out.WriteString(text[at:])
	return out.String()
}

// lengthAt returns the length of the secret that is whole at a place of a text, or 0.
func (w *words) lengthAt(text string, i int) int {
	for _, n := range w.lengths {
		if i+n <= len(text) && w.texts[text[i:i+n]] && isWhole(text[:i], text[i:i+n], text[i+n:]) {
			return n
		}
	}
	return 0
}

// isWhole reports whether a short secret is a whole word or value between the texts
// before and after it.
func isWhole(before, short, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case (last == '"' || last == '\'') && next == last:
		return true
	case last == '=' && (after == "" || strings.ContainsRune(`&,; "'`+"\n", next)):
		return true
	case len(short) < minWordLength:
		return false
	}
	first, _ := utf8.DecodeRuneInString(short)
	end, _ := utf8.DecodeLastRuneInString(short)
	return !(isWordChar(last) && isWordChar(first)) && !(isWordChar(next) && isWordChar(end))
}

func isWordChar(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
