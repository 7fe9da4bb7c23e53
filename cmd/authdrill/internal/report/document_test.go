package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// A page is as red as the summary where an attack was ended before its end.
func TestInterruptedCardIsNotGood(t *testing.T) {
	card := &attack.Card{Calibration: []attack.Calibration{{Check: "a plain sign-in works", OK: true}}, Findings: []result.Result{{ID: "happy-code", Verdict: result.Pass}}}
	for _, interrupted := range []bool{false, true} {
		card.Interrupted = interrupted
		if page := writeCard(t, "html", card, report.Options{}); strings.Contains(page, `<h1 class="bad">`) != interrupted {
			t.Errorf("interrupted %t: the page is of the other colour", interrupted)
		}
		if summary := writeCard(t, "markdown", card, report.Options{}); strings.HasPrefix(summary, "## ❌") != interrupted {
			t.Errorf("interrupted %t: %.20s", interrupted, summary)
		}
	}
}

// What did not reach the app did not fail, although a failure was expected.
func TestOnlyFailuresAreExpected(t *testing.T) {
	card := &attack.Card{Findings: []result.Result{{ID: "idt-nonce-wrong", Verdict: result.NotExercised, Expected: true, Reason: "the app sends no nonce"}}}
	for _, format := range report.CardFormats() {
		if out := writeCard(t, format, card, report.Options{}); format != "json" && strings.Contains(out, "as expected") {
			t.Errorf("%s:\n%s", format, out)
		}
	}
}

// The summary of a card that GitHub would not show is cut, and says so.
func TestCardMarkdownLimit(t *testing.T) {
	card := &attack.Card{}
	for i := range 400 {
		card.Findings = append(card.Findings, result.Result{ID: fmt.Sprintf("entry-%d", i), Verdict: result.FailUX, Reason: strings.Repeat("long ", 1000)})
	}
	if out := writeCard(t, "markdown", card, report.Options{}); len(out) > 1<<20 || !strings.HasSuffix(out, " more failures did not fit here and are in the log.\n") {
		t.Errorf("%d bytes, ending in %q", len(out), out[len(out)-60:])
	}
}
