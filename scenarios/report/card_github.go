package report

import (
	"io"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
)

// writeCardGitHub writes the commands of a GitHub workflow: an error for each
// failure that is critical or high, a warning for the others and for what could
// not be judged, a notice for those that were expected.
func writeCardGitHub(w io.Writer, c *attack.Card) error {
	g := &annotations{w: w}
	for _, x := range c.Calibration {
		if !x.OK {
			g.note("error", strict.Place{}, "calibration: "+x.Check, x.Saw+"\n"+x.Remedy)
		}
	}
	for _, f := range c.Findings {
		kind := "warning"
		switch {
		case f.Verdict == attack.Pass, f.Verdict == attack.Tolerated, f.Verdict == attack.NotExercised:
			continue
		case f.Expected:
			kind = "notice"
		case sarifLevel(f.Severity) == "error" && f.Verdict.Failed():
			kind = "error"
		}
		g.note(kind, strict.Place{}, f.ID+" "+string(f.Verdict), f.Reason+"\n"+accountOf(f))
	}
	for _, id := range c.Stale {
		g.note("error", strict.Place{}, id, "it is listed as an expected failure, and no longer fails: take it off the list")
	}
	g.line(tallyOf(c.Findings).String())
	return g.err
}
