package storetest

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Checks are the checks of what is not a record, by name. Each wants a backend of its
// own with an empty state, whose clock is frozen.
func Checks() map[string]func(testing.TB, record.Backend) {
	return map[string]func(testing.TB, record.Backend){
		"faults count every request": checkFaults, "the clock loses no change": checkClock, "the journal numbers every exchange": checkJournal,
		"edits lose no change": checkEdits, "a reset leaves nothing": checkReset, "a failed reset changes nothing": checkFailedReset, "a restart keeps what was set": checkRestart,
	}
}

const (
	callers = 8
	calls   = 200 // of each caller
)

// together lets the callers do something at the same moment, as often as calls says.
func together(do func(caller int)) {
	var arrived atomic.Int64
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for n := range calls {
				for arrived.Add(1); arrived.Load() < int64(n+1)*callers; {
					runtime.Gosched()
				}
				do(caller)
			}
		})
	}
	wg.Wait()
}

// noParams is a request without parameters.
type noParams struct{}

func (noParams) Param(string) (string, bool) { return "", false }

func checkFaults(t testing.TB, b record.Backend) {
	const skip, times = 100, 300
	many, s := times, b.Current()
	id, err := s.Faults.Add(fault.Fault{At: "token_endpoint", Skip: skip, Times: &many, Connection: "close"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Faults.Add(fault.Fault{ID: id, At: "jwks_uri", Connection: "close"}); err == nil {
		t.Error("two faults have one id")
	}
	var struck atomic.Int64
	together(func(int) { struck.Add(int64(len(b.Current().Faults.At("token_endpoint", noParams{})))) })
	if l := s.Faults.List(); struck.Load() != times || len(l) != 1 || l[0].Struck != times || l[0].Seen != skip+times {
		t.Errorf("%d struck, want %d: %+v", struck.Load(), times, l)
	}
	if !s.Faults.Remove(id) || s.Faults.Remove(id) || len(s.Faults.List()) != 0 {
		t.Error("a fault is removed once")
	}
}

func checkClock(t testing.TB, b record.Backend) {
	before := b.Clock().Now()
	together(func(caller int) {
		if err := b.Clock().Advance(time.Duration(caller+1) * time.Second); err != nil {
			t.Error(err)
		}
	})
	want := time.Duration(calls*callers*(callers+1)/2) * time.Second
	if got := b.Clock().Now().Sub(before); got != want {
		t.Errorf("moved by %v, want %v", got, want)
	}
	if b.Clock().Advance(171*365*24*time.Hour) == nil || b.Clock().Now().Sub(before) != want {
		t.Error("a refused change moved the clock")
	}
}

// writeExchange writes one into the journal.
func writeExchange(v journal.Volume) { v.Append(v.Begin()) }

func checkJournal(t testing.TB, b record.Backend) {
	old := b.Current().Journal
	late := old.Begin()
	together(func(int) { writeExchange(b.Current().Journal) })
	entries := b.Journal().Entries()
	if len(entries) != callers*calls || b.Journal().Last() != callers*calls {
		t.Fatalf("%d entries, the last is number %d, want %d", len(entries), b.Journal().Last(), callers*calls)
	}
	for n, e := range entries {
		if e.Seq != int64(n+1) {
			t.Fatalf("entry %d has the number %d", n, e.Seq)
		}
	}
	resetState(t, b)
	old.Append(late)
	if b.Journal().Last() != 0 || len(b.Journal().Entries()) != 0 {
		t.Error("an exchange from before the reset is in the journal")
	}
}

func checkEdits(t testing.TB, b record.Backend) {
	s, now := b.Current(), start()
	together(func(int) {
		s.EditClient("app", func(c *store.Client) *store.Client {
			next := store.Client{ID: "app"}
			if c != nil {
				next.DefaultMaxAge = c.DefaultMaxAge
			}
			next.DefaultMaxAge++
			return &next
		})
		s.EditConsent("alice", "app", func(scopes []string) []string { return append(slices.Clone(scopes), "x") }, now)
		s.EditPersona(func(p *persona.Persona) persona.Persona {
			var next persona.Persona
			if p != nil {
				next = p.With(persona.Persona{})
			}
			next.Lax = append(slices.Clone(next.Lax), "x")
			return next
		})
	})
	c, _ := s.Client("app")
	if n, scopes, lax := c.DefaultMaxAge, s.Consent("alice", "app", now), s.Persona().Lax; n != callers*calls || len(scopes) != n || len(lax) != n {
		t.Errorf("%d edits of a client, %d of a consent and %d of the settings are left, want %d", n, len(scopes), len(lax), callers*calls)
	}
}

// keepOne keeps a record of each kind.
func keepOne(t testing.TB, s *record.State) {
	t.Helper()
	now, later := start(), start().Add(time.Hour)
	s.SetClient(&store.Client{ID: "app"})
	s.SetUser(&store.User{Login: "alice"})
	if _, err := s.Faults.Add(fault.Fault{ID: "one", At: "jwks_uri", Connection: "close"}); err != nil {
		t.Fatal(err)
	}
	key := s.PutGrant(record.Grant{ClientID: "app", Authorization: &record.Authorization{UserLogin: "alice"}}, later)
	s.KeepCode("code", record.Code{GrantKey: key, Expires: record.At(later)}, later)
	s.KeepAccess("access", record.Access{GrantKey: key, Expires: record.At(later)}, later, record.GiveWay{})
	s.KeepRefresh("refresh", record.Refresh{GrantKey: key, Expires: record.At(later), Ends: record.At(later)}, later, 0)
	s.KeepDevice(record.Device{Code: "device", UserCode: "user", ClientID: "app", Expires: later}, later, now)
	s.KeepPushed("pushed", record.Pushed{ClientID: "app", Expires: later})
	s.KeepSession(record.Session{ID: "session", Expires: later})
	s.EditConsent("alice", "app", func([]string) []string { return []string{"openid"} }, now)
	s.KeepPending(record.Pending{Ticket: "ticket"}, later)
	s.Register(&store.Client{ID: "registered"}, "token", 1)
	s.CountGuess([]record.Counter{{Name: "guess", Most: 1}}, time.Hour, now)
	s.FirstUse("value", later, now)
	s.SwapResponse(map[string]any{"access_token": "access"})
	s.NextLogin()
}

// known lists the records of keepOne that a state has, and changes them.
func known(s *record.State) (out []string) {
	now, later := start(), start().Add(time.Hour)
	look := func(name string, there bool) {
		if there {
			out = append(out, name)
		}
	}
	_, code := s.Code("code", now)
	_, access := s.Access("access", now)
	_, refresh := s.Refresh("refresh", now)
	_, device := s.Device("device", now)
	_, user := s.DeviceOfUser("user", now)
	_, pushed := s.TakePushed("pushed", "app", now)
	_, session := s.Session("session", now)
	_, pending := s.Pending("ticket", now)
	_, registration := s.Registration("token")
	look("code", code)
	look("access", access)
	look("refresh", refresh)
	look("device", device)
	look("user code", user)
	look("pushed", pushed)
	look("session", session)
	look("pending", pending)
	look("registration", registration)
	look("consent", s.Consent("alice", "app", now) != nil)
	look("grant", s.EndGrants("alice", "app") > 0)
	look("guess", s.CountGuess([]record.Counter{{Name: "guess", Most: 1}}, time.Hour, now) > 0)
	look("value", !s.FirstUse("value", later, now))
	look("response", s.SwapResponse(nil) != nil)
	look("login", s.NextLogin() > 1)
	return out
}

// set lists what of keepOne a restart keeps.
func set(s *record.State) (clients, users, faults int) {
	return len(s.Clients()), len(s.Users()), len(s.Faults.List())
}

func resetState(t testing.TB, b record.Backend) {
	t.Helper()
	if err := b.Reset(func(*record.State) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func checkReset(t testing.TB, b record.Backend) {
	old := b.Current()
	keepOne(t, old)
	resetState(t, b)
	if now := b.Current(); now == old || now != b.Current() {
		t.Fatal("a state is another one after a reset, and only then")
	}
	if left := known(b.Current()); len(left) > 0 {
		t.Errorf("left after a reset: %v", left)
	}
	if clients, users, faults := set(b.Current()); clients+users+faults > 0 {
		t.Errorf("%d clients, %d users and %d faults are left", clients, users, faults)
	}
	if all := known(old); len(all) != 15 {
		t.Errorf("a request that began before does not go on with the old state: it has %v", all)
	}
}

func checkFailedReset(t testing.TB, b record.Backend) {
	keepOne(t, b.Current())
	writeExchange(b.Current().Journal)
	before, why := b.Current(), errors.New("no")
	if err := b.Reset(func(*record.State) error { return why }); !errors.Is(err, why) {
		t.Fatalf("%v, want %v", err, why)
	}
	if all := known(b.Current()); b.Current() != before || len(all) != 15 || b.Journal().Last() != 1 {
		t.Errorf("left: %v, and %d exchanges", all, b.Journal().Last())
	}
}

func checkRestart(t testing.TB, b record.Backend) {
	s := b.Current()
	keepOne(t, s)
	s.EditPersona(func(*persona.Persona) persona.Persona { return persona.Persona{PKCE: "required"} })
	b.Restart()
	if left := known(b.Current()); len(left) > 0 {
		t.Errorf("left after a restart: %v", left)
	}
	if clients, users, faults := set(b.Current()); clients != 2 || users != 1 || faults != 1 || b.Current().Persona().PKCE != "required" {
		t.Errorf("%d clients, %d users and %d faults are left, and %+v", clients, users, faults, b.Current().Persona())
	}
	writeExchange(s.Journal)
	if b.Journal().Last() != 1 {
		t.Error("the journal does not go on after a restart")
	}
}
