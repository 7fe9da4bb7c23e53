package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/authdrill/authdrill/scenarios/result"
)

// summary is the counts of a run.
type summary struct {
	Total            int `json:"total"`
	Passed           int `json:"passed"`
	Failed           int `json:"failed"`
	Skipped          int `json:"skipped"`
	ExpectedFailures int `json:"expected_failures"`
	UnexpectedPasses int `json:"unexpected_passes"`
	Broken           int `json:"broken"`
}

// summarize counts. What has no outcome that is known counts as broken, so that
// it cannot pass.
func summarize(results []*result.Result) summary {
	s := summary{Total: len(results)}
	for _, r := range results {
		switch r.Outcome {
		case result.Passed:
			s.Passed++
		case result.Failed:
			s.Failed++
		case result.Skipped:
			s.Skipped++
		case result.ExpectedToFail:
			s.ExpectedFailures++
		case result.Unexpected:
			s.UnexpectedPasses++
		default:
			s.Broken++
		}
	}
	return s
}

// String is the counts in words: 14 scenarios, 13 passed, 1 failed, 0 skipped.
// The rare ones are left out where they are 0.
func (s summary) String() string {
	text := fmt.Sprintf("%s, %d passed, %d failed, %d skipped", count(s.Total, "scenario", "scenarios"), s.Passed, s.Failed, s.Skipped)
	for _, rare := range []struct {
		n         int
		one, many string
	}{
		{s.ExpectedFailures, "failed as expected", "failed as expected"},
		{s.UnexpectedPasses, "passed unexpectedly", "passed unexpectedly"},
		{s.Broken, "could not be run", "could not be run"},
	} {
		if rare.n > 0 {
			text += ", " + count(rare.n, rare.one, rare.many)
		}
	}
	return text
}

// duration is the real time of the run.
func (o Options) duration(results []*result.Result) time.Duration {
	if o.Duration > 0 {
		return o.Duration
	}
	var sum time.Duration
	for _, r := range results {
		sum += r.Duration
	}
	return sum
}

// seeds names the seeds of the results: "seed 7", "seeds 7, 8", "seeds 7 to 90".
func seeds(results []*result.Result) string {
	var all []uint64
	for _, r := range results {
		all = append(all, r.Seed)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	switch len(all) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("seed %d", all[0])
	case 2:
		return fmt.Sprintf("seeds %d, %d", all[0], all[1])
	}
	return fmt.Sprintf("seeds %d to %d", all[0], all[len(all)-1])
}
