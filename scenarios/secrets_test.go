package scenarios_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/result"
)

// A result shows no secret whole, whether the scenario passes or fails, unless
// it is asked to.
func TestResultsHideSecrets(t *testing.T) {
	const text = `
scenario: it
vars: {pw: {env: DORA_PASSWORD}}
users: {dora: {password: "${pw}"}}
clients: {web: {client_secret: s3cr3t-value, token_endpoint_auth_method: client_secret_post}}
steps:
  - sign_in: {user: dora, client: web, password: "${pw}", scope: openid offline_access}
    capture: {refresh: token_response.refresh_token}
  - refresh: {client: web, refresh_token: "${refresh}"}
  - request: {url: /token, form: {grant_type: client_credentials, client_id: web, client_secret: s3cr3t-value}}
    expect: {body: nope, json: {access_token: nope}}
`
	env := func(name string) (string, bool) { return "tr0ub4dor", name == "DORA_PASSWORD" }
	all, err := scenarios.Load(context.Background(), fstest.MapFS{"it.yaml": {Data: []byte(text)}}, nil, scenarios.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	shown := func(show bool) string {
		r := scenarios.Run(t.Context(), all, scenarios.Options{ShowSecrets: show})[0]
		if r.Outcome != result.Failed {
			t.Fatal(r.Outcome, r.Reason)
		}
		var steps strings.Builder
		if err := json.NewEncoder(&steps).Encode(r.Steps); err != nil {
			t.Fatal(err)
		}
		return steps.String()
	}
	hidden, whole := shown(false), shown(true)
	for _, secret := range []string{"tr0ub4dor", "s3cr3t-value"} {
		if strings.Contains(hidden, secret) || !strings.Contains(whole, secret) {
			t.Errorf("%s: %s", secret, hidden)
		}
	}
	if token := regexp.MustCompile(`[A-Za-z0-9_-]{27}`).FindString(hidden); token != "" {
		t.Errorf("a token: %s", token)
	}
}
