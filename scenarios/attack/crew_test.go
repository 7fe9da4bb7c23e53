package attack

import (
	"slices"
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestFurtherInstancesOnlyOfAQuickApp: an app that starts slowly is never started more
// often than asked for.
func TestFurtherInstancesOnlyOfAQuickApp(t *testing.T) {
	for start, want := range map[time.Duration]int{
		0: 8, 30 * time.Millisecond: 8, 300 * time.Millisecond: 6, 700 * time.Millisecond: 2, 2100 * time.Millisecond: 0, 9 * time.Second: 0,
	} {
		if got := extraInstances(4, start); got != want {
			t.Errorf("an app that starts in %s: %d more instances, want %d", start, got, want)
		}
	}
}

// TestWaitingEntriesFirst: of what is to be played, the longest wait is taken first, and
// two instances play entries that do not wait meanwhile.
func TestWaitingEntriesFirst(t *testing.T) {
	named := func(id string) *catalog.Entry {
		e, err := catalog.Embedded().Lookup(id)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	quick := []*catalog.Entry{named("happy-code"), named("state-wrong")}
	p := &crew{turns: make(chan struct{}, 1), most: 3, quick: slices.Clone(quick), waits: []*catalog.Entry{named("ui-slow"), named("rt-rotated")}}
	for n, want := range []string{"ui-slow", "happy-code", "state-wrong", "rt-rotated"} {
		e, waits := p.next(t.Context())
		if e == nil || e.ID != want || waits == slices.Contains(quick, e) {
			t.Fatalf("entry %d is %v, want %s", n, e, want)
		}
	}
	if e, _ := p.next(t.Context()); e != nil {
		t.Errorf("%s is played twice", e.ID)
	}
}

// TestExpectedWaits: what makes an app wait is known before it is played.
func TestExpectedWaits(t *testing.T) {
	for id, want := range map[string]time.Duration{
		"happy-code": 0, "rt-rotated": 2 * expiryWait, "rt-race-parallel-10": racesEach * expiryWait, "net-latency-5s": 5500 * time.Millisecond,
		"net-blackhole": longWait, "jwks-slow": longWait,
	} {
		e, err := catalog.Embedded().Lookup(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := expectedWait(e); got != want {
			t.Errorf("%s waits %s, want %s", id, got, want)
		}
	}
}

// TestOneInstanceWithoutAPort: an app whose command and environment take no port is
// started once.
func TestOneInstanceWithoutAPort(t *testing.T) {
	for _, x := range []struct {
		start    *target.Start
		parallel int
		want     int
	}{
		{nil, 0, 1},
		{&target.Start{Command: []string{"app"}}, 8, 1},
		{&target.Start{Command: []string{"app", "--port=${port}"}}, 0, defaultInstances},
		{&target.Start{Command: []string{"app"}, Env: map[string]string{"PORT": "${port}"}}, 2, 2},
	} {
		c := &campaign{Options: Options{App: &target.App{Start: x.start}, Parallel: x.parallel}}
		if got := c.countInstances(); got != x.want {
			t.Errorf("%+v: %d instances, want %d", x, got, x.want)
		}
	}
}
