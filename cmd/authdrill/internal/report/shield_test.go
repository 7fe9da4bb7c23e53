package report_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
)

// TestDocumentsObeyNobody: whatever is in a result or a card, no format but
// github's own has a command for a CI, and none of them steers a terminal.
func TestDocumentsObeyNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine reads megabytes: not with -short")
	}
	command := regexp.MustCompile(`(?m)^[ \t]*::|##[a-z]*\[|[\x00-\x08\x0b-\x1f\x7f]|\x{85}|\x{9b}|\x{202e}|\x{2066}|\x{2028}`)
	check := func(t *testing.T, document string) {
		t.Helper()
		if at := command.FindStringIndex(document); at != nil {
			t.Errorf("%q in %q", document[at[0]:at[1]], document[max(0, at[0]-80):min(len(document), at[1]+80)])
		}
	}
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			if format != "github" {
				check(t, write(t, format, hostile(), report.Options{}))
			}
		})
	}
	for _, format := range report.CardFormats() {
		t.Run("card "+format, func(t *testing.T) {
			if format != "github" {
				check(t, writeCard(t, format, hostileCard(), report.Options{}))
			}
		})
	}
}

// TestShieldedJSONIsTheSame: in JSON every text is what it was.
func TestShieldedJSONIsTheSame(t *testing.T) {
	text := "::error::x\n##[error]\u009b31m\u202e\U000e0001 ✓"
	r := poisoned("failed", text)
	var got struct{ Results []struct{ Name string } }
	if err := json.Unmarshal([]byte(write(t, "json", append(hostile()[:0], r), report.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if got.Results[0].Name != text {
		t.Errorf("%q, want %q", got.Results[0].Name, text)
	}
}
