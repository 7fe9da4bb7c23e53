package engine

import (
	"context"
	"time"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// keyThrottle is longer than the time for which clients do not ask for the key set
// again: a minute, where a library has such a bound at all.
const keyThrottle = 62 * time.Second

// LongestPause returns how long an entry may pause in addition to what it does.
func LongestPause(s *drill.Scenario) time.Duration {
	if RotatesKeys(s) || KeptByApp(s) == "keys" {
		return keyThrottle
	}
	return 0
}

// forgiveThrottle gives an app that does not sign a user in right after a rotation of
// keys the time after which it may ask for the new ones. A bound on how often keys are
// asked for is what keeps unknown keys from becoming a flood of requests.
func forgiveThrottle(ctx context.Context, s *drill.Scenario, subject Drilled, j *witness.Judgement) {
	if !RotatesKeys(s) || !j.OnlyMissesKeys() || subject.Pause(ctx, keyThrottle) != nil {
		return
	}
	if subject.PlainSignIn(ctx, "later") == "" {
		j.ForgiveKeys("a sign-in a minute later works: it does not ask for keys more often")
	}
}

// noteRecovery signs alice in without the stimulus. An app that met a bad key set may ask
// for the good one a minute later: what it may not do is keep the bad one.
func noteRecovery(ctx context.Context, s *drill.Scenario, subject Drilled, j *witness.Judgement) {
	why := subject.PlainSignIn(ctx, "recovery")
	if why != "" && KeptByApp(s) == "keys" && subject.Pause(ctx, keyThrottle) == nil && subject.PlainSignIn(ctx, "later") == "" {
		j.NoteLateRecovery("a plain sign-in works a minute afterwards: it does not ask for keys more often")
		return
	}
	j.NoteRecovery(why)
}
