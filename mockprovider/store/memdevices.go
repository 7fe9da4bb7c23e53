package store

import (
	"math"
	"sync"
	"time"
)

// devices are the device authorization requests, by device code and, until they
// are answered, by user code.
type devices struct {
	mu        sync.Mutex // held over both tables
	byCode    Table[string, Device]
	userCodes Table[string, string] // device code by user code
}

// slowDown is what a poll that comes too soon adds to the interval (RFC 8628
// section 3.5).
const slowDown = 5 * time.Second

// KeepDevice keeps a device authorization request until it is forgotten, later
// than it expires. It reports false if its user code is that of another one: then
// nothing is kept.
func (s *Store) KeepDevice(d Device, forgotten, now time.Time) bool {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	if !s.devices.userCodes.PutNew(d.UserCode, d.Code, d.Expires, now) {
		return false
	}
	s.devices.byCode.Put(d.Code, d, forgotten)
	return true
}

// Device returns the device of a device code.
func (s *Store) Device(code string, now time.Time) (Device, bool) {
	return s.devices.byCode.Get(code, now)
}

// DeviceOfUser returns the device whose user code this is, if it waits for an
// answer.
func (s *Store) DeviceOfUser(userCode string, now time.Time) (Device, bool) {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	code, ok := s.devices.userCodes.Get(userCode, now)
	if !ok {
		return Device{}, false
	}
	return s.devices.byCode.Get(code, now)
}

// AnswerDevice gives the user's answer to a device: a grant, or nil to refuse. Of
// any number of answers the first counts; it reports whether this was it.
func (s *Store) AnswerDevice(userCode string, g *Grant, now time.Time) (first bool) {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	code, ok := s.devices.userCodes.Take(userCode, now)
	if !ok {
		return false
	}
	s.devices.byCode.Look(code, now, func(d *Device) {
		first = !d.Answered
		if first {
			d.Answered, d.Answer = true, g
		}
	})
	return first
}

// PollDevice counts a poll of a device (RFC 8628 section 3.5). Of any number of
// polls after the user's answer one takes it.
func (s *Store) PollDevice(code, clientID string, now time.Time) (polled Device, outcome Poll) {
	s.devices.byCode.TakeIf(code, now, func(d *Device) bool {
		if d.ClientID == clientID {
			outcome = d.poll(now)
			polled = *d
		}
		return outcome == PollGranted
	})
	return polled, outcome
}

func (d *Device) poll(now time.Time) Poll {
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

// refuse turns the answers that are meant, and not taken yet, into refusals. It
// returns how many.
func (d *devices) refuse(meant func(*Grant) bool) int {
	n := 0
	d.byCode.Each(func(d *Device) {
		if d.Answer != nil && meant(d.Answer) {
			d.Answer = nil
			n++
		}
	})
	return n
}
