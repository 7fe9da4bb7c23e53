package strict

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is a stranger's text, such as what an app wrote or a file says, as it
// can be shown anywhere, in one line. What is not a letter, mark, number, sign or
// space is shown as a dot: control characters, line ends and marks that turn the
// direction of writing. And nothing in it is a command to the CI that shows it:
// neither :: at its beginning (GitHub) nor ##[, ##vso[ or ##teamcity[ (Azure,
// TeamCity).
func Printable(s string) string { return strings.ReplaceAll(printable(s), "\t", " ") }

// printable is Printable with the tabs of a source line, which align its caret.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != '\t' && (r == utf8.RuneError || !unicode.IsPrint(r)) {
			return '·'
		}
		return r
	}, s)
	if strings.Contains(s, "##") {
		s = command.ReplaceAllString(s, "#·$1")
	}
	if strings.HasPrefix(strings.TrimLeft(s, " \t"), "::") {
		s = strings.Replace(s, "::", "·::", 1)
	}
	return s
}

// command is what Azure and TeamCity read as one, wherever it is in a line.
var command = regexp.MustCompile(`##([a-z]*\[)`)
