package attack

import (
	"context"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// racesEach is how often an entry is played in which chance decides.
const racesEach = 5

// isRace reports whether several requests of an entry are sent at once.
func isRace(e *drill.Scenario) bool {
	return slices.ContainsFunc(e.Steps, func(s *drill.Step) bool {
		return s.Callback != nil && s.Callback.Parallel > 1 || s.Call != nil && s.Call.Parallel > 1
	})
}

// playRaces plays an entry several times, and returns the first failure with how many
// there were. An entry that could not be judged once is not repeated.
func playRaces(ctx context.Context, play func() result.Result) result.Result {
	first := play()
	if first.Verdict == result.Invalid || first.Verdict == result.NotExercised {
		return first
	}
	races, lost := 1, 0
	shown, took := first, first.Duration
	count := func(f result.Result) {
		if !f.Verdict.Failed() {
			return
		}
		if lost++; lost == 1 {
			shown = f
		}
	}
	count(first)
	for races < racesEach && ctx.Err() == nil {
		f := play()
		if f.Verdict == result.Invalid {
			break // the failure before broke the app
		}
		races++
		took += f.Duration
		count(f)
	}
	shown.Races, shown.RacesLost, shown.Duration = races, lost, took
	if lost > 0 {
		shown.Reason = fmt.Sprintf("in %d of %d races: %s", lost, races, shown.Reason)
	}
	return shown
}
