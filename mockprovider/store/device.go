package store

import (
	"net/url"
	"time"
)

// Device is a device authorization request (RFC 8628 section 3.2).
type Device struct {
	Code, UserCode string
	ClientID       string
	Scopes         []string
	Expires        time.Time
	Form           url.Values

	Interval time.Duration // that polls must be apart
	Polled   time.Time     // the latest poll
	Answered bool          // by the user
	Answer   *Grant        // what the user gave, to be stored by the poll that takes it; nil for a refusal
}

// Poll is what a poll of a device is answered with (RFC 8628 section 3.5).
type Poll int

// The answers to a poll.
const (
	PollUnknown Poll = iota // unknown, used before, or another client's
	PollExpired             // expired_token
	PollTooFast             // slow_down
	PollPending             // authorization_pending
	PollDenied              // access_denied
	PollGranted             // the tokens of Device.Answer
)
