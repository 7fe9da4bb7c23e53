package memory_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/storetest"
)

// open returns a backend of its own, with an empty state.
func open() record.Backend {
	b := memory.New(clock.Frozen(clock.Epoch()), 0, 7)
	_ = b.Reset(func(*record.State) error { return nil }) // that cannot fail
	return b
}

func TestOperations(t *testing.T) {
	for name, tc := range map[string]struct{ workers, passes int }{"one after the other": {1, 1}, "sixteen at once": {16, 3}} {
		t.Run(name, func(t *testing.T) {
			for range tc.passes {
				rapid.Check(t, func(t *rapid.T) { storetest.Run(t, tc.workers, open) })
			}
		})
	}
}

func TestBackend(t *testing.T) {
	for name, check := range storetest.Checks() {
		t.Run(name, func(t *testing.T) { check(t, open()) })
	}
}
