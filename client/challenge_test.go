package client_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
)

func TestChallenge(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`Bearer`:                     "Bearer   ",
		`bearer error=invalid_token`: "bearer invalid_token  ",
		`Basic realm="x", Bearer error="e", scope="a b"`: "Bearer e a b ",
		`Negotiate a2V5==, Bearer realm = "r,\"q\""`:     `Bearer   r,"q"`,
		`Bearer error="open`:                             "Bearer open  ",
		`Bearer ERROR="e"`:                               "Bearer e  ",
		`, ,Bearer ,error="e",`:                          "Bearer e  ",
	} {
		got := client.ParseChallenge(http.Header{"Www-Authenticate": {line}})
		if got == nil {
			t.Errorf("%s: none", line)
			continue
		}
		if s := strings.Join([]string{got.Scheme, got.Error, got.Scope, got.Realm}, " "); s != want {
			t.Errorf("%s: %q, want %q", line, s, want)
		}
	}
	if got := client.ParseChallenge(http.Header{"Www-Authenticate": {`"quoted"`, "\x00"}}); got != nil {
		t.Errorf("%+v", got)
	}
}
