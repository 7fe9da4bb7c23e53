package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// keptExchanges is how many exchanges each journal of a server keeps.
const keptExchanges = 500

const (
	smallHeap = 16 << 20 // bytes that live; below, garbage is cheap to leave for a while
	lavish    = 200      // percent of garbage to live data while the heap is small
	thrifty   = 40       // and once it is not
	firstLook = time.Second
	nextLook  = 250 * time.Millisecond
)

// staySmall trades speed for memory where memory counts: a test server should
// be small beside the tests, but a small heap that is collected every few
// megabytes only costs time. GOGC in the environment has the last word. It
// waits a second, because it begins with a collection, which a start need not
// pay for.
func staySmall(lookup func(string) (string, bool)) {
	if _, set := lookup("GOGC"); set {
		return
	}
	percent := 100
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var look func()
	look = func() {
		metrics.Read(live)
		want := lavish
		if live[0].Value.Uint64() > smallHeap {
			want = thrifty
		}
		if want != percent {
			debug.SetGCPercent(want)
			percent = want
		}
		time.AfterFunc(nextLook, look)
	}
	time.AfterFunc(firstLook, look)
}
