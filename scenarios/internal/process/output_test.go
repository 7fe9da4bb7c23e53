package process

import (
	"strings"
	"testing"
	"unicode"
)

// TestOutputKeepsWholeLines: of a line whose beginning is gone nothing is shown.
func TestOutputKeepsWholeLines(t *testing.T) {
	o := &Output{Limit: 20}
	_, _ = o.Write([]byte("short\nline\n"))
	if got := o.String(); got != "short\nline\n" {
		t.Errorf("%q", got)
	}
	_, _ = o.Write([]byte("the secret is tr0ub4dor\nlast\n"))
	if got := o.String(); got != "last\n" {
		t.Errorf("%q", got)
	}
	_, _ = o.Write([]byte(strings.Repeat("x", 30)))
	if got := o.String(); got != strings.Repeat("x", 20) {
		t.Errorf("%q", got)
	}
}

func TestQuoteIsOneLine(t *testing.T) {
	if got, want := quoteOutput("first\r\n\n  ::error::x\x1b\n"), "first | ·::error::x·"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	long := quoteOutput(strings.Repeat("first line\n", 1000) + "the reason")
	if n := len([]rune(long)); n > 402 || !strings.HasPrefix(long, "…") || !strings.HasSuffix(long, "the reason") || strings.ContainsFunc(long, unicode.IsControl) {
		t.Errorf("%d characters: %q", n, long)
	}
}
