// Package parameter takes the secrets out of the parameters of queries and forms, and
// of URLs that have some: where a journal keeps them (Record), where a person sees them
// (Redact, RedactURL), and where a request is remembered (WithoutSecrets).
package parameter

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/mask"
)

// Record returns parameters as a journal keeps them: the credentials among them are
// tags.
func Record(v url.Values) url.Values {
	cloned := false
	for name, values := range v {
		if !mask.IsCredential(name) {
			continue
		}
		if !cloned {
			v, cloned = maps.Clone(v), true
		}
		v[name] = tags(name, values)
	}
	return v
}

// tags are those of a parameter's values.
func tags(name string, values []string) []string {
	of := tag.Of
	if mask.IsCredential(name) {
		of = tag.Digest
	}
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = of(s)
	}
	return out
}

// publicParams are the parameters that specifications define: what is random
// among them, such as state and code_challenge, may be read.
var publicParams = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, name := range vocabulary.Of("oauth-param").Names {
		out[name] = true
	}
	return out
})

// Redact returns query or form parameters as a person may see them.
func Redact(v url.Values) url.Values {
	if len(v) == 0 {
		return nil
	}
	out := make(url.Values, len(v))
	for name, values := range v {
		out[name] = redactValues(name, values)
	}
	return out
}

// redactValues returns the values of a query or form parameter.
func redactValues(name string, values []string) []string {
	if mask.IsSecret(name) {
		return tags(name, values)
	}
	out := make([]string, len(values))
	for i, s := range values {
		switch {
		case strings.Contains(s, "://"):
			out[i] = RedactURL(s)
		case strings.HasPrefix(s, "{") || strings.HasPrefix(s, "["):
			out[i], _ = mask.Value("", s).(string)
		case publicParams()[name]:
			out[i] = tag.JWTs(s)
		default:
			out[i] = tag.Words(s)
		}
	}
	return out
}

// WithoutSecrets returns the parameters that have no secret name: what may be
// remembered of a request. The values are shared.
func WithoutSecrets(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if !mask.IsSecret(name) {
			out[name] = values
		}
	}
	return out
}

// RedactURL shortens the secrets in a URL's query, fragment, path and user
// information.
func RedactURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	u.RawQuery = redactQuery(u.RawQuery)
	fragment := redactQuery(u.EscapedFragment())
	u.Fragment, u.RawFragment = "", ""
	if path := tag.Words(u.Path); path != u.Path {
		u.Path, u.RawPath = path, ""
	}
	if password, ok := u.User.Password(); ok {
		u.User = url.UserPassword(u.User.Username(), tag.Digest(password))
	}
	text := u.String()
	if fragment != "" {
		text += "#" + fragment
	}
	return strings.ReplaceAll(text, "%E2%80%A6", "…")
}

// redactQuery shortens the secrets in a query, or in a fragment that is written
// like one. Where there are none it stays as it is.
func redactQuery(encoded string) string {
	if encoded == "" {
		return ""
	}
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return "(unreadable)"
	}
	hit := false
	for name, had := range values {
		redacted := redactValues(name, had)
		hit = hit || !slices.Equal(redacted, had)
		values[name] = redacted
	}
	if !hit {
		return encoded
	}
	return values.Encode()
}
