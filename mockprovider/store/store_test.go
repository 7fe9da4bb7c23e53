package store

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOfParallelCallersOneSucceeds(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	var table Table[string, int]
	s := New(nil)
	later := now.Add(time.Hour)
	g := &Grant{Authorization: nobody}
	s.Codes.Put("c", &Code{Grant: g, Expires: At(later)}, later)
	s.KeepRefresh("r", &Refresh{Grant: g, Expires: At(later)}, later, 0)
	s.Pushed.Put("p", &Pushed{ClientID: "app"}, later)
	s.Sessions.Put("s", &Session{ID: "s"}, later)
	device := NewDevice(0)
	device.Code, device.UserCode, device.Expires = "d", "u", later
	s.KeepDevice(device, later, now)
	table.Put("k", 1, now.Add(time.Minute))
	var took, redeemed, rotated, added, pushed, used, ended, answered atomic.Int64
	count := func(n *atomic.Int64, ok bool) {
		if ok {
			n.Add(1)
		}
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			_, ok := table.Take("k", now)
			count(&took, ok)
			_, claim := s.RedeemCode("c", now)
			count(&redeemed, claim == Won)
			_, claim = s.RotateRefresh("r", now, 0)
			count(&rotated, claim == Won)
			count(&added, table.PutNew("new", 1, now.Add(time.Minute), now))
			_, ok = s.TakePushed("p", "app", now)
			count(&pushed, ok)
			count(&used, s.FirstUse("jti", later, now))
			count(&ended, s.EndSession("s", now))
			count(&answered, s.AnswerDevice("u", g, now))
		})
	}
	wg.Wait()
	for name, n := range map[string]*atomic.Int64{"took": &took, "redeemed": &redeemed, "rotated": &rotated, "added": &added, "pushed": &pushed, "used": &used, "ended": &ended, "answered": &answered} {
		if n.Load() != 1 {
			t.Errorf("%s: %d of 64 succeeded, want 1", name, n.Load())
		}
	}
}

func TestExpiryAndSweep(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	var table Table[string, int]
	for i := range 5000 {
		table.Put(fmt.Sprint(i), i, now.Add(time.Second))
	}
	table.Put("for ever", 1, time.Time{})
	if _, ok := table.Get("0", now.Add(time.Second-1)); !ok {
		t.Fatal("expired early")
	}
	if _, ok := table.Get("0", now.Add(time.Second)); ok {
		t.Fatal("alive at its expiry")
	}
	if n := table.Sweep(now.Add(time.Second)); n != 5000 || table.Len() != 1 {
		t.Fatalf("swept %d, left %d", n, table.Len())
	}
}

func TestSecrets(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	var s Secrets[int]
	long := strings.Repeat("x", 1000)
	s.Put(long+"1", 1, now.Add(time.Second))
	s.Put(long+"2", 2, now.Add(time.Second))
	s.Delete(long + "1")
	if _, ok := s.Get(long+"1", now); ok {
		t.Error("still known after Delete")
	}
	if v, ok := s.Get(long+"2", now); !ok || v != 2 {
		t.Errorf("got %d, %t", v, ok)
	}
	if strings.Contains(fmt.Sprintf("%v", s.table.rows), long) {
		t.Error("the table holds the secret itself")
	}
}

func TestGraceWindow(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	r := &Refresh{}
	if !r.rotate(now, 10*time.Second) || !r.rotate(now.Add(10*time.Second), 10*time.Second) || r.rotate(now.Add(11*time.Second), 10*time.Second) {
		t.Fatal("the grace window is counted from the first use")
	}
	if r.Current(now.Add(11*time.Second), 10*time.Second) {
		t.Fatal("current after the window")
	}
}

func TestEndingAGrantEndsItsTokens(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := New(nil)
	g := &Grant{ClientID: "app", Authorization: &Authorization{UserLogin: "alice"}}
	a := &Access{Grant: g, Issued: At(now), Expires: At(now.Add(time.Hour))}
	s.Access.Put("t", a, a.Expires.Time())
	if s.EndGrants("bob", "") != 0 || !a.Live(now) {
		t.Fatal("another user's grant ended")
	}
	if s.EndGrants("alice", "app") != 1 || a.Live(now) {
		t.Fatal("not ended")
	}
}

func TestDevicePolling(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := New(nil)
	d := NewDevice(5 * time.Second)
	d.Code, d.UserCode, d.ClientID, d.Expires = "d", "u", "app", now.Add(time.Hour)
	other := NewDevice(0)
	other.Code, other.UserCode, other.Expires = "e", "u", d.Expires
	if !s.KeepDevice(d, d.Expires, now) || s.KeepDevice(other, d.Expires, now) {
		t.Fatal("two devices have one user code")
	}
	poll := func(after time.Duration, want Poll) {
		t.Helper()
		if _, got := s.PollDevice("d", "app", now.Add(after*time.Second)); got != want {
			t.Errorf("after %d s: %d, want %d", after, got, want)
		}
	}
	poll(0, PollPending)
	poll(4, PollTooFast) // which adds five seconds to the interval each time
	poll(13, PollTooFast)
	poll(28, PollPending)
	if _, got := s.PollDevice("d", "another", now); got != PollUnknown {
		t.Errorf("another client: %d", got)
	}
	if !s.AnswerDevice("u", &Grant{Authorization: nobody}, now) || s.AnswerDevice("u", nil, now) {
		t.Error("the first answer stays")
	}
	poll(43, PollGranted)
	poll(58, PollUnknown)
}
