package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/result"
)

func verdict(t *testing.T, f result.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteVerdict(&b, f, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestVerdictGolden(t *testing.T) {
	golden(t, "verdict.txt", verdict(t, sampleCard().Findings[0]))
}

// TestHostileVerdict: a card may come from anywhere. What is shown of it is bounded, and
// steers no terminal.
func TestHostileVerdict(t *testing.T) {
	for _, f := range hostileCard().Findings[:30] {
		for i := range 300 {
			f.Causes = append(f.Causes, result.Cause{Rule: f.Title, Saw: f.Title, Request: "GET " + f.Title, Cookies: []string{f.Title}, Exchange: f.Messages})
			f.Witnesses = append(f.Witnesses, result.Witness{Name: f.Title, Saw: f.Title})
			f.Variants = append(f.Variants, result.Result{Variant: f.Title, Reason: f.Title})
			f.Messages = append(f.Messages, result.Message{From: f.Title, To: f.Title, Label: f.Title, Fault: f.Title, Seq: int64(i)})
			f.Spec = append(f.Spec, f.Title)
		}
		text := verdict(t, f)
		if n := strings.Count(text, "\n"); n > 2000 || len(text) > 10<<20 {
			t.Errorf("%d lines, %d bytes", n, len(text))
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028 }) >= 0 {
				t.Fatalf("it steers the terminal: %.200q", line)
			}
			if line != "" && !strings.HasPrefix(line, "  ") {
				t.Fatalf("a line is not ours: %.200q", line)
			}
		}
	}
}
