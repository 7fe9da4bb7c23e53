package witness

import "github.com/authdrill/authdrill/scenarios/result"

// lapse is what no app should do, whatever the document expects of it. An app that
// defends itself and commits one has answered badly: its severity is that of the
// answer, not that of the attack.
type lapse struct {
	rule     string
	verdict  result.Verdict
	severity string
}

// The lapses.
var (
	serverError = lapse{"server_error", result.FailRobustness, "low"}
	stackTrace  = lapse{"stack_trace", result.FailRobustness, "low"}
	noAnswer    = lapse{"no_answer", result.FailRobustness, "medium"}
	noStart     = lapse{"no_start", result.FailRobustness, "medium"}
	noRecovery  = lapse{"no_recovery", result.FailRobustness, "medium"}
)

// isRefusalAsGateway reports whether a status says that another server answered badly
// or not in time (RFC 9110 sections 15.6.3 to 15.6.5): a refusal, and no error of the
// app's own.
func isRefusalAsGateway(status int) bool { return status >= 502 && status <= 504 }
