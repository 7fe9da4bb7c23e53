package app_test

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/app"
)

// FuzzReturnTo: whatever is asked for, a sign-in returns to this site.
func FuzzReturnTo(f *testing.F) {
	for _, seed := range []string{"/", "//evil.example", "/\\evil.example", "https://evil.example", "/%2f/x", "/\t/evil.example", "javascript:alert(1)", "/whoami?a=b#c", "%2f0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := app.LocalPath(to)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.HasPrefix(got, "/\\") || strings.ContainsAny(got, "\r\n\t\\") {
			t.Errorf("%q: %q", to, got)
		}
	})
}
