package protocol

import (
	"fmt"
	"strings"
)

// isScope reports whether a text can be one scope: RFC 6749 appendix A.4 has no spaces,
// quotes and backslashes in it.
func isScope(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

// CheckScope refuses what no request can have as a scope.
func CheckScope(scope string) error {
	if isScope(scope) {
		return nil
	}
	return fmt.Errorf("%q cannot be a scope: want letters, digits and signs, without spaces, quotes and backslashes (RFC 6749 appendix A.4)", scope)
}
