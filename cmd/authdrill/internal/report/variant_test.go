package report_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// withVariants is a card with a finding on that many variants, each of which failed for a
// cause of its own and for one that all have.
func withVariants(n int) *attack.Card {
	f := result.Result{ID: "idt-aud-empty", Group: "id-token", Severity: "high", Verdict: result.FailSecurity, Provider: "aud of the ID token names nobody"}
	for i := range n {
		own := strings.Repeat("x", 1+i%50) + strings.Repeat("y", i/50)
		f.Variants = append(f.Variants, result.Result{Variant: fmt.Sprint("v", i), Verdict: result.FailSecurity, Reason: own, Causes: []result.Cause{
			{Verdict: result.FailSecurity, Rule: "app.signed_in", Saw: "the browser is signed in", Severity: "high"},
			{Verdict: result.FailRobustness, Rule: "browser.within", Saw: own, Severity: "low"},
		}})
	}
	return &attack.Card{Calibration: []attack.Calibration{{Check: "the app answers", OK: true}}, Findings: []result.Result{f}}
}

// TestManyVariantsAreLinear: a finding with four times the variants costs about four times
// as much in each format.
func TestManyVariantsAreLinear(t *testing.T) {
	cost := func(format string, n int) uint64 {
		card := withVariants(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := report.WriteCard(io.Discard, format, card, report.Options{}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, format := range []string{"text", "html", "json", "junit", "sarif", "github", "markdown"} {
		if few, many := cost(format, 250), cost(format, 1000); many > 8*few {
			t.Errorf("%s: %d bytes for 250 variants, %d for 1000", format, few, many)
		}
	}
}

// TestCauseNamesItsVariants: what was done is said with the variants that showed the cause.
func TestCauseNamesItsVariants(t *testing.T) {
	for n, want := range map[int]string{1: "(v0)", 3: "(v0, v1, v2)", 9: "(v0, v1, v2 and 6 more)"} {
		text := writeCard(t, "markdown", withVariants(n), report.Options{})
		if want := "the browser is signed in; what was done: aud of the ID token names nobody " + want; !strings.Contains(text, want) {
			t.Errorf("%d variants: no %q in\n%s", n, want, text)
		}
	}
}

// TestCauseNamesEachRemedy: entries of one cause that are fixed in different places say
// so, and those that are fixed together say it once.
func TestCauseNamesEachRemedy(t *testing.T) {
	card := &attack.Card{Calibration: []attack.Calibration{{Check: "the app answers", OK: true}}}
	for i, remedy := range []string{"compare aud", "compare aud", "ask for exp", "ask for sub", "ask for iat", "compare nonce", "compare azp"} {
		card.Findings = append(card.Findings, result.Result{
			ID: fmt.Sprint("entry-", i), Group: "id-token", Severity: "high", Verdict: result.FailSecurity, Remedy: remedy,
			Causes: []result.Cause{{Verdict: result.FailSecurity, Rule: "app.signed_in", Saw: "the browser is signed in", Severity: "high"}},
		})
	}
	want := "compare aud; for entry-2: ask for exp; for entry-3: ask for sub; for entry-4: ask for iat; and 2 more, each named with its entry"
	for _, format := range []string{"text", "html", "markdown", "json"} {
		if text := writeCard(t, format, card, report.Options{Verbose: true}); !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("%s: no %q in\n%s", format, want, text)
		}
	}
}
