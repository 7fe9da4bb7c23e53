package main

import (
	"runtime/debug"
	"time"
)

// keptExchanges is how many exchanges each journal of a server keeps.
const keptExchanges = 500

// staySmall trades speed, of which there is enough, for memory: a test server
// should be small beside the tests. GOGC in the environment has the last word.
// It waits a second, because it begins with a collection, which a start need
// not pay for.
func staySmall(lookup func(string) (string, bool)) {
	if _, set := lookup("GOGC"); !set {
		time.AfterFunc(time.Second, func() { debug.SetGCPercent(50) })
	}
}
