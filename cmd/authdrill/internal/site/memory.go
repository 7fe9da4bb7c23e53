package site

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// keptExchanges is how many exchanges each journal of a server keeps.
const keptExchanges = 500

const (
	allowance = 28 << 20 // bytes of garbage between two collections,
	lavish    = 300      // but at most this percentage of what lives,
	thrifty   = 40       // and at least this
	firstLook = time.Second
	nextLook  = 250 * time.Millisecond
)

// staySmall trades memory for speed while the heap is small: a test server should
// need less memory than the tests, but collecting a heap of a few megabytes often
// only costs time. GOGC in the environment overrides it. It waits a second, because
// it begins with a collection, which would delay the start.
func staySmall(lookup func(string) (string, bool)) {
	if _, set := lookup("GOGC"); set {
		return
	}
	percent := 100
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var look func()
	look = func() {
		metrics.Read(live)
		want := min(lavish, max(thrifty, int(100*allowance/max(1, live[0].Value.Uint64()))))
		if want != percent {
			debug.SetGCPercent(want)
			percent = want
		}
		time.AfterFunc(nextLook, look)
	}
	time.AfterFunc(firstLook, look)
}
