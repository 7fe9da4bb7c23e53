package mask

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/tag"
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
			return tag.Digest(fmt.Sprint(v))
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
		return tag.Authorization(s)
	case kind == unkept:
		return tag.Digest(s)
	case kind != readable:
		return tag.Of(s)
	case strings.HasPrefix(s, "{") || strings.HasPrefix(s, "["):
		return redactJSON(s)
	}
	return tag.JWTs(redactPairs(redactUser(s)))
}

// redactJSON is a text that may be JSON; as it is where nothing in it is secret.
func redactJSON(s string) string {
	var value any
	if json.Unmarshal([]byte(s), &value) != nil {
		return tag.JWTs(s)
	}
	before, errBefore := json.Marshal(value)
	after, errAfter := json.Marshal(Value("", value))
	if errBefore != nil || errAfter != nil || string(before) == string(after) {
		return s
	}
	return string(after)
}
