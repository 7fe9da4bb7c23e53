package report_test

import (
	"html"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
)

// TestNoticesAreInEveryFormat: what changed since an earlier card, what is no longer
// expected, and that nothing counts, is not only on the terminal.
func TestNoticesAreInEveryFormat(t *testing.T) {
	before := sampleCard()
	before.Findings[0].Verdict = "PASS"
	for name, tc := range map[string]struct {
		grade *grade.Grade
		want  []string
	}{
		"baseline": {grade.Of(sampleCard(), before, nil, nil), []string{"baseline: 1 new: idt-aud-wrong (FAIL(security) high)"}},
		"threshold": {grade.Of(sampleCard(), sampleCard(), nil, []string{"critical"}), []string{
			"baseline: nothing is new, gone or changed", "4 failures do not count: none is new or worse than in the baseline; --fail-on critical"}},
		"over": {grade.Of(sampleCard(), nil, []grade.Expectation{
			{Name: "idt-aud-wrong", Until: "2026-01-01", Reason: "issue 7", Expired: true}, {Name: "happy-code", Until: "2026-01-01", Expired: true},
		}, nil), []string{"idt-aud-wrong was expected to fail until 2026-01-01, and counts again (issue 7)"}},
	} {
		o := report.Options{Grade: tc.grade}
		for format, text := range map[string]string{
			"text": writeCard(t, "text", sampleCard(), o), "screen": live(t, sampleCard(), o), "html": html.UnescapeString(writeCard(t, "html", sampleCard(), o)),
			"markdown": strings.ReplaceAll(writeCard(t, "markdown", sampleCard(), o), `\`, ""), "github": writeCard(t, "github", sampleCard(), o),
		} {
			for _, want := range tc.want {
				if format == "screen" {
					want = want[:min(len(want), 60)] // of many, each has a row
				}
				if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
					t.Errorf("%s, %s: %q is not there", name, format, want)
				}
			}
			if strings.Contains(text, "happy-code was expected") {
				t.Errorf("%s, %s: an entry that passes is said to count again", name, format)
			}
		}
	}
}
