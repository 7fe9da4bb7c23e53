package say

import (
	"context"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
)

// TestAwait ends a verb that loads at once, and waits for one that has begun.
func TestAwait(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	v := &Voice{}
	if err := v.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	cancel(signals.Cause{Signal: syscall.SIGTERM})
	ended := make(chan int, 1)
	ended <- 7
	if code := v.Await(ctx, ended); code != 7 {
		t.Errorf("a verb that had begun ended with %d", code)
	}
	loads := &Voice{}
	if code := loads.Await(ctx, make(chan int)); code != 143 {
		t.Errorf("a verb that loads ended with %d", code)
	}
	if err := loads.Begin(ctx); err == nil {
		t.Error("a verb begins after the signal")
	}
}
