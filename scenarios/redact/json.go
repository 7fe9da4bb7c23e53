package redact

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// LearnAnswer adds the codes, tokens and secrets in an answer of a provider, at any
// depth.
func (s *Secrets) LearnAnswer(answer map[string]any) {
	var found []string
	eachRedacted(answer, mask.Value("", answer), func(before, _ any) {
		if text, ok := before.(string); ok {
			found = append(found, text)
		}
	})
	s.LearnIssued(found...)
}

// LearnURL adds the password and the secret parameters of an address.
func (s *Secrets) LearnURL(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if password, ok := u.User.Password(); ok {
		s.LearnCredentials(u.User.Username(), password)
	}
	for name, values := range u.Query() {
		for _, value := range values {
			if mask.IsSecret(name) {
				s.Learn(value)
			}
		}
	}
}

// JSON makes everything under a secret name in a text of JSON a tag, and leaves
// the rest as it was written. What is not JSON stays.
func JSON(text string) string {
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
