package record

import (
	"math"
	"net/url"
	"time"
)

// Device is a device authorization request (RFC 8628 section 3.2).
type Device struct {
	Code, UserCode string
	Realm          string // the issuer it is of, where the provider has several
	ClientID       string
	Scopes         []string
	Audience       []string // protected resources that it asks tokens for
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

// slowDown is what a poll that comes too soon adds to the interval (RFC 8628
// section 3.5).
const slowDown = 5 * time.Second

// CountPoll counts a poll at now and returns what it is answered with. A device whose
// answer is PollGranted is taken: its store forgets it in the same step.
func (d *Device) CountPoll(now time.Time) Poll {
	if !now.Before(d.Expires) {
		return PollExpired
	}
	early := !d.Polled.IsZero() && now.Sub(d.Polled) < d.Interval
	d.Polled = now
	switch {
	case early:
		d.Interval = min(d.Interval, math.MaxInt64-slowDown) + slowDown
		return PollTooFast
	case !d.Answered:
		return PollPending
	case d.Answer == nil:
		return PollDenied
	}
	return PollGranted
}
