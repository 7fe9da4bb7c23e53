package client

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// However many seconds Retry-After has, the time to wait is not over before it began
// (RFC 9110 section 10.2.3).
func TestRetryAfterOfAnySize(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "120": 2 * time.Minute, "9223372036": century * time.Second, "9223372036854775808": century * time.Second,
		strings.Repeat("9", 100): century * time.Second,
	} {
		if got, ok := retryAfter(http.Header{"Retry-After": {text}}, time.Time{}); !ok || got != want {
			t.Errorf("%.30s: %s %t, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"-1", "+1", "1.5", "1e3", ""} {
		if got, ok := retryAfter(http.Header{"Retry-After": {text}}, time.Time{}); ok {
			t.Errorf("%q was taken for %s", text, got)
		}
	}
}
