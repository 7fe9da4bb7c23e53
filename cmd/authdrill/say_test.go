package main

import (
	"context"
	"syscall"
	"testing"
)

// TestAwait ends a verb that loads at once, and waits for one that has begun.
func TestAwait(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	v := &voice{}
	if err := v.begin(ctx); err != nil {
		t.Fatal(err)
	}
	cancel(signalled{syscall.SIGTERM})
	ended := make(chan int, 1)
	ended <- 7
	if code := v.await(ctx, ended); code != 7 {
		t.Errorf("a verb that had begun ended with %d", code)
	}
	loads := &voice{}
	if code := loads.await(ctx, make(chan int)); code != 143 {
		t.Errorf("a verb that loads ended with %d", code)
	}
	if err := loads.begin(ctx); err == nil {
		t.Error("a verb begins after the signal")
	}
}
