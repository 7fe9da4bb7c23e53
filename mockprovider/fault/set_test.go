package fault

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

func none(string) (string, bool) { return "", false }

func TestSkipTimesAndMatch(t *testing.T) {
	s := NewSet(1)
	two := 2
	if _, err := s.Add(Fault{
		ID: "second and third", At: "token_endpoint", Skip: 1, Times: &two,
		Match: map[string]any{"grant_type": "refresh_token"}, Error: &OAuthError{Code: "server_error"},
	}); err != nil {
		t.Fatal(err)
	}
	refresh := func(name string) (string, bool) { return "refresh_token", name == "grant_type" }
	var got []int
	for range 5 {
		got = append(got, len(s.At("token_endpoint", refresh)))
		if n := len(s.At("token_endpoint", none)); n != 0 {
			t.Fatalf("struck a request that does not match")
		}
	}
	if want := []int{0, 1, 1, 0, 0}; !equal(got, want) {
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
	s := NewSet(1)
	zero := 0
	if _, err := s.Add(Fault{On: "id_token", Times: &zero, Tamper: &Tamper{Signature: "corrupt"}}); err != nil {
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
		s := NewSet(seed)
		zero, half := 0, 0.5
		if _, err := s.Add(Fault{At: "jwks_uri", Times: &zero, Probability: &half, Connection: "close"}); err != nil {
			t.Fatal(err)
		}
		for range 64 {
			out = append(out, len(s.At("jwks_uri", none)))
		}
		out = append(out, int(s.Draw(&Delay{Lognormal: &Lognormal{Median: clock.Duration(time.Second), Sigma: 0.5}})))
		return out
	}
	if !equal(draw(7), draw(7)) {
		t.Error("one seed, two histories")
	}
	if equal(draw(7), draw(8)) {
		t.Error("two seeds, one history")
	}
}

func TestCheckNamesTheRemedy(t *testing.T) {
	tamper := &Tamper{Set: map[string]any{"issuer": "x"}}
	minus := -1
	for name, f := range map[string]Fault{
		"no place":              {Connection: "reset"},
		"two places":            {At: "jwks_uri", On: "jwks", Tamper: tamper},
		"no effect":             {At: "jwks_uri"},
		"two effects":           {At: "jwks_uri", Connection: "reset", Error: &OAuthError{Code: "x"}},
		"tamper at an endpoint": {At: "jwks_uri", Tamper: tamper},
		"delay on an artifact":  {On: "jwks", Delay: &Delay{Fixed: 1}},
		"set on a token":        {On: "id_token", Tamper: tamper},
		"claims of a document":  {On: "jwks", Tamper: &Tamper{Claims: map[string]any{"a": 1}}},
		"empty tamper":          {On: "jwks", Tamper: &Tamper{}},
		"negative times":        {At: "jwks_uri", Times: &minus, Connection: "reset"},
	} {
		if err := f.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
