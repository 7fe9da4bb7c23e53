package memory

import (
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// devices are the device authorization requests, by device code and, until they
// are answered, by user code.
type devices struct {
	mu        sync.Mutex // held over both tables
	byCode    Table[string, record.Device]
	userCodes Table[string, string] // device code by user code
}

// KeepDevice keeps a device authorization request until it is forgotten, later
// than it expires. It reports false if its user code is that of another one: then
// nothing is kept.
func (s *Store) KeepDevice(d record.Device, forgotten, now time.Time) bool {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	if !s.devices.userCodes.PutNew(d.UserCode, d.Code, d.Expires, now) {
		return false
	}
	s.devices.byCode.Put(d.Code, d, forgotten)
	return true
}

// Device returns the device of a device code.
func (s *Store) Device(code string, now time.Time) (record.Device, bool) {
	return s.devices.byCode.Get(code, now)
}

// DeviceOfUser returns the device whose user code this is, if it waits for an
// answer.
func (s *Store) DeviceOfUser(userCode string, now time.Time) (record.Device, bool) {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	code, ok := s.devices.userCodes.Get(userCode, now)
	if !ok {
		return record.Device{}, false
	}
	return s.devices.byCode.Get(code, now)
}

// AnswerDevice gives the user's answer to a device: a grant, or nil to refuse. Of
// any number of answers the first counts; it reports whether this was it.
func (s *Store) AnswerDevice(userCode string, g *record.Grant, now time.Time) (first bool) {
	s.devices.mu.Lock()
	defer s.devices.mu.Unlock()
	code, ok := s.devices.userCodes.Take(userCode, now)
	if !ok {
		return false
	}
	s.devices.byCode.Look(code, now, func(d *record.Device) {
		first = !d.Answered
		if first {
			d.Answered, d.Answer = true, g
		}
	})
	return first
}

// PollDevice counts a poll of a device (RFC 8628 section 3.5). Of any number of
// polls after the user's answer one takes it.
func (s *Store) PollDevice(code, clientID string, now time.Time) (polled record.Device, outcome record.Poll) {
	s.devices.byCode.TakeIf(code, now, func(d *record.Device) bool {
		if d.ClientID == clientID {
			outcome = d.CountPoll(now)
			polled = *d
		}
		return outcome == record.PollGranted
	})
	return polled, outcome
}

// refuse turns the answers that are meant, and not taken yet, into refusals. It
// returns how many.
func (d *devices) refuse(meant func(*record.Grant) bool) int {
	n := 0
	d.byCode.Each(func(d *record.Device) {
		if d.Answer != nil && meant(d.Answer) {
			d.Answer = nil
			n++
		}
	})
	return n
}
