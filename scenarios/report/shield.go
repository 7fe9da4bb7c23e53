package report

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf16"
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
// text is written in another way, elsewhere a dot takes its place. The text report
// has colours of its own, and the format github is commands: both guard their own
// texts.
func shield(format string, document []byte) []byte {
	start, word := "$1·:$2", "#·$1"
	instead := func(rune) string { return "·" }
	switch format {
	case "github":
		return document
	case "text":
		instead = nil
	case "json", "ndjson", "sarif":
		word, instead = `#\u0023$1`, jsonEscape
	case "junit", "html":
		start, word = "$1&#58;$2", "#&#35;$1"
		instead = func(r rune) string { return fmt.Sprintf("&#x%x;", r) }
	}
	if instead != nil && bytes.IndexFunc(document, steers) >= 0 {
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
	if bytes.Contains(document, []byte("::")) {
		document = commandLine.ReplaceAll(document, []byte(start))
	}
	if bytes.Contains(document, []byte("##")) {
		document = commandWord.ReplaceAll(document, []byte(word))
	}
	return document
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
