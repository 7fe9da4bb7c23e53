package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLayers is how many times a text may be escaped in which secrets are still
// found: an address in a parameter of an address, in JSON.
const maxLayers = 3

// view is a text without its escapes, and where each of its bytes came from. A
// secret is in it as it is, however the one who wrote the text escapes: in small
// hexadecimal digits, character by character, or with another HTML entity.
type view struct {
	text    string
	origins []int // the place of each byte in the original, and of the end; nil where nothing was escaped
}

// escaping are the characters with which an escape begins.
const escaping = `%\&`

// canEscape reports whether a text can have an escape.
func canEscape(text string) bool { return strings.ContainsAny(text, escaping) }

// unescapeLayers removes at most that many layers of escapes from a text, and returns
// how many it had.
func unescapeLayers(text string, most int) (view, int) {
	v := view{text: text}
	for layers := range most {
		next, found := v.unescapeOnce()
		if !found {
			return v, layers
		}
		v = next
	}
	return v, most
}

// unescapedTexts returns a text without one, two and more layers of escapes.
func unescapedTexts(text string) []string {
	var out []string
	for layers := 1; layers <= maxLayers && canEscape(text); layers++ {
		v, n := unescapeLayers(text, 1)
		if n == 0 {
			break
		}
		text = v.text
		out = append(out, text)
	}
	return out
}

// unescapeOnce removes one layer of escapes, and reports whether the text had one.
func (v view) unescapeOnce() (view, bool) {
	var out strings.Builder
	var at []int
	from := 0
	keep := func(to int) {
		out.WriteString(v.text[from:to])
		for i := from; i < to; i++ {
			at = append(at, v.origin(i))
		}
		from = to
	}
	for i := strings.IndexAny(v.text, escaping); i >= 0; {
		short, n := decodeEscape(v.text[i:])
		if n > 0 {
			if at == nil {
				at = make([]int, 0, len(v.text)+1)
				out.Grow(len(v.text))
			}
			keep(i)
			out.WriteString(short)
			for range len(short) {
				at = append(at, v.origin(i))
			}
			from = i + n
		}
		next := strings.IndexAny(v.text[i+max(n, 1):], escaping)
		if next < 0 {
			break
		}
		i += max(n, 1) + next
	}
	if at == nil {
		return v, false
	}
	keep(len(v.text))
	return view{out.String(), append(at, v.origin(len(v.text)))}, true
}

// origin returns where a byte of the view was in the original text.
func (v view) origin(i int) int {
	if v.origins == nil {
		return i
	}
	return v.origins[i]
}

// decodeEscape returns the character of the escape at the beginning of a text, of a
// URL, of JSON and Go, or of HTML, and the escape's length: 0 if the text begins with
// none.
func decodeEscape(text string) (string, int) {
	switch text[0] {
	case '%':
		if b, ok := parseHex(text[1:], 2); ok {
			return string([]byte{byte(b)}), 3
		}
	case '\\':
		return decodeBackslash(text)
	case '&':
		const longest = 12 // of the entities that a program writes
		end := strings.IndexByte(text[:min(len(text), longest)], ';')
		if end < 0 {
			return "", 0
		}
		if plain := html.UnescapeString(text[:end+1]); plain != text[:end+1] {
			return plain, end + 1
		}
	}
	return "", 0
}

func decodeBackslash(text string) (string, int) {
	if len(text) < 2 {
		return "", 0
	}
	switch c := text[1]; c {
	case '"', '\'', '\\', '/':
		return text[1:2], 2
	case 'n', 't', 'r':
		return map[byte]string{'n': "\n", 't': "\t", 'r': "\r"}[c], 2
	case 'x':
		if b, ok := parseHex(text[2:], 2); ok {
			return string([]byte{byte(b)}), 4
		}
	case 'U':
		if r, ok := parseHex(text[2:], 8); ok && utf8.ValidRune(rune(r)) {
			return string(rune(r)), 10
		}
	case 'u':
		first, ok := parseHex(text[2:], 4)
		if !ok {
			return "", 0
		}
		if strings.HasPrefix(text[6:], `\u`) {
			second, ok := parseHex(text[8:], 4)
			if r := utf16.DecodeRune(rune(first), rune(second)); ok && r != utf8.RuneError {
				return string(r), 12
			}
		}
		return string(rune(first)), 6
	}
	return "", 0
}

// parseHex reads the digits at the beginning of a text.
func parseHex(text string, digits int) (uint64, bool) {
	if len(text) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:digits], 16, 31)
	return n, err == nil
}
