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

func responseBugs() []BugInfo {
	return []BugInfo{
		{DuplicateParamsAccepted, "duplicates", "RFC 6749 section 3.1", "takes the first of two parameters of the same name"},
		{StateUnchecked, "state", "RFC 6749 section 10.12", "takes a response with any state"},
		{StateMissingAccepted, "state", "RFC 6749 section 10.12", "takes a response without state"},
		{IssUnchecked, "iss", "RFC 9207 section 2.4", "takes a response of another issuer"},
		{IssMissingAccepted, "iss", "RFC 9207 section 2.4", "takes a response without iss though the provider promised one"},
		{LoginNeverExpires, "login_timeout", "RFC 6749 section 10.12", "takes a response however late it comes"},
		{ResponseReplayed, "replay", "RFC 9700 section 4.7", "takes a second response to the same request"},
		{ErrorIgnored, "authorization_response", "RFC 6749 section 4.1.2.1", "redeems the code that comes beside an error"},
		{DenialAsSuccess, "authorization_response", "RFC 6749 section 4.1.2.1", "takes access_denied for a sign-in"},
		{ErrorAsSuccess, "authorization_response", "RFC 6749 section 4.1.2.1", "takes any error for a sign-in"},
		{CodeMissingSent, "code", "RFC 6749 section 4.1.2", "redeems a code that is not there"},
		{UnknownParamsRefused, "authorization_response", "RFC 6749 section 4.1.2", "refuses an answer with parameters that it does not know"},
		{ResponseTokenAccepted, "authorization_response", "RFC 9700 section 2.1.2", "takes an access token out of the URL"},
	}
}
