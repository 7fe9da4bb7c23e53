package protocol

import "strings"

// IsScope reports whether a text can be one scope: RFC 6749 appendix A.4 has no spaces,
// quotes and backslashes in it.
func IsScope(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}
