package redact_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// TestOtherWaysToEscape hides a secret that another program than this one escaped.
func TestOtherWaysToEscape(t *testing.T) {
	const secret = "C4n/ary+=7 <é😀>\"'&x"
	s := knowing(secret)
	each := func(format string) string {
		var out strings.Builder
		for _, b := range []byte(secret) {
			fmt.Fprintf(&out, format, b)
		}
		return out.String()
	}
	query := url.QueryEscape(secret)
	entities := func(quote, apostrophe string) string {
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, quote, "'", apostrophe).Replace(secret)
	}
	for name, form := range map[string]string{
		"small digits":         strings.ToLower(url.PathEscape("C4n/ary")) + "%2b%3d7%20%3c%c3%a9%f0%9f%98%80%3e%22%27%26x",
		"small digits of form": strings.NewReplacer("%2F", "%2f", "%2B", "%2b", "%3D", "%3d", "%3C", "%3c", "%3E", "%3e", "%C3%A9", "%c3%a9").Replace(query),
		"each byte":            each("%%%02X"),
		"twice":                url.QueryEscape(query),
		"thrice":               url.QueryEscape(url.QueryEscape(query)),
		"JSON in ASCII":        `C4n\/ary+=7 \u003C\u00E9\uD83D\ude00>\"'&x`,
		"JSON in a URL":        url.QueryEscape(`C4n\/ary+=7 <\u00e9\ud83d\ude00>\"'&x`),
		"HTML of Python":       entities("&quot;", "&#x27;"),
		"HTML of XML":          entities("&quot;", "&apos;"),
		"HTML by number":       entities("&#34;", "&#039;"),
		"bytes of Go":          each(`\x%02x`),
		"hexadecimal":          hex.EncodeToString([]byte(secret)),
		"capital hexadecimal":  strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"small letters":        strings.ToLower(secret),
		"capitals":             strings.ToUpper(secret),
	} {
		got := s.Hide("before=" + form + "&after=%41")
		if !strings.HasPrefix(got, "before=…") || !strings.HasSuffix(got, "&after=%41") || len(got) > len("before=…01234567&after=%41") {
			t.Errorf("%s: %s becomes %s", name, form, got)
		}
	}
}

// TestNoEscapeIsLost keeps a text without secrets as it was, whatever it escapes.
func TestNoEscapeIsLost(t *testing.T) {
	s := knowing("tr0ub4dor")
	for _, text := range []string{`100 %`, `%4`, `%zz`, `a\`, `\u12`, `\ud83d`, `\ud83d\u`, `\U99999999`, `\xg0`, "&", "&amp", "&nothing;", "&#x110000;", "%25252541", `{"a":"\\"}`} {
		if got := s.Hide(text); got != text {
			t.Errorf("%s becomes %s", text, got)
		}
		if got := s.Hide(text + " tr0ub4dor " + text); !strings.HasPrefix(got, text+" …") || !strings.HasSuffix(got, " "+text) {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// TestOtherCaseOfWords leaves words that a secret is in another case.
func TestOtherCaseOfWords(t *testing.T) {
	if got := knowing("Password", "Alice").Hide("password of alice"); got != "password of alice" {
		t.Error(got)
	}
}

// TestSecretWithEscapes hides a secret that has escapes of its own, to its end.
func TestSecretWithEscapes(t *testing.T) {
	const secret = `an0ther-secret-of-24-characters%2541&amp;\\u0041-end`
	s := knowing(secret)
	for _, form := range []string{secret, url.QueryEscape(secret), strings.ToLower(url.QueryEscape(secret))} {
		if got := s.Hide("<" + form + ">"); len(got) > len("<…01234567>") {
			t.Errorf("%s becomes %s", form, got)
		}
	}
}

func BenchmarkHideEscapes(b *testing.B) {
	s := knowing("app-secret", "tr0ub4dor", difficult)
	text := strings.Repeat(`GET /authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A9401%2Fcallback&scope=openid+email {\"want\":\"x\"} `, 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Hide(text)
	}
}
