package memory

import (
	"slices"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
)

// param is a request with some parameters.
type param func(name string) (string, bool)

func (p param) Param(name string) (string, bool) { return p(name) }

var none param = func(string) (string, bool) { return "", false }

func TestSkipTimesAndMatch(t *testing.T) {
	s := NewFaults(1)
	two := 2
	if _, err := s.Add(fault.Fault{
		ID: "second and third", At: "token_endpoint", Skip: 1, Times: &two,
		Match: map[string]any{"grant_type": "refresh_token"}, Error: &fault.OAuthError{Code: "server_error"},
	}); err != nil {
		t.Fatal(err)
	}
	var refresh param = func(name string) (string, bool) { return "refresh_token", name == "grant_type" }
	var got []int
	for range 5 {
		got = append(got, len(s.At("token_endpoint", refresh)))
		if n := len(s.At("token_endpoint", none)); n != 0 {
			t.Fatalf("struck a request that does not match")
		}
	}
	if want := []int{0, 1, 1, 0, 0}; !slices.Equal(got, want) {
		t.Fatalf("struck %v, want %v", got, want)
	}
	if l := s.List(); l[0].Struck != 2 {
		t.Fatalf("%+v", l)
	}
	if !s.Remove("second and third") || s.Remove("second and third") {
		t.Fatal("Remove")
	}
}

func TestTimesZeroIsAlways(t *testing.T) {
	s := NewFaults(1)
	zero := 0
	if _, err := s.Add(fault.Fault{On: "id_token", Times: &zero, Tamper: &fault.Tamper{Signature: "corrupt"}}); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if len(s.On("id_token", none)) != 1 {
			t.Fatal("stopped")
		}
	}
}

func TestChancesFollowTheSeed(t *testing.T) {
	draw := func(seed uint64) (out []int) {
		s := NewFaults(seed)
		zero, half := 0, 0.5
		if _, err := s.Add(fault.Fault{At: "jwks_uri", Times: &zero, Probability: &half, Connection: "close"}); err != nil {
			t.Fatal(err)
		}
		for range 64 {
			out = append(out, len(s.At("jwks_uri", none)))
		}
		out = append(out, int(s.Draw(&fault.Delay{Lognormal: &fault.Lognormal{Median: clock.Duration(time.Second), Sigma: 0.5}})))
		return out
	}
	if !slices.Equal(draw(7), draw(7)) {
		t.Error("one seed, two histories")
	}
	if slices.Equal(draw(7), draw(8)) {
		t.Error("two seeds, one history")
	}
}
