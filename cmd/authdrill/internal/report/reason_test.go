package report

import (
	"testing"

	"github.com/authdrill/authdrill/scenarios/result"
)

// TestUnexercisedSaysWhatToSet: what a maintainer can set is named, each with how much it
// adds, and what the app does not do is only counted.
func TestUnexercisedSaysWhatToSet(t *testing.T) {
	var rows []*row
	for _, reason := range []string{
		"the app sends no nonce: see nonce-sent-unless-code",
		"the app's API page is not known: set app.api",
		"the app gets no refresh token (scope offline_access), or its page that uses the access token is not known: set app.api",
		"the app's account name is not known: set app.whoami.account",
		"needs --browser: it is about what scripts of the app do",
		"an app that runs already signs in over plain http: let app.start start it, with an issuer of https",
		"it is what google is known to do, and the app does not sign in there: --group persona plays it all the same",
	} {
		rows = append(rows, entryResult(result.Result{Verdict: result.NotExercised, Reason: reason}))
	}
	want := "7 not exercised, 1 of them for what the app does not do; to exercise more: app.api (2), app.whoami.account (1), app.start (1), --browser (1), --group persona (1)"
	if got := describeUnexercised(rows); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := describeUnexercised(rows[:1]), "1 not exercised, for what the app does not do"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestToleratedSaysTheClause: a choice is told with the clause that leaves it.
func TestToleratedSaysTheClause(t *testing.T) {
	var rows []*row
	for _, spec := range [][]string{{"RFC6749#5.1"}, {"OIDC.Core#2", "RFC7519#4"}, {"OIDC.Core#2"}, nil} {
		rows = append(rows, entryResult(result.Result{ID: "it", Verdict: result.Tolerated, Reason: "signed in", Spec: spec}))
	}
	if got, want := describeChoices(rows), "4 tolerated, since the specifications leave the choice: OIDC Core §2 (2), RFC 6749 §5.1 (1)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := reasonsOf(rows, tolerated)[0].Reason, "OIDC Core §2: signed in"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
