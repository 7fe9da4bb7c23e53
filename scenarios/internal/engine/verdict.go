package engine

import (
	"fmt"

	"github.com/authdrill/authdrill/scenarios/result"
)

// Unexercised returns the result with the reason why the entry was not exercised.
func Unexercised(r result.Result, reason string) result.Result {
	r.Verdict, r.Reason = result.NotExercised, reason
	return r
}

// Invalid returns the result with the reason why it cannot be judged.
func Invalid(r result.Result, reason string) result.Result {
	r.Verdict, r.Reason = result.Invalid, reason
	return r
}

// FirstFailure returns the first failure in words, or the reason of the outcome if
// there is none.
func FirstFailure(r *result.Result) string {
	for _, s := range r.Steps {
		if len(s.Failures) > 0 {
			return fmt.Sprintf("step %d, %s: %s", s.Number, s.Verb, s.Failures[0].Text())
		}
	}
	return r.Reason
}

// hasFailed reports whether any step failed.
func hasFailed(r *result.Result) bool {
	for _, s := range r.Steps {
		if len(s.Failures) > 0 {
			return true
		}
	}
	return false
}
