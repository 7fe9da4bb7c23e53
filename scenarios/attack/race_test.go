package attack

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/result"
)

// TestRacesAreCounted: a race is played several times, one loss fails it, and the
// reason says how often it was lost. What could not be judged is not repeated.
func TestRacesAreCounted(t *testing.T) {
	const p, f, invalid, skipped = result.Pass, result.FailRobustness, result.Invalid, result.NotExercised
	for _, c := range []struct {
		verdicts  []result.Verdict
		want      result.Verdict
		of, lost  int
		wantPlays int
	}{
		{[]result.Verdict{p, p, p, p, p}, p, 5, 0, 5},
		{[]result.Verdict{p, p, f, p, f}, f, 5, 2, 5},
		{[]result.Verdict{f, f, f, f, f}, f, 5, 5, 5},
		{[]result.Verdict{f, invalid}, f, 1, 1, 2},
		{[]result.Verdict{invalid}, invalid, 0, 0, 1},
		{[]result.Verdict{skipped}, skipped, 0, 0, 1},
	} {
		plays := 0
		got := playRaces(t.Context(), func() result.Result {
			plays++
			return result.Result{Verdict: c.verdicts[plays-1], Reason: "why", Duration: time.Second}
		})
		if got.Verdict != c.want || got.Races != c.of || got.RacesLost != c.lost || plays != c.wantPlays {
			t.Errorf("%v: %s, lost %d of %d in %d plays", c.verdicts, got.Verdict, got.RacesLost, got.Races, plays)
		}
	}
}
