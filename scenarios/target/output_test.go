package target

import (
	"strings"
	"testing"
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
