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
	if got := c.Advance(time.Hour); !got.Equal(Epoch().Add(time.Hour)) {
		t.Fatalf("after Advance: %v", got)
	}
	if got := c.Advance(-2 * time.Hour); !got.Equal(Epoch().Add(-time.Hour)) {
		t.Fatalf("backwards: %v", got)
	}
	c.Set(Epoch().AddDate(1, 0, 0))
	if s := c.State(); !s.Frozen || s.Now.Year() != 2031 {
		t.Fatalf("State = %+v", s)
	}
}

func TestRunningKeepsItsOffset(t *testing.T) {
	c := Running()
	before := c.Now()
	c.Advance(time.Hour)
	if got := c.Now().Sub(before); got < time.Hour || got > time.Hour+time.Minute {
		t.Fatalf("an hour ahead: %v", got)
	}
	c.Freeze()
	at := c.Now()
	if !c.Now().Equal(at) {
		t.Fatal("a frozen clock moved")
	}
	c.Resume()
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

func TestDurationText(t *testing.T) {
	var d Duration
	if err := d.UnmarshalText([]byte("1h30m")); err != nil || d.Seconds() != 5400 {
		t.Fatalf("%v %v", d, err)
	}
	for _, bad := range []string{"60", "5 minutes", "", "0"} {
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
