package memory

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// TestOfParallelCallersOneSucceeds lets callers meet often enough, and closely
// enough, for a take of two steps to be seen: also without the race detector.
func TestOfParallelCallersOneSucceeds(t *testing.T) {
	const rounds, callers = 10_000, 4
	now := time.Unix(1_900_000_000, 0)
	later := now.Add(time.Hour)
	s := NewStore(nil)
	var table Table[string, int]
	g := record.Grant{Authorization: &record.Authorization{}}
	for name, c := range map[string]struct {
		prepare func(key string)
		take    func(key string) bool
	}{
		"Take":   {func(key string) { table.Put(key, 1, later) }, func(key string) bool { _, ok := table.Take(key, now); return ok }},
		"PutNew": {nil, func(key string) bool { return table.PutNew("new"+key, 1, later, now) }},
		"RedeemCode": {
			func(key string) {
				s.KeepCode(key, record.Code{GrantKey: s.PutGrant(g, later), Expires: record.At(later)}, later)
			},
			func(key string) bool { _, claim := s.RedeemCode(key, now); return claim == record.Won },
		},
		"RotateRefresh": {
			func(key string) {
				s.KeepRefresh(key, record.Refresh{GrantKey: s.PutGrant(g, later), Expires: record.At(later)}, later, 0)
			},
			func(key string) bool { _, claim := s.RotateRefresh(key, now, 0); return claim == record.Won },
		},
		"TakePushed": {
			func(key string) { s.KeepPushed(key, record.Pushed{ClientID: "app", Expires: later}) },
			func(key string) bool { _, ok := s.TakePushed(key, "app", now); return ok },
		},
		"FirstUse": {nil, func(key string) bool { return s.FirstUse(key, later, now) }},
		"EndSession": {
			func(key string) { s.KeepSession(record.Session{ID: key, Expires: later}) },
			func(key string) bool { return s.EndSession(key, now) },
		},
		"AnswerDevice": {
			func(key string) { keepDevice(s, key, later, now) },
			func(key string) bool { return s.AnswerDevice(key, &g, now) },
		},
		"PollDevice": {
			func(key string) {
				keepDevice(s, "polled"+key, later, now)
				s.AnswerDevice("polled"+key, &g, now)
			},
			func(key string) bool { _, p := s.PollDevice("polled"+key, "app", now); return p == record.PollGranted },
		},
	} {
		keys := make([]string, rounds)
		for n := range keys {
			if keys[n] = fmt.Sprint(n); c.prepare != nil {
				c.prepare(keys[n])
			}
		}
		won := make([]atomic.Int64, rounds)
		var arrived atomic.Int64
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for n, key := range keys {
					for arrived.Add(1); arrived.Load() < int64(n+1)*callers; {
						runtime.Gosched()
					}
					if c.take(key) {
						won[n].Add(1)
					}
				}
			})
		}
		wg.Wait()
		for n := range won {
			if got := won[n].Load(); got != 1 {
				t.Errorf("%s, round %d: %d of %d succeeded, want 1", name, n, got, callers)
				break
			}
		}
	}
}

func keepDevice(s *Store, name string, expires, now time.Time) {
	s.KeepDevice(record.Device{Code: name, UserCode: name, ClientID: "app", Expires: expires}, expires, now)
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
	if s.Look(long+"1", now, func(*int) {}) {
		t.Error("still known after Delete")
	}
	if v := 0; !s.Look(long+"2", now, func(kept *int) { v = *kept }) || v != 2 {
		t.Errorf("got %d", v)
	}
	if strings.Contains(fmt.Sprintf("%v", s.table.rows), long) {
		t.Error("the table holds the secret itself")
	}
}

func TestGraceWindow(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := NewStore(nil)
	later := now.Add(time.Hour)
	s.KeepRefresh("r", record.Refresh{GrantKey: s.PutGrant(record.Grant{Authorization: &record.Authorization{}}, later), Expires: record.At(later)}, later, 0)
	rotate := func(after time.Duration) record.Claim {
		_, claim := s.RotateRefresh("r", now.Add(after), 10*time.Second)
		return claim
	}
	if rotate(0) != record.Won || rotate(10*time.Second) != record.Won || rotate(11*time.Second) != record.Used {
		t.Fatal("the grace window is counted from the first use")
	}
	if r, ok := s.Refresh("r", now); !ok || r.Current(now.Add(11*time.Second), 10*time.Second) {
		t.Fatal("current after the window")
	}
}

