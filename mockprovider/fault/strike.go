package fault

import "github.com/authdrill/authdrill/mockprovider/match"

// Status is an armed fault and how often it was considered and struck.
type Status struct {
	Fault
	Seen   int `json:"seen" doc:"matching requests so far"`
	Struck int `json:"struck" doc:"how many of them it struck"`
}

// Matches reports whether a request has the parameters that the fault is for. param
// looks one up.
func (f *Fault) Matches(param func(string) (string, bool)) bool {
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
func (s *Status) Consider(chance func() float64) bool {
	if s.limit() > 0 && s.Struck >= s.limit() {
		return false
	}
	s.Seen++
	if s.Seen <= s.Skip || s.Probability != nil && chance() >= *s.Probability {
		return false
	}
	s.Struck++
	return true
}
