package witness

import (
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/scenarios/result"
)

func hop(t *testing.T, method, address string, status int) Hop {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return Hop{Method: method, URL: u, Status: status, Answered: true, Sent: []string{"session"}}
}

// TestRequestHasPlaceholders: what another sign-in has another of is a word, and an
// empty or missing parameter can be told from one with a value.
func TestRequestHasPlaceholders(t *testing.T) {
	for address, want := range map[string]string{
		"http://a.test/callback?code=abc&state=xyz":           "http://a.test/callback?code=CODE&state=STATE",
		"http://a.test/callback?state=&error=access_denied":   "http://a.test/callback?state=&error=access_denied",
		"http://u:p@a.test/callback?id_token=e.y.J#fragment":  "http://a.test/callback?id_token=ID_TOKEN",
		"http://a.test/?return_to=//evil.example&%zz=1&plain": "http://a.test/?return_to=//evil.example&%zz=" + placeholder("") + "&plain",
		"http://a.test/login":                                 "http://a.test/login",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := withPlaceholders(u); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// TestRequestThatShowedCause: a server error was shown by the request that it answered,
// and who is signed in by the authorization response.
func TestRequestThatShowedCause(t *testing.T) {
	hops := []Hop{
		hop(t, "GET", "http://a.test/login", 302), hop(t, "GET", "http://a.test/callback?code=1", 302),
		hop(t, "GET", "http://a.test/home", 500), hop(t, "GET", "http://a.test/admin", 200),
	}
	for _, tc := range []struct {
		cause result.Cause
		want  string
	}{
		{result.Cause{Rule: "app.signed_in"}, "GET http://a.test/callback?code=CODE"},
		{result.Cause{Rule: serverError.rule, Saw: "the app answered GET /home with status 500"}, "GET http://a.test/home"},
		{result.Cause{Rule: "app.admin"}, "GET http://a.test/admin"},
		{result.Cause{Rule: noRecovery.rule, Witness: recovery}, ""},
	} {
		j := &Judgement{causes: []result.Cause{tc.cause}, hops: hops}
		if got := j.Causes()[0]; got.Request != tc.want || (got.Request != "") != (len(got.Cookies) == 1) {
			t.Errorf("%+v, want %s", got, tc.want)
		}
	}
}
