package say

import "strings"

// Pad fills a text up with spaces, at least one.
func Pad(s string, width int) string { return s + strings.Repeat(" ", max(1, width-len(s))) }

// Wrap breaks a text into lines that begin at a column.
func Wrap(s string, column int) string {
	const width = 120
	var out strings.Builder
	at := column
	for i, word := range strings.Fields(s) {
		switch {
		case i == 0:
		case at+1+len(word) > width:
			out.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		default:
			out.WriteString(" ")
			at++
		}
		out.WriteString(word)
		at += len(word)
	}
	return out.String()
}
