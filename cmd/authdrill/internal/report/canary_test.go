package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestCardHidesCanary writes a card that has a secret wherever an app or a person
// could have put one, in every format.
func TestCardHidesCanary(t *testing.T) {
	t.Parallel()
	const canary = `C4nary<of>"card"&`
	known := &redact.Secrets{}
	known.Learn(canary)
	text := "before " + canary + " after"
	card := &attack.Card{
		Target:      "http://127.0.0.1:3000/login?x=" + canary,
		Calibration: []attack.Calibration{{Check: "it answers", OK: true, Saw: text}, {Check: "it signs in", Saw: text, Remedy: text}},
		Learned:     []attack.Trait{{Name: "nonce", Has: true, Saw: text}},
		Findings: []result.Result{{
			ID: "idt-nonce-wrong", Group: "id token", Severity: "high", Title: "a wrong nonce", Verdict: result.FailSecurity, Reason: text, Provider: text, Client: text,
			Why: text, Remedy: text, Spec: []string{"OIDC.Core#3.1.3.7"}, Sources: []string{text}, Repeat: "authdrill attack --whoami 'http://127.0.0.1:3000/" + canary + "'",
			Witnesses: []result.Witness{{Name: "app", Saw: text}}, Messages: []result.Message{{From: "app", To: "provider", Label: text, Detail: text, Fault: text}},
		}},
		Stale: []string{canary},
	}
	for _, format := range report.CardFormats() {
		shown, hidden := &bytes.Buffer{}, &bytes.Buffer{}
		if err := report.WriteCard(shown, format, card, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := report.WriteCard(hidden, format, redact.Value(known, card), report.Options{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(shown.String(), "C4nary") {
			t.Errorf("%s does not show what a card has, so that nothing is there proves nothing", format)
		}
		if strings.Contains(hidden.String(), "C4nary") {
			t.Errorf("%s: %s", format, hidden)
		}
	}
}
