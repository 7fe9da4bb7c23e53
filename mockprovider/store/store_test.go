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
	code := &Code{}
	refresh := &Refresh{}
	table.Put("k", 1, now.Add(time.Minute))
	var took, redeemed, rotated, added atomic.Int64
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
			count(&redeemed, code.Redeem())
			count(&rotated, refresh.Rotate(now, 0))
			count(&added, table.PutNew("new", 1, now.Add(time.Minute), now))
		})
	}
	wg.Wait()
	if took.Load() != 1 || redeemed.Load() != 1 || rotated.Load() != 1 || added.Load() != 1 {
		t.Fatalf("took %d, redeemed %d, rotated %d, added %d", took.Load(), redeemed.Load(), rotated.Load(), added.Load())
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
	if !r.Rotate(now, 10*time.Second) || !r.Rotate(now.Add(10*time.Second), 10*time.Second) || r.Rotate(now.Add(11*time.Second), 10*time.Second) {
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
	if s.EndGrants("bob", "", now) != 0 || !a.Live(now) {
		t.Fatal("another user's grant ended")
	}
	if s.EndGrants("alice", "app", now) != 1 || a.Live(now) {
		t.Fatal("not ended")
	}
}

func TestDevicePolling(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	d := NewDevice(5 * time.Second)
	if !d.Poll(now) || d.Poll(now.Add(4*time.Second)) || d.Poll(now.Add(13*time.Second)) || !d.Poll(now.Add(28*time.Second)) {
		t.Fatal("slow_down must add five seconds each time")
	}
	if !d.Allow(&Grant{}) || d.Deny() {
		t.Fatal("the first answer stays")
	}
}
