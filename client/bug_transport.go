package client

// The bugs about the network.
const (
	RetryNone         Bug = "retry-none"
	RetryUnbounded    Bug = "retry-unbounded"
	RetryAfterIgnored Bug = "retry-after-ignored"
	TimeoutNone       Bug = "timeout-none"
	BodyUnbounded     Bug = "body-unbounded"
	RedirectFollowed  Bug = "redirect-followed-with-credentials"
	Impatient         Bug = "impatient"
	TLSUnverified     Bug = "tls-unverified"
	TLSOldAccepted    Bug = "tls-old-version-accepted"
	TLSRequestRefused Bug = "tls-request-refused"
	LengthRequired    Bug = "length-required"
	HeadersLimited    Bug = "headers-limited"
	InformationalEnds Bug = "informational-ends"
	OneAtATime        Bug = "one-at-a-time"
	GoAwayFails       Bug = "goaway-fails"
)

func transportBugs() []BugInfo {
	return []BugInfo{
		{RetryNone, "retry", "RFC 9110 section 9.2.2", "gives up at once, whatever it is configured to"},
		{RetryUnbounded, "retry", "RFC 9110 section 9.2.2", "repeats a failed request 50 times"},
		{RetryAfterIgnored, "retry", "RFC 9110 section 10.2.3", "repeats a request sooner than Retry-After allows"},
		{TimeoutNone, "timeout", "RFC 9110 section 9.2.2", "waits for an answer for ever"},
		{BodyUnbounded, "body_size", "RFC 9110 section 8.6", "reads answers of up to a gigabyte"},
		{RedirectFollowed, "redirect", "RFC 9700 section 4.12", "follows a redirect with its secrets"},
		{Impatient, "timeout", "RFC 9110 section 9.2.2", "gives up after two seconds"},
		{TLSUnverified, "tls", "RFC 9700 section 2.6", "does not verify the certificate of the provider"},
		{TLSOldAccepted, "tls", "RFC 8996 section 4", "speaks TLS 1.0"},
		{TLSRequestRefused, "tls", "RFC 8446 section 4.3.2", "breaks off when it is asked for a certificate"},
		{LengthRequired, "body_size", "RFC 9112 section 6.3", "refuses answers to forms that do not announce their length"},
		{HeadersLimited, "headers", "RFC 9110 section 5.4", "refuses answers with more than 8 kB of header"},
		{InformationalEnds, "informational", "RFC 9110 section 15.2", "takes an informational answer for the last one"},
		{GoAwayFails, "connection", "RFC 9113 section 6.8", "gives an HTTP/2 answer up when its connection is to go away"},
		{OneAtATime, "timeout", "RFC 9110 section 9.2.2", "answers one request after the other, also while it waits for the provider"},
	}
}