func TestEndingAGrantEndsItsTokens(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := NewStore(nil)
	later := now.Add(time.Hour)
	key := s.PutGrant(record.Grant{ClientID: "app", Authorization: &record.Authorization{UserLogin: "alice"}}, now)
	keep := func(token string) {
		s.KeepAccess(token, record.Access{GrantKey: key, Issued: record.At(now), Expires: record.At(later)}, later, record.GiveWay{})
	}
	live := func(token string) bool {
		a, ok := s.Access(token, now)
		return ok && a.Live(now)
	}
	keep("t")
	if s.Sweep(now, now); s.EndGrants("bob", "") != 0 || !live("t") {
		t.Fatal("another user's grant ended, or was forgotten before its token")
	}
	if s.EndGrants("alice", "app") != 1 || s.EndGrant(key) || live("t") {
		t.Fatal("not ended, or twice")
	}
	if keep("late"); live("late") {
		t.Fatal("a token lives that was kept after its grant had ended")
	}
	if s.Sweep(later, later); s.EndGrant(key) || s.grants.Weight() != 0 {
		t.Fatal("a grant is known without a token")
	}
}

func TestDevicePolling(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := NewStore(nil)
	d := record.Device{Code: "d", UserCode: "u", ClientID: "app", Expires: now.Add(time.Hour), Interval: 5 * time.Second}
	other := record.Device{Code: "e", UserCode: "u", Expires: d.Expires}
	if !s.KeepDevice(d, d.Expires, now) || s.KeepDevice(other, d.Expires, now) {
		t.Fatal("two devices have one user code")
	}
	poll := func(after time.Duration, want record.Poll) {
		t.Helper()
		if _, got := s.PollDevice("d", "app", now.Add(after*time.Second)); got != want {
			t.Errorf("after %d s: %d, want %d", after, got, want)
		}
	}
	poll(0, record.PollPending)
	poll(4, record.PollTooFast) // which adds five seconds to the interval each time
	poll(13, record.PollTooFast)
	poll(28, record.PollPending)
	if _, got := s.PollDevice("d", "another", now); got != record.PollUnknown {
		t.Errorf("another client: %d", got)
	}
	if !s.AnswerDevice("u", &record.Grant{Authorization: &record.Authorization{}}, now) || s.AnswerDevice("u", nil, now) {
		t.Error("the first answer stays")
	}
	poll(43, record.PollGranted)
	poll(58, record.PollUnknown)
}

// Grants that are forgotten leave no room behind, whichever they are, and take their
// tokens with them.
func TestForgottenGrants(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	s := NewStore(nil)
	later := now.Add(time.Hour)
	keys := make([]record.GrantKey, 1000)
	for n := range keys {
		keys[n] = s.PutGrant(record.Grant{Authorization: &record.Authorization{}}, now.Add(time.Duration(n+1)*time.Second))
		s.KeepAccess(fmt.Sprint(n), record.Access{GrantKey: keys[n], Expires: record.At(later)}, now.Add(time.Duration(n+1)*time.Second), record.GiveWay{})
	}
	each := s.grants.Weight() / len(keys)
	s.grants.Shed(100 * each)
	for n, known := range map[int]bool{0: false, 99: false, 100: true, 999: true} {
		if _, ok := s.Access(fmt.Sprint(n), now); ok != known {
			t.Errorf("the token of grant %d is known: %t", n, ok)
		}
	}
	if s.grants.Weight() != 900*each {
		t.Errorf("%d bytes are left of %d grants", s.grants.Weight(), 900)
	}
	if s.Sweep(later, later); s.grants.Weight() != 0 || len(s.grants.chunks) != 1 || s.grants.chunks[0] != nil {
		t.Errorf("%d bytes in %d chunks are left", s.grants.Weight(), len(s.grants.chunks))
	}
	if key := s.PutGrant(record.Grant{Authorization: &record.Authorization{}}, later); key != keys[999]+1 || !s.EndGrant(key) || s.EndGrant(keys[3]) || s.EndGrant(key+1) || s.EndGrant(0) {
		t.Errorf("after it there is grant %d", key)
	}
}
