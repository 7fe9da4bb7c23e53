package scenarios_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
)

func ExampleLoad() {
	files := fstest.MapFS{"refresh.yaml": {Data: []byte(`
scenario: a refresh token is used up
matrix: {format: [opaque, jwt]}
provider: {access_token: {format: "${matrix.format}"}}
steps:
  - sign_in: {user: alice, scope: openid offline_access}
    capture: {used: token_response.refresh_token}
  - refresh:
  - refresh: {refresh_token: "${used}"}
    expect: {status: 400, error: invalid_grant}
`)}}
	all, err := scenarios.Load(context.Background(), files, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range all {
		fmt.Println(s.Name, s.Provider.AccessToken.Format)
	}
	last := all[0].Steps[2]
	fmt.Println(last.Verb(), last.Expect.Node.Find("error").Place())
	// Output:
	// a refresh token is used up [format=opaque] opaque
	// a refresh token is used up [format=jwt] jwt
	// refresh refresh.yaml:10:34
}

func ExampleLoad_misspelt() {
	files := fstest.MapFS{"refresh.yaml": {Data: []byte(`scenario: a refresh token is used up
steps:
  - sing_in: alice
  - refresh: {refresh_token: "${used}"}
    expct: {status: 400}
`)}}
	_, err := scenarios.Load(context.Background(), files, nil)
	fmt.Println(err)
	// Output:
	// refresh.yaml:3:5: steps[0]: unknown key "sing_in"
	//   3 |   - sing_in: alice
	//     |     ^ did you mean "sign_in"?
	// refresh.yaml:4:31: steps[1].refresh.refresh_token: unknown variable ${used}
	//   4 |   - refresh: {refresh_token: "${used}"}
	//     |                               ^ known are access_token, app, authorization_request, authorization_response, body, canary, client, client_id, client_secret, duration, error, error_description, headers, id_token, issuer, json, …
	// refresh.yaml:5:5: steps[1]: unknown key "expct"
	//   5 |     expct: {status: 400}
	//     |     ^ did you mean "expect"?
}
