package tag

import (
	"regexp"
	"strings"
)

// Words shortens every word of a text that looks like a token: in a path,
// where no name says what a part is, looks are all there is.
func Words(s string) string {
	return mapWords(s, func(word string) string {
		if looksLikeToken(word) || looksLikeJWT(word) {
			return Of(word)
		}
		return word
	})
}

// JWTs shortens every JWT in a text. What is random and no JWT may be what
// everybody is to see, such as a state or a code challenge.
func JWTs(s string) string {
	if !strings.Contains(s, "eyJ") {
		return s
	}
	return mapWords(s, func(word string) string {
		if looksLikeJWT(word) {
			return Of(word)
		}
		return word
	})
}

// mapWords replaces each word of a text, a run of the characters of which tokens
// are made (RFC 6750 section 2.1, without those that separate).
func mapWords(s string, change func(string) string) string {
	if len(s) < fewest {
		return s
	}
	var out strings.Builder
	at := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && tokenCharacter(s[i]) {
			continue
		}
		word := s[at:i]
		if len(word) >= fewest {
			word = change(word)
		}
		out.WriteString(word)
		if i < len(s) {
			out.WriteByte(s[i])
		}
		at = i + 1
	}
	return out.String()
}

func tokenCharacter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~+", c) >= 0
}

// fewest is how many characters a token has at least: 128 bits in base64url, as
// hard to guess as RFC 6749 section 10.10 asks.
const fewest = 22

// uuid is what an identifier of a tenant or a user often is, and no token.
var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// issuedBegins are how well-known providers begin their tokens and keys, so that
// they are found where they leak.
var issuedBegins = []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxe-", "sk_live_", "sk_test_", "ya29.", "GOCSPX-", "npm_", "pypi-"}

// looksLikeToken reports whether a word is most likely made of randomness: in
// words that people write, small letters, capitals and digits come in runs. One
// without capitals must be longer and in one piece, as hexadecimal tokens are:
// names that are made for addresses look like rs256-es256-ps384.
func looksLikeToken(word string) bool {
	if len(word) < fewest {
		return false
	}
	for _, begin := range issuedBegins {
		if strings.HasPrefix(word, begin) {
			return true
		}
	}
	var seen [4]int
	pairs, changes, last := 0, 0, 0
	for i := range len(word) {
		class := 0
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			class = 1
		case c >= 'A' && c <= 'Z':
			class = 2
		case c >= '0' && c <= '9':
			class = 3
		}
		seen[class]++
		if class != 0 && last != 0 {
			pairs++
			if class != last {
				changes++
			}
		}
		last = class
	}
	switch {
	case len(word) >= 32 && seen[3] > 0 && seen[1]+seen[2] > 0 && isHexadecimal(word):
		return true
	case changes < 4:
		return false
	case seen[1] == 0 || seen[2] == 0:
		return changes*5 >= pairs && seen[0] == 0 && len(word) >= 32
	}
	return changes*6 >= pairs && !uuid.MatchString(word)
}

func isHexadecimal(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }) < 0
}

// looksLikeJWT reports whether a word is a JWT, signed, encrypted or neither
// (RFC 7515 section 7.1, RFC 7516 section 7.1): parts between dots, the first a
// JSON object in base64url.
func looksLikeJWT(word string) bool {
	dots := strings.Count(word, ".")
	return strings.HasPrefix(word, "eyJ") && (dots == 2 || dots == 4)
}
