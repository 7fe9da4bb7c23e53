package journal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

func record(j *Journal, endpoint protocol.Endpoint, params url.Values, status int) {
	r, _ := http.NewRequest("POST", "http://127.0.0.1/token", nil)
	x := j.Begin(endpoint, r)
	x.SetParams(params)
	x.End(status, nil)
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

func TestSecretsAreNotKeptAndTokensAreTagged(t *testing.T) {
	j := New(clock.Frozen(clock.Epoch()), 0)
	r, _ := http.NewRequest("POST", "http://127.0.0.1/token", nil)
	r.SetBasicAuth("app", "app-secret")
	x := j.Begin("token_endpoint", r)
	x.SetParams(url.Values{"client_secret": {"app-secret"}, "refresh_token": {"a-refresh-token-of-some-length"}})
	x.Respond(map[string]any{"access_token": "eyJhbGciOiJub25lIn0.e30.sig", "expires_in": 3600})
	x.End(302, http.Header{"Location": {"http://127.0.0.1/cb?code=abcdef&state=xyz"}})
	e := j.Entries()[0]
	if strings.Contains(e.Params.Get("client_secret")+e.Headers["Authorization"], "secret") {
		t.Errorf("a client secret is in the journal: %v %v", e.Params, e.Headers)
	}
	if e.Params.Get("refresh_token") != "a-refresh-token-of-some-length" {
		t.Error("verify steps need the token itself")
	}
	red := e.Redacted()
	for _, s := range []string{red.Params.Get("refresh_token"), red.Response["access_token"].(string), red.ResponseHeaders["Location"]} {
		if !strings.Contains(s, "…") || strings.Contains(s, "abcdef") {
			t.Errorf("not shortened: %s", s)
		}
	}
	if !strings.Contains(red.ResponseHeaders["Location"], "state=xyz") {
		t.Errorf("too much redacted: %s", red.ResponseHeaders["Location"])
	}
}

func TestNilExchange(t *testing.T) {
	var x *Exchange
	x.Decide("a", true, "", "")
	x.Event("e", "k", "v")
	x.Bind("l", "c", "s")
	x.End(200, nil)
	if From(context.Background()) != nil {
		t.Fatal("an exchange out of nowhere")
	}
}
