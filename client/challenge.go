package client

import (
	"net/http"
	"strings"
)

// Challenge is a WWW-Authenticate header (RFC 9110 section 11.6.1, RFC 6750 section 3).
type Challenge struct {
	Scheme           string
	Realm            string
	Error            string
	ErrorDescription string
	ErrorURI         string
	Scope            string
	ResourceMetadata string            // RFC 9728 section 5.1
	Params           map[string]string // every parameter, names in lower case
}

// ParseChallenge reads the WWW-Authenticate headers (RFC 9110 section 11.6.1): of several
// challenges that of Bearer, else the first.
func ParseChallenge(h http.Header) *Challenge {
	var found *Challenge
	for _, line := range h.Values("WWW-Authenticate") {
		for _, ch := range splitChallenges(line) {
			if found == nil || strings.EqualFold(ch.Scheme, "Bearer") && !strings.EqualFold(found.Scheme, "Bearer") {
				found = ch
			}
		}
	}
	if found != nil {
		p := found.Params
		found.Realm, found.Error, found.ErrorDescription = p["realm"], p["error"], p["error_description"]
		found.ErrorURI, found.Scope, found.ResourceMetadata = p["error_uri"], p["scope"], p["resource_metadata"]
	}
	return found
}

// splitChallenges takes a header apart. A word that is followed by "=" is a
// parameter, any other begins a challenge.
func splitChallenges(line string) []*Challenge {
	var out []*Challenge
	for rest := strings.TrimLeft(line, " \t,"); rest != ""; rest = strings.TrimLeft(rest, " \t,") {
		end := strings.IndexFunc(rest, func(r rune) bool { return !isTokenRune(r) })
		if end < 0 {
			end = len(rest)
		}
		if end == 0 {
			return out // not a header that can be read
		}
		word := rest[:end]
		after := strings.TrimLeft(rest[end:], " \t")
		if !strings.HasPrefix(after, "=") || len(out) == 0 {
			out = append(out, &Challenge{Scheme: word, Params: map[string]string{}})
			rest = rest[end:]
			continue
		}
		var value string
		value, rest = challengeValue(strings.TrimLeft(after[1:], " \t"))
		out[len(out)-1].Params[strings.ToLower(word)] = value
	}
	return out
}

// challengeValue reads a token or a quoted text, and returns what follows it.
func challengeValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		if end := strings.IndexAny(s, ", \t"); end >= 0 {
			return s[:end], s[end:]
		}
		return s, ""
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

func isTokenRune(r rune) bool {
	return r < 0x7f && r > ' ' && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}
