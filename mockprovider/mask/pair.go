package mask

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/tag"
)

// pair is a name and its value in a query or a form.
var pair = regexp.MustCompile(`([A-Za-z0-9_.%-]+)(?:\[\]|%5[Bb]%5[Dd])?=([^&;#\s"'<>]+)`)

// redactPairs shortens the values of secret names in a text that is a form, or has
// a URL with a query.
func redactPairs(s string) string {
	if !strings.Contains(s, "=") {
		return s
	}
	return replaceGroup(pair, s, 2, func(name, value string) string {
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		switch kind := sensitivityOf(name); {
		case kind == readable || strings.HasPrefix(value, "${") || strings.Contains(value, "…"):
			return value
		case kind == unkept:
			return tag.Digest(value)
		}
		return tag.Of(value)
	})
}

// userInfo is the user information of a URL that has a password.
var userInfo = regexp.MustCompile(`(://[^\s/?#@:"']*):([^\s/?#"']+)@`)

// redactUser shortens the password in each URL of a text.
func redactUser(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return replaceGroup(userInfo, s, 2, func(_, password string) string {
		if strings.HasPrefix(password, "${") || strings.HasPrefix(password, "…") {
			return password
		}
		return tag.Digest(password)
	})
}

// replaceGroup replaces the nth group of each match of a pattern, which the first
// one may say how.
func replaceGroup(pattern *regexp.Regexp, s string, n int, change func(first, text string) string) string {
	var out strings.Builder
	at := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(s, -1) {
		out.WriteString(s[at:m[2*n]])
		out.WriteString(change(s[m[2]:m[3]], s[m[2*n]:m[2*n+1]]))
		at = m[2*n+1]
	}
	if at == 0 {
		return s
	}
	out.WriteString(s[at:])
	return out.String()
}

// SecretsIn returns the secrets that a text has as redactPairs and redactUser know
// them, as they are written and as they are meant.
func SecretsIn(text string) []string {
	var out []string
	add := func(value string) {
		if strings.HasPrefix(value, "${") || strings.Contains(value, "…") {
			return
		}
		out = append(out, value)
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			out = append(out, plain)
		}
	}
	for _, m := range pair.FindAllStringSubmatch(text, -1) {
		if IsSecret(m[1]) {
			add(m[2])
		}
	}
	for _, m := range userInfo.FindAllStringSubmatch(text, -1) {
		add(m[2])
	}
	return out
}
