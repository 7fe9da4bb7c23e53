package vocabulary

import "testing"

func TestDistanceCountsASwapOnce(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"times", "tiems", 1}, {"times", "tmies", 1}, {"times", "time", 1}, {"times", "timess", 1},
		{"ca", "abc", 3}, {"client", "clinets", 2}, {"scope", "state", 3}, {"é", "e", 1},
	} {
		if got := Distance(tc.a, tc.b); got != tc.want || Distance(tc.b, tc.a) != got {
			t.Errorf("%s, %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
