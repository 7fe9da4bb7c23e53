package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// escapedForms returns the forms of a text in URLs, JSON, Go, HTML and on terminals,
// the text itself first.
func escapedForms(text string) []string {
	out := []string{text}
	if strings.IndexFunc(text, func(r rune) bool { return !isUnreserved(r) }) < 0 {
		return out
	}
	add := func(form string) {
		if form != text && !slices.Contains(out, form) {
			out = append(out, form)
		}
	}
	add(url.QueryEscape(text))
	add(url.PathEscape(text))
	add(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))
	if raw, err := json.Marshal(text); err == nil {
		add(strings.Trim(string(raw), `"`)) // with < and & escaped, as encoding/json does
	}
	for _, quoted := range []string{strconv.Quote(text), strconv.QuoteToASCII(text), plainJSON(text)} {
		add(quoted[1 : len(quoted)-1])
	}
	add(html.EscapeString(text))
	for _, form := range slices.Clone(out) {
		add(strict.Printable(form))
		parts := strings.Split(form, "\t") // as a source line keeps them
		for i := range parts {
			parts[i] = strict.Printable(parts[i])
		}
		add(strings.Join(parts, "\t"))
	}
	return out
}

// changedForms returns the forms that programs make of a part of another text:
// hexadecimal digits, and other cases, as in host names and header fields. A text that
// is short, or much like a word, has no other cases: they would be words.
func changedForms(text string) []string {
	out := []string{hex.EncodeToString([]byte(text))}
	out = append(out, strings.ToUpper(out[0]))
	if strings.Contains(text, " ") {
		out = append(out, strings.ReplaceAll(text, " ", "+"))
	}
	if len(text) >= minEncoded && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) >= 0 {
		out = append(out, strings.ToLower(text), strings.ToUpper(text))
	}
	return out
}

// plainJSON returns a text as JSON that does not escape < and &.
func plainJSON(text string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil {
		return `""`
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// minEncoded is how many characters of base64 tell a secret from chance.
const minEncoded = 8

// base64Forms returns the parts of base64 that show a text wherever it is in the
// encoded text, as the password follows the user's name in Basic credentials (RFC 7617
// section 2). Three bytes become four characters, so the text can start at three
// offsets, and the neighbours of both ends change the last character there.
func base64Forms(text string) []string {
	var out []string
	for offset := range 3 {
		skipped := (3 - offset) % 3
		if len(text) < skipped {
			continue
		}
		inner := text[skipped:]
		inner = inner[:len(inner)/3*3]
		out = append(out, base64Alphabets([]byte(inner))...)
	}
	out = slices.DeleteFunc(out, func(form string) bool { return len(form) < minEncoded })
	return append(out, base64Alphabets([]byte(text))...) // without neighbours
}

// base64Alphabets returns bytes in the two alphabets of base64 (RFC 4648 sections 4
// and 5), and the first one escaped for a URL.
func base64Alphabets(raw []byte) []string {
	standard := strings.TrimRight(base64.StdEncoding.EncodeToString(raw), "=")
	out := []string{standard}
	if strings.ContainsAny(standard, "+/") {
		out = append(out, base64.RawURLEncoding.EncodeToString(raw), url.QueryEscape(standard))
	}
	return out
}

// basicCredentials returns the Basic credentials of an identifier and a secret, also
// with both escaped before, as RFC 6749 section 2.3.1 requires.
func basicCredentials(id, secret string) []string {
	out := base64Alphabets([]byte(id + ":" + secret))
	return append(out, base64Alphabets([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))...)
}

// isUnreserved reports whether a character is the same in every form (RFC 3986
// section 2.3).
func isUnreserved(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r)
}

// isBase64 leaves / out, which also ends a part of a path.
func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '_'
}
