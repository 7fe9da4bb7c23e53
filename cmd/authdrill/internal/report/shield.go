package report

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// commandWord is what Azure and TeamCity read as a command, anywhere in a line.
var commandWord = regexp.MustCompile(`##([a-z]*\[)`)

// shield returns a document in which nothing steers a terminal or is a command to
// the CI that shows it as a log: a document can be written to standard output, and
// texts of an app and of a stranger's file are in it. In JSON and XML the same
// text is written in another way, elsewhere a dot takes its place. The text report
// has colours of its own, and the format github is commands: both guard their own
// texts.
func shield(format string, document []byte) []byte {
	colon, word := "·:", "#·$1"
	instead := func(rune) string { return "·" }
	switch format {
	case "github":
		return document
	case "text":
		instead = nil
	case "json", "ndjson", "sarif":
		word, instead = `#\u0023$1`, jsonEscape
	case "junit", "html":
		colon, word = "&#58;", "#&#35;$1"
		instead = func(r rune) string { return fmt.Sprintf("&#x%x;", r) }
	}
	if instead != nil && anySteers(document) {
		var out bytes.Buffer
		for _, r := range string(document) {
			if steers(r) {
				out.WriteString(instead(r))
			} else {
				out.WriteRune(r)
			}
		}
		document = out.Bytes()
	}
	document = withoutCommandLines(document, colon)
	if bytes.Contains(document, []byte("##")) {
		document = commandWord.ReplaceAll(document, []byte(word))
	}
	return document
}

// withoutCommandLines puts another text in place of the first colon of each line
// that begins with two, after blanks: GitHub reads a command there.
func withoutCommandLines(document []byte, colon string) []byte {
	var out []byte
	kept := 0
	for at := 0; ; at++ {
		next := bytes.Index(document[at:], []byte("::"))
		if next < 0 {
			break
		}
		at += next
		before := bytes.TrimRight(document[:at], " \t")
		if len(before) == 0 || before[len(before)-1] == '\n' {
			out = append(append(out, document[kept:at]...), colon...)
			kept = at + 1
		}
	}
	if kept == 0 {
		return document
	}
	return append(out, document[kept:]...)
}

// anySteers reports whether a document has a character that steers. Documents are
// large, and nearly all of them is ASCII.
func anySteers(document []byte) bool {
	for i := 0; i < len(document); {
		if b := document[i]; b >= ' ' && b < 0x7f || b == '\n' || b == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(document[i:])
		if steers(r) {
			return true
		}
		i += size
	}
	return false
}

// steers reports whether a character of a document is more than a sign on paper.
func steers(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }

// jsonEscape is a character as RFC 8259 section 7 writes it.
func jsonEscape(r rune) string {
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
