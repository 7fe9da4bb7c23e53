package store_test

import (
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/store/storetest"
)

// memory is the store in this process. It is reset as an issuer is: by another one.
type memory struct{ now atomic.Pointer[store.Store] }

func newMemory() storetest.Backend {
	m := &memory{}
	m.Reset()
	return m
}

func (m *memory) Reset() { m.now.Store(store.New(nil)) }

func (m *memory) Snapshot() storetest.Operations { return m.now.Load() }

func TestOperations(t *testing.T) {
	for name, tc := range map[string]struct{ workers, passes int }{"one after the other": {1, 1}, "sixteen at once": {16, 3}} {
		t.Run(name, func(t *testing.T) {
			for range tc.passes {
				rapid.Check(t, func(t *rapid.T) { storetest.Run(t, tc.workers, newMemory) })
			}
		})
	}
}
