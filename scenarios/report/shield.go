package report

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// What a CI reads as a command in the log of a job: :: at the beginning of a
// line (GitHub), and ##[, ##vso[ or ##teamcity[ anywhere (Azure, TeamCity).
var (
	commandLine = regexp.MustCompile(`(?m)^([ \t]*):(:)`)
	commandWord = regexp.MustCompile(`##([a-z]*\[)`)
)

// shield returns a document in which nothing steers a terminal or is a command to
// the CI that shows it as a log: a document can be written to standard output, and
// texts of an app and of a stranger's file are in it. In JSON and XML the same
// text is written in another way. The format github is commands, and guards its
// own texts.
func shield(format string, document []byte) []byte {
	start, word := "$1·:$2", "#·$1"
	switch format {
	case "github":
		return document
	case "json", "ndjson", "sarif":
		document, word = escaped(document), `#\u0023$1`
	case "junit", "html":
		start, word = "$1&#58;$2", "#&#35;$1"
	}
	if bytes.Contains(document, []byte("::")) {
		document = commandLine.ReplaceAll(document, []byte(start))
	}
	if bytes.Contains(document, []byte("##")) {
		document = commandWord.ReplaceAll(document, []byte(word))
	}
	return document
}

// escaped is a JSON document whose texts have no character that is not printable,
// but the escape of RFC 8259 section 7 in its place.
func escaped(document []byte) []byte {
	steers := func(r rune) bool { return r >= utf8.RuneSelf && !unicode.IsPrint(r) }
	if bytes.IndexFunc(document, steers) < 0 {
		return document
	}
	var out bytes.Buffer
	for _, r := range string(document) {
		switch {
		case !steers(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}
