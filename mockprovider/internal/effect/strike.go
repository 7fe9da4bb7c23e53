package effect

import (
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// Matches reports whether a request has the parameters that a fault is for. param
// looks one up.
func Matches(f *fault.Fault, param func(string) (string, bool)) bool {
	for name, want := range f.Match {
		var got any = match.Missing{}
		if v, ok := param(name); ok {
			got = v
		}
		if !match.OK(want, got) {
			return false
		}
	}
	return true
}

// Consider counts a request that matches, and reports whether the fault strikes it.
// chance draws from [0, 1).
func Consider(s *fault.Status, chance func() float64) bool {
	limit := 1 // 0: none
	if s.Times != nil {
		limit = *s.Times
	}
	if limit > 0 && s.Struck >= limit {
		return false
	}
	s.Seen++
	if s.Seen <= s.Skip || s.Probability != nil && chance() >= *s.Probability {
		return false
	}
	s.Struck++
	return true
}
