package store

import (
	"math"
	"net/url"
	"sync"
	"time"
)

// Device is a device authorization request (RFC 8628 section 3.2). Its exported
// members do not change once it is kept.
type Device struct {
	Code, UserCode string
	ClientID       string
	Scopes         []string
	Expires        time.Time
	Form           url.Values

	mu       sync.Mutex
	interval time.Duration
	polled   time.Time
	answered bool
	answer   *Grant // nil where the user refused
	taken    bool   // the answer was given to a poll
}

// NewDevice returns a request whose polls must be interval apart.
func NewDevice(interval time.Duration) *Device { return &Device{interval: interval} }

// Poll is what a poll of a device is answered with (RFC 8628 section 3.5).
type Poll int

// The answers to a poll.
const (
	PollUnknown Poll = iota // unknown, used before, or another client's
	PollExpired             // expired_token
	PollTooFast             // slow_down
	PollPending             // authorization_pending
	PollDenied              // access_denied
	PollGranted             // the tokens of Device.Granted
)

// slowDown is what a poll that comes too soon adds to the interval (RFC 8628
// section 3.5).
const slowDown = 5 * time.Second

func (d *Device) poll(now time.Time) Poll {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.taken:
		return PollUnknown
	case !now.Before(d.Expires):
		return PollExpired
	}
	early := !d.polled.IsZero() && now.Sub(d.polled) < d.interval
	d.polled = now
	switch {
	case early:
		d.interval = min(d.interval, math.MaxInt64-slowDown) + slowDown
		return PollTooFast
	case !d.answered:
		return PollPending
	case d.answer == nil || d.answer.Ended():
		return PollDenied
	}
	d.taken = true
	return PollGranted
}

// Interval is how long a device has to wait between two polls.
func (d *Device) Interval() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.interval
}

// decide gives the user's answer, nil for a refusal. The first answer stays; it
// reports whether this was the first.
func (d *Device) decide(g *Grant) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.answered {
		return false
	}
	d.answered, d.answer = true, g
	return true
}

// Granted returns the grant that the user gave, nil if there is none.
func (d *Device) Granted() *Grant {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.answer
}
