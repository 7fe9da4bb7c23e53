package journal

import (
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/budget"
)

// heap is the live heap after a collection.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// fill records exchanges of many small parameters, of one large text, and of much
// in every other place.
func fill(j *Journal, exchanges int) {
	many, large := url.Values{}, strings.Repeat("x", 60<<10)
	for n := range 500 {
		many["p"+strconv.Itoa(n)] = []string{"v"}
	}
	for n := range exchanges {
		e := j.volume().Begin()
		e.Endpoint, e.Path, e.Headers = "token_endpoint", "/"+large[:n%1000], map[string]string{"User-Agent": large[:n%8000]}
		e.Params = many
		if n%2 == 0 {
			e.Params = url.Values{"scope": {strings.Clone(large)}}
		}
		e.Response = map[string]any{"list": []any{large[:n%100], map[string]any{"a": strings.Clone(large)}}}
		e.Decisions = []Decision{{"scope", true, strings.Clone(large), "RFC 6749 section 3.3"}}
		e.Events = []Event{{"e", map[string]string{"a": strings.Clone(large)}}}
		e.ResponseHeaders = map[string]string{"Location": "http://127.0.0.1/" + large[:n%3000]}
		j.volume().Append(e)
	}
}

func TestJournalBytes(t *testing.T) {
	before := heap()
	told := 0
	j := New(clock.Frozen(clock.Epoch()), 1_000_000)
	j.Bound(nil, func() { told++ })
	fill(j, 700)
	if kept := heap() - before; kept > 2*mostBytes || j.log.Weight() > mostBytes || kept < mostBytes/2 {
		t.Errorf("%d bytes of heap, %d by its own measure", kept, j.log.Weight())
	}
	entries := j.Entries()
	if len(entries) < 20 || entries[len(entries)-1].Seq != 700 || entries[0].Seq != int64(701-len(entries)) || told == 0 {
		t.Errorf("%d entries, told %d times", len(entries), told)
	}
	e := entries[len(entries)-2]
	if scope := e.Params.Get("scope"); len(scope) > 2*mostText || !strings.HasSuffix(scope, "(61440 bytes)") || !strings.Contains(strings.Join(e.Notes, ""), "a part of this exchange") {
		t.Errorf("shortened to %d bytes: %q", len(scope), e.Notes)
	}
	runtime.KeepAlive(j)
}

// TestJournalKeepsOrdinaryExchangesWhole: what a verify step looks for is not cut.
func TestJournalKeepsOrdinaryExchangesWhole(t *testing.T) {
	j := New(clock.Frozen(clock.Epoch()), 2000)
	assertion := strings.Repeat("a", 4000)
	for range 2000 {
		record(j, "token_endpoint", url.Values{"grant_type": {"authorization_code"}, "code": {"abc"}}, 200)
	}
	record(j, "token_endpoint", url.Values{"client_assertion": {assertion}}, 200)
	entries := j.Entries()
	if len(entries) != 2000 || entries[1999].Params.Get("client_assertion") != assertion {
		t.Errorf("%d entries", len(entries))
	}
}

func TestJournalsShareBytes(t *testing.T) {
	told := 0
	pool := budget.New(8<<20, func() { told++ })
	before := heap()
	var all []*Journal
	for range 30 {
		j := New(clock.Frozen(clock.Epoch()), 0)
		j.Bound(pool, nil)
		fill(j, 40)
		all = append(all, j)
	}
	if kept := heap() - before; kept > 16<<20 || told == 0 {
		t.Errorf("%d bytes, told %d times", kept, told)
	}
	for n, j := range all {
		if len(j.Entries()) == 0 {
			t.Errorf("journal %d lost everything to the others", n)
		}
	}
}
