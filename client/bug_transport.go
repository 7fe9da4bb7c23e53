package client

// The bugs about the network.
const (
	RetryNone         Bug = "retry-none"
	RetryUnbounded    Bug = "retry-unbounded"
	RetryAfterIgnored Bug = "retry-after-ignored"
	TimeoutNone       Bug = "timeout-none"
	BodyUnbounded     Bug = "body-unbounded"
	RedirectFollowed  Bug = "redirect-followed-with-credentials"
)

func transportBugs() []BugInfo {
	return []BugInfo{
		{RetryNone, "retry", "RFC 9110 section 9.2.2", "gives up at once, whatever it is configured to"},
		{RetryUnbounded, "retry", "RFC 9110 section 9.2.2", "repeats a failed request 50 times"},
		{RetryAfterIgnored, "retry", "RFC 9110 section 10.2.3", "repeats a request sooner than Retry-After allows"},
		{TimeoutNone, "timeout", "RFC 9110 section 9.2.2", "waits for an answer for ever"},
		{BodyUnbounded, "body_size", "RFC 9110 section 8.6", "reads answers of up to a gigabyte"},
		{RedirectFollowed, "redirect", "RFC 9700 section 4.12", "follows a redirect with its secrets"},
	}
}
