package grant

import (
	"runtime"
	"testing"
)

// BenchmarkHeldToken reports what a live client credentials token costs.
func BenchmarkHeldToken(b *testing.B) {
	r := newRig(b)
	params := form("grant_type", "client_credentials")
	for range 3000 { // fill the journal first: it is a ring
		if _, err := r.token(params); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		if _, err := r.token(params); err != nil {
			b.Fatal(err)
		}
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/token")
	runtime.KeepAlive(r)
}
