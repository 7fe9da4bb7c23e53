package report_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

func writeCard(t testing.TB, format string, c *attack.Card, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteCard(&b, format, c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sampleCard has a finding of each verdict, one that was expected and one of a
// mechanism that is not built.
func sampleCard() *attack.Card {
	again := func(id string) string {
		return "authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me --only " + id
	}
	return &attack.Card{
		Target: "http://localhost:3000/login", Started: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Duration: 12300 * time.Millisecond, Seed: 7,
		Calibration: []attack.Calibration{{Check: "a plain sign-in works", OK: true, Saw: "alice is signed in"}, {Check: "a stranger is not signed in", OK: true, Saw: "401"}},
		Learned:     []attack.Trait{{Name: "state", Has: true}, {Name: "client authentication", Has: true, Saw: "client_secret_basic"}, {Name: "refresh"}},
		Stale:       []string{"idt-iat-missing"},
		Findings: []result.Result{
			{
				ID: "idt-aud-wrong", Group: "id-token", Severity: "high", Title: "The ID token is for another client", Verdict: result.FailSecurity,
				Reason: "it signed alice in with an ID token for another client", Provider: "aud names another client", Client: "rejects the ID token",
				Why: "Another client's token opens an account here.", Remedy: "Compare aud with your client_id.", Spec: []string{"OIDC.Core#3.1.3.7"}, Sources: []string{"RP:invalid-aud"},
				Witnesses: []result.Witness{{Name: "provider", OK: true, Saw: "one token request"}, {Name: "app", Saw: "the whoami page answers 200 and names alice"}, {Name: "recovery", OK: true, Saw: "a plain sign-in works afterwards"}},
				Messages: []result.Message{
					{From: "browser", To: "client", Label: "GET /callback", Detail: "code state", Time: time.Date(2026, 5, 4, 3, 2, 2, 0, time.UTC)},
					{From: "client", To: "provider", Label: "POST /token", Detail: "authorization_code", Time: time.Date(2026, 5, 4, 3, 2, 2, 0, time.UTC)},
					{From: "provider", To: "client", Reply: true, Label: "200", Fault: "id_token: aud is another client", Time: time.Date(2026, 5, 4, 3, 2, 2, 0, time.UTC)},
					{From: "client", To: "browser", Reply: true, Label: "302", Time: time.Date(2026, 5, 4, 3, 2, 2, 0, time.UTC)},
				},
				Causes: []result.Cause{
					{
						Verdict: result.FailSecurity, Witness: "app", Rule: "app.signed_in", Saw: "the browser is signed in as alice, and should not be", Severity: "high", Seq: 4,
						Request: "GET http://localhost:3000/callback?code=CODE&state=STATE", Cookies: []string{"session"},
						Exchange: []result.Message{
							{From: "client", To: "provider", Label: "POST /token", Detail: "grant_type=authorization_code", Seq: 4},
							{From: "provider", To: "client", Reply: true, Label: "200", Detail: "token_type=Bearer", Fault: "id_token: aud is another client", Seq: 4},
						},
					},
					{Verdict: result.FailRobustness, Witness: "user agent", Rule: "server_error", Saw: "the app answered GET /home with status 500", Severity: "low", Lapse: true, Request: "GET http://localhost:3000/home"},
				},
				Repeat: again("idt-aud-wrong"), Duration: 41 * time.Millisecond,
			},
			{ID: "happy-code", Group: "request-lint", Severity: "control", Title: "Nothing is wrong", Verdict: result.Pass, Provider: "a plain code flow", Client: "signs in", Repeat: again("happy-code"), Duration: 30 * time.Millisecond},
			{ID: "pkce-absent", Group: "request-lint", Severity: "high", Title: "No code challenge is sent", Verdict: result.FailSecurity, Expected: true, Reason: "no code_challenge in 3 sign-ins", Provider: "watches", Client: "sends S256", Spec: []string{"RFC9700#2.1.1"}, Repeat: again("pkce-absent")},
			{ID: "idt-nonce-wrong", Group: "id-token", Severity: "critical", Title: "The nonce is another", Verdict: result.NotExercised, Reason: "the app sends no nonce", Provider: "nonce is changed", Client: "rejects the ID token", Repeat: again("idt-nonce-wrong")},
			{ID: "bcl-alg-none", Group: "revocation-logout", Severity: "high", Title: "The logout token is not signed", Verdict: result.NotExercised, Reason: "the app's back-channel logout is not known: set app.logout_token_endpoint", Provider: "alg none", Client: "refuses", Repeat: again("bcl-alg-none")},
			{ID: "tok-502-html", Group: "token-response", Severity: "medium", Title: "The token endpoint answers 502 with HTML", Verdict: result.FailRobustness, Reason: "the app answers 500", Provider: "answers 502 with HTML", Client: "shows an error page, and works again", Repeat: again("tok-502-html"), Duration: 20 * time.Millisecond},
			{
				ID: "tok-json-array", Group: "token-response", Severity: "medium", Title: "The token response is not an object", Verdict: result.FailRobustness, Variant: "null",
				Reason: "variant null: the app answers 500", Provider: "answers with JSON that is not an object", Client: "signs nobody in", Repeat: again("'tok-json-array[null]'"), Duration: 60 * time.Millisecond,
				Witnesses: []result.Witness{{Name: "app", Saw: "the app answers 500"}},
				Variants: []result.Result{
					{Variant: "[]", Verdict: result.Pass, Repeat: again("'tok-json-array[[]]'"), Duration: 20 * time.Millisecond},
					{Variant: "null", Verdict: result.FailRobustness, Reason: "the app answers 500", Witnesses: []result.Witness{{Name: "app", Saw: "the app answers 500"}}, Repeat: again("'tok-json-array[null]'"), Duration: 20 * time.Millisecond},
					{Variant: "42", Verdict: result.FailSecurity, Expected: true, Reason: "it signed alice in", Repeat: again("'tok-json-array[42]'"), Duration: 20 * time.Millisecond},
				},
			},
			{ID: "err-page-blank", Group: "authorization-response", Severity: "low", Title: "The user refuses", Verdict: result.FailUX, Reason: "the page is blank", Provider: "answers access_denied", Client: "says so", Repeat: again("err-page-blank")},
			{ID: "idt-iat-future", Group: "id-token", Severity: "low", Title: "iat is ahead by an hour", Verdict: result.Tolerated, Reason: "the app signed alice in", Provider: "iat is ahead", Client: "either", Spec: []string{"OIDC.Core#3.1.3.7"}, Repeat: again("idt-iat-future")},
			{ID: "rotate-between-logins", Group: "jwks-keys", Severity: "medium", Title: "The keys rotate", Verdict: result.Invalid, Reason: "a plain sign-in does not work before the stimulus: status 503", Provider: "rotates its keys", Client: "fetches them again", Repeat: again("rotate-between-logins")},
		},
	}
}

var cardFiles = map[string]string{"text": "txt", "html": "html", "json": "json", "junit": "junit.xml", "sarif": "sarif", "github": "github.txt", "markdown": "md"}

// TestCardGolden holds each format of a report card to the file that was looked
// at when it was made.
// TestCardOfScenarioHasNoEmptyLines: a scenario that was played against an app has no
// header of an entry, and no report shows what it lacks.
func TestCardOfScenarioHasNoEmptyLines(t *testing.T) {
	card := &attack.Card{
		Calibration: []attack.Calibration{{Check: "the app answers", OK: true}},
		Findings:    []result.Result{{ID: "alice signs in", Title: "alice signs in", Group: "ours", Verdict: result.FailRobustness, Reason: "step 1, sign_in: no", Repeat: "authdrill run ours.yaml"}},
	}
	for _, format := range report.CardFormats() {
		text := writeCard(t, format, card, report.Options{})
		for _, empty := range []string{"what was done", "what is right", "A correct client", "· \n", "· <"} {
			if strings.Contains(text, empty) {
				t.Errorf("%s shows %q", format, empty)
			}
		}
		if format != "json" && !strings.Contains(text, "alice") {
			t.Errorf("%s does not name the scenario", format)
		}
	}
}

// TestCardGolden holds each format of a report card to the file that was looked at
// when it was made.
func TestCardGolden(t *testing.T) {
	for _, format := range report.CardFormats() {
		t.Run(format, func(t *testing.T) {
			golden(t, "card."+cardFiles[format], writeCard(t, format, sampleCard(), report.Options{Version: "v1.2.3"}))
		})
		t.Run(format+" of nothing", func(t *testing.T) {
			golden(t, "nothing.card."+cardFiles[format], writeCard(t, format, &attack.Card{}, report.Options{}))
		})
	}
	t.Run("text in colour", func(t *testing.T) {
		golden(t, "card.colour.txt", writeCard(t, "text", sampleCard(), report.Options{Color: true}))
	})
}

func TestCardFormatUnknown(t *testing.T) {
	err := report.WriteCard(&bytes.Buffer{}, "serif", sampleCard(), report.Options{})
	if want := `report: unknown format "serif"; did you mean sarif? the formats are text, html, json, junit, sarif, github, markdown`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func ExampleWriteCard() {
	card := &attack.Card{Target: "http://localhost:3000/login", Duration: time.Second, Findings: []result.Result{
		{ID: "idt-aud-wrong", Group: "id-token", Severity: "high", Title: "The ID token is for another client", Verdict: result.FailSecurity, Reason: "it signed alice in", Repeat: "authdrill attack --only idt-aud-wrong"},
		{ID: "idt-nonce-wrong", Group: "id-token", Severity: "critical", Title: "The nonce is another", Verdict: result.NotExercised, Reason: "the app sends no nonce"},
	}}
	if err := report.WriteCard(os.Stdout, "github", card, report.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ::error title=FAIL(security) · high · 1 entry::what happened: it signed alice in%0Aagain: authdrill attack --only idt-aud-wrong%0Ashown by: idt-aud-wrong
	// 1 exercised: 0 passed, 1 failed (1 security); 1 not exercised
}
