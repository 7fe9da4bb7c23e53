package client

// The bugs about the authorization response.
const (
	DuplicateParamsAccepted Bug = "duplicate-params-accepted"
	StateUnchecked          Bug = "state-unchecked"
	StateMissingAccepted    Bug = "state-missing-accepted"
	IssUnchecked            Bug = "iss-unchecked"
	IssMissingAccepted      Bug = "iss-missing-accepted"
	LoginNeverExpires       Bug = "login-never-expires"
	ResponseReplayed        Bug = "response-replayed"
	ErrorIgnored            Bug = "error-ignored"
	DenialAsSuccess         Bug = "denial-as-success"
	ErrorAsSuccess          Bug = "error-as-success"
	CodeMissingSent         Bug = "code-missing-sent"
	UnknownParamsRefused    Bug = "unknown-params-refused"
	ResponseTokenAccepted   Bug = "response-token-accepted"
)
