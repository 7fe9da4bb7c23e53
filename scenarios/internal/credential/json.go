package credential

import (
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// InAnswer returns the codes, tokens and secrets in an answer of a provider, at any
// depth.
func InAnswer(answer map[string]any) []string { return textsIn(answer) }

// InKeys returns the private members of the keys in a JWK Set: a client must not send
// them, and yet does.
func InKeys(set []byte) []string {
	var keys any
	if len(set) == 0 || json.Unmarshal(set, &keys) != nil {
		return nil
	}
	return textsIn(keys)
}

// textsIn returns the secret texts in a value of JSON.
func textsIn(value any) []string {
	var out []string
	eachRedacted(value, mask.Value("", value), func(before, _ any) {
		if text, ok := before.(string); ok {
			out = append(out, text)
		}
	})
	return out
}

// RedactJSON makes everything under a secret name in a text of JSON a tag, and leaves
// the rest as it was written. What is not JSON stays.
func RedactJSON(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	eachRedacted(value, mask.Value("", value), func(before, after any) {
		text = strings.ReplaceAll(text, marshalScalar(before), marshalScalar(after))
	})
	return text
}

// marshalScalar returns a scalar as JSON that does not escape & and <.
func marshalScalar(scalar any) string {
	if text, ok := scalar.(string); ok {
		list := match.Text([]any{text})
		return list[1 : len(list)-1]
	}
	return match.Text(scalar)
}

// eachRedacted calls yield for each value that differs between two trees of the
// same shape.
func eachRedacted(before, after any, yield func(before, after any)) {
	switch b := before.(type) {
	case map[string]any:
		a, _ := after.(map[string]any)
		for name, member := range b {
			eachRedacted(member, a[name], yield)
		}
	case []any:
		a, _ := after.([]any)
		for i, item := range b {
			eachRedacted(item, a[i], yield)
		}
	case []string:
		a, _ := after.([]string)
		for i, item := range b {
			eachRedacted(item, a[i], yield)
		}
	case string, float64, int, int64, json.Number:
		if before != after {
			yield(before, after)
		}
	}
}
