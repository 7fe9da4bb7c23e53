package report_test

import (
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
)

// TestCanaryAsWritten hides what a step has under a secret name only, or in an
// address, wherever a failure shows it.
func TestCanaryAsWritten(t *testing.T) {
	t.Parallel()
	const canary = "C4nary-in-step"
	for what, step := range map[string]string{
		"user of a URL": `{request: {url: "http://me:` + canary + `@127.0.0.1:9/x"}}`,
		"query":         `{request: {url: "/token?x=1&client_secret=` + canary + `&access_token=` + canary + `"}, expect: {status: 418}}`,
		"form":          `{request: {url: /token, body: "grant_type=password&passwd=` + canary + `"}, expect: {status: 418}}`,
		"JSON":          `{request: {url: /token, body: "{\"api_key\": \"` + canary + `\"}"}, expect: {status: 418}}`,
		"password":      `{sign_in: {user: alice, password: "` + canary + `"}, expect: {status: 418}}`,
		"token":         `{sign_in: alice, expect: {token_response: {access_token: "` + canary + `"}}}`,
	} {
		text := "scenario: it\nusers: {alice: {password: other}}\nsteps:\n  - " + step + "\n  - sign_in: alice\n"
		all, err := scenarios.Load(t.Context(), fstest.MapFS{"it.yaml": {Data: []byte(text)}}, nil)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		for format, text := range written(t, scenarios.Run(t.Context(), all, scenarios.Options{})) {
			leaked(t, what+", "+format, text, canary)
		}
	}
}
