package journal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// volume returns the current volume.
func (j *Journal) volume() Volume { return Volume{j, j.log.position().volume} }

func record(j *Journal, endpoint protocol.Endpoint, params url.Values, status int) {
	e := j.volume().Begin()
	e.Endpoint, e.Method, e.Path, e.Params, e.Status = endpoint, http.MethodPost, "/token", params, status
	j.volume().Append(e)
}

// kept are header fields as an entry has them.
func kept(h http.Header) map[string]string {
	out := map[string]string{}
	for name := range h {
		out[name] = h.Get(name)
	}
	return out
}

func TestFindWaitAndRing(t *testing.T) {
	j := New(clock.Frozen(clock.Epoch()), 3)
	for _, g := range []string{"a", "b", "c", "d"} {
		record(j, "token_endpoint", url.Values{"grant_type": {g}}, 200)
	}
	if got := j.Entries(); len(got) != 3 || got[0].Seq != 2 || got[2].Seq != 4 {
		t.Fatalf("ring: %d entries, first %d", len(got), got[0].Seq)
	}
	if got := j.Find(Query{Params: map[string]any{"grant_type": "c"}}); len(got) != 1 || got[0].Seq != 3 {
		t.Fatalf("Find: %v", got)
	}
	if got := j.Find(Query{Status: map[string]any{"$gte": 400}}); len(got) != 0 {
		t.Fatalf("Find by status: %v", got)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		got, err := j.Wait(context.Background(), Query{Endpoint: "userinfo_endpoint"}, 1)
		if err != nil || got[0].Seq != 5 {
			t.Errorf("Wait: %v %v", got, err)
		}
	})
	record(j, "userinfo_endpoint", nil, 200)
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := j.Wait(ctx, Query{Endpoint: "nowhere"}, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Wait without end: %v", err)
	}
}

func TestFollowSeesEachOnce(t *testing.T) {
	j := New(clock.Frozen(clock.Epoch()), 0)
	record(j, "jwks_uri", nil, 200)
	var seen []int64
	err := j.Follow(context.Background(), 0, Query{}, func(e *Entry) bool {
		seen = append(seen, e.Seq)
		if len(seen) < 3 {
			record(j, "jwks_uri", nil, 200)
		}
		return len(seen) < 3
	})
	if err != nil || len(seen) != 3 || seen[2] != 3 {
		t.Fatalf("%v %v", seen, err)
	}
}

func TestFollowGoesOnAfterReset(t *testing.T) {
	j := New(clock.Frozen(clock.Epoch()), 0)
	record(j, "jwks_uri", nil, 200)
	record(j, "jwks_uri", nil, 200)
	var seen []int64
	err := j.Follow(context.Background(), 0, Query{}, func(e *Entry) bool {
		seen = append(seen, e.Seq)
		if len(seen) == 2 {
			j.Reset()
			record(j, "userinfo_endpoint", nil, 200)
		}
		return e.Endpoint == "jwks_uri"
	})
	if err != nil || len(seen) != 3 || seen[2] != 1 {
		t.Fatalf("%v %v", seen, err)
	}
	err = j.Follow(context.Background(), 2, Query{}, func(e *Entry) bool { return false })
	if err != nil {
		t.Fatalf("a follower that was away at the reset: %v", err)
	}
}
