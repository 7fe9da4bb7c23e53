package mask

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// Value returns a value of JSON in which everything under a secret name is a
// tag, however deep, and so is every JWT. The name is that of the value itself,
// empty where it has none.
func Value(name string, value any) any {
	kind := sensitivityOf(name)
	switch v := value.(type) {
	case string:
		return redactText(name, kind, v)
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = redactText(name, kind, s)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Value(name, item)
		}
		return out
	case map[string]any:
		if v == nil {
			return v
		}
		out := make(map[string]any, len(v))
		for member, item := range v {
			of := member
			switch {
			case v["kty"] != nil && IsPrivateMember(member):
				of = "private_key" // of a JWK
			case kind == unkept && !IsSecret(member):
				of = name // whatever its parts are called, the whole is a credential
			case member == "code" && v["message"] != nil:
				of = "" // of an error, as many APIs write them
			}
			out[member] = Value(of, item)
		}
		return out
	case float64, int, int64, json.Number:
		if kind == unkept {
			return Digest(fmt.Sprint(v))
		}
	}
	return value
}

// IsPrivateMember reports whether a member of a JWK must not be published (RFC 7518
// sections 6.2.2, 6.3.2 and 6.4.1).
func IsPrivateMember(name string) bool {
	switch name {
	case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
		return true
	}
	return false
}

// redactText is a text under a name.
func redactText(name string, kind sensitivity, s string) string {
	switch {
	case s == match.Absent, s == match.Any, s == match.Keep: // words of a scenario
		return s
	case strings.EqualFold(name, "authorization"), strings.EqualFold(name, "proxy-authorization"):
		return Authorization(s)
	case kind == unkept:
		return Digest(s)
	case kind != readable:
		return Tag(s)
	case strings.HasPrefix(s, "{") || strings.HasPrefix(s, "["):
		return redactJSON(s)
	}
	return redactJWTs(redactPairs(redactUser(s)))
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

// ShownParams returns query or form parameters as a person may see them.
func ShownParams(v url.Values) url.Values {
	if len(v) == 0 {
		return nil
	}
	out := make(url.Values, len(v))
	for name, values := range v {
		out[name] = redactParam(name, values)
	}
	return out
}

// redactParam is the values of a query or form parameter.
func redactParam(name string, values []string) []string {
	if IsSecret(name) {
		return tags(name, values)
	}
	out := make([]string, len(values))
	for i, s := range values {
		switch {
		case strings.Contains(s, "://"):
			out[i] = URL(s)
		case strings.HasPrefix(s, "{") || strings.HasPrefix(s, "["):
			out[i] = redactJSON(s)
		case publicParams()[name]:
			out[i] = redactJWTs(s)
		default:
			out[i] = Words(s)
		}
	}
	return out
}

// redactJSON is a text that may be JSON; as it is where nothing in it is secret.
func redactJSON(s string) string {
	var value any
	if json.Unmarshal([]byte(s), &value) != nil {
		return redactJWTs(s)
	}
	before, errBefore := json.Marshal(value)
	after, errAfter := json.Marshal(Value("", value))
	if errBefore != nil || errAfter != nil || string(before) == string(after) {
		return s
	}
	return string(after)
}

// WithoutSecrets returns the parameters whose names are of no secret: what may be
// remembered of a request. The values are shared.
func WithoutSecrets(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if !IsSecret(name) {
			out[name] = values
		}
	}
	return out
}

// URL shortens the secrets in a URL's query, fragment, path and user
// information.
func URL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	u.RawQuery = redactQuery(u.RawQuery)
	fragment := redactQuery(u.EscapedFragment())
	u.Fragment, u.RawFragment = "", ""
	if path := Words(u.Path); path != u.Path {
		u.Path, u.RawPath = path, ""
	}
	if password, ok := u.User.Password(); ok {
		u.User = url.UserPassword(u.User.Username(), Digest(password))
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
		redacted := redactParam(name, had)
		hit = hit || !slices.Equal(redacted, had)
		values[name] = redacted
	}
	if !hit {
		return encoded
	}
	return values.Encode()
}
