package clock

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestFrozenMovesOnlyWhenTold(t *testing.T) {
	c := Frozen(Epoch())
	if got := c.Now(); !got.Equal(Epoch()) {
		t.Fatalf("Now = %v", got)
	}
	if err := c.Advance(time.Hour); err != nil || !c.Now().Equal(Epoch().Add(time.Hour)) {
		t.Fatalf("after Advance: %v %v", c.Now(), err)
	}
	if err := c.Advance(-2 * time.Hour); err != nil || !c.Now().Equal(Epoch().Add(-time.Hour)) {
		t.Fatalf("backwards: %v %v", c.Now(), err)
	}
	if err := c.Set(Epoch().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if now, frozen := c.State(); !frozen || now.Year() != 2031 {
		t.Fatalf("State = %v, %v", now, frozen)
	}
}

func TestRunningKeepsItsOffset(t *testing.T) {
	c := Running()
	before := c.Now()
	if err := c.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := c.Now().Sub(before); got < time.Hour || got > time.Hour+time.Minute {
		t.Fatalf("an hour ahead: %v", got)
	}
	c.Freeze(true)
	at := c.Now()
	if !c.Now().Equal(at) {
		t.Fatal("a frozen clock moved")
	}
	c.Freeze(false)
	if c.Now().Before(at) {
		t.Fatal("resumed in the past")
	}
}

func TestSleepOnAFrozenClockIsVirtual(t *testing.T) {
	c := Frozen(Epoch())
	if err := c.Sleep(context.Background(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := c.Now().Sub(Epoch()); got != 24*time.Hour {
		t.Fatalf("slept %v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Running().Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
}

func TestClockStaysInReach(t *testing.T) {
	for name, c := range map[string]*Clock{"frozen": Frozen(Epoch()), "running": runningFrom(Epoch())} {
		if c.Advance(171*365*24*time.Hour) == nil || c.Advance(-61*365*24*time.Hour) == nil {
			t.Errorf("%s: moved out of reach", name)
		}
		if c.Set(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)) == nil || c.Set(time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)) == nil {
			t.Errorf("%s: set out of reach", name)
		}
		if got := c.Now().Sub(Epoch()); got < 0 || got > time.Minute {
			t.Errorf("%s: a refused move went by %v", name, got)
		}
	}
	c := Frozen(time.Date(2199, 12, 31, 23, 0, 0, 0, time.UTC))
	if err := c.Sleep(context.Background(), 2*time.Hour); err != nil || Reachable(c.Now()) != nil {
		t.Errorf("slept to %v: %v", c.Now(), err)
	}
}

func TestDurationText(t *testing.T) {
	var d Duration
	if err := d.UnmarshalText([]byte("1h30m")); err != nil || d.D() != 90*time.Minute {
		t.Fatalf("%v %v", d, err)
	}
	for _, bad := range []string{"60", "5 minutes", "", "0"} {
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
