package storetest

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// flawed is a backend whose stores have a flaw.
type flawed struct {
	record.Backend
	flaw func(record.Store) record.Store
}

func (b flawed) Current() *record.State {
	s := *b.Backend.Current()
	s.Store = b.flaw(s.Store)
	return &s
}

// The flaws that a distributed store may have.
type (
	redeemsTwice struct{ record.Store }
	rotatesTwice struct{ record.Store }
	endsTwice    struct{ record.Store }
	endsLate     struct{ record.Store } // tokens of an ended grant live
	takesTwice   struct{ record.Store }
	denies       struct{ record.Store } // and keeps the grant
)

func again(c record.Claim) record.Claim {
	if c == record.Used {
		return record.Won
	}
	return c
}

func (s redeemsTwice) RedeemCode(code string, now time.Time) (record.HeldCode, record.Claim) {
	held, claim := s.Store.RedeemCode(code, now)
	return held, again(claim)
}

func (s rotatesTwice) RotateRefresh(token string, now time.Time, grace time.Duration) (record.HeldRefresh, record.Claim) {
	held, claim := s.Store.RotateRefresh(token, now, grace)
	return held, again(claim)
}

func (s endsTwice) EndGrant(key record.GrantKey) bool {
	s.Store.EndGrant(key)
	return true
}

func (s endsLate) Access(token string, now time.Time) (record.HeldAccess, bool) {
	held, ok := s.Store.Access(token, now)
	held.Ended = false
	return held, ok
}

func (s takesTwice) TakePushed(uri, clientID string, now time.Time) (record.Pushed, bool) {
	p, ok := s.Store.TakePushed(uri, clientID, now)
	if ok {
		s.KeepPushed(uri, p)
	}
	return p, ok
}

func (s denies) EndGrants(string, string) int { return 1 }

// TestRunCatches plants each flaw. A few scripts show it.
func TestRunCatches(t *testing.T) {
	for name, flaw := range map[string]func(record.Store) record.Store{
		"a code is redeemed twice":         func(s record.Store) record.Store { return redeemsTwice{s} },
		"a refresh token is rotated twice": func(s record.Store) record.Store { return rotatesTwice{s} },
		"a grant ends twice":               func(s record.Store) record.Store { return endsTwice{s} },
		"a token of an ended grant lives":  func(s record.Store) record.Store { return endsLate{s} },
		"a pushed request is taken twice":  func(s record.Store) record.Store { return takesTwice{s} },
		"what is revoked is not revoked":   func(s record.Store) record.Store { return denies{s} },
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range 200 {
				b := memory.New(clock.Frozen(clock.Epoch()), 0, 7)
				if err := b.Reset(func(*record.State) error { return nil }); err != nil {
					t.Fatal(err)
				}
				if len(unexplained(drawScript(4).Example(seed), flawed{b, flaw})) > 0 {
					return
				}
			}
			t.Error("200 scripts do not show it")
		})
	}
}
