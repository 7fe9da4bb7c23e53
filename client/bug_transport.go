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
	GoAwayFails       Bug = "goaway-fails"
)
