// Package report writes what became of a run, in the formats that people and
// their tools read:
//
//	text      a terminal: a line for each scenario, the failing step expanded
//	junit     JUnit XML, valid against the schema of Jenkins
//	tap       TAP version 14, with YAML diagnostics
//	json      one JSON document
//	ndjson    the same, a line for each scenario and one for the summary
//	html      one page that needs no network and no script, with a sequence
//	          diagram and the journal of each scenario
//	sarif     SARIF 2.1.0, for code scanning
//	github    annotations of a GitHub workflow
//	markdown  the summary page of one: --report markdown=$GITHUB_STEP_SUMMARY
//
// WriteCard writes the report card of an attack, as text, HTML, JSON, JUnit, SARIF
// 2.1.0, annotations or Markdown; CardText shows it while it comes to be.
//
// Every result is in every report, whatever its outcome, and so is what was
// wanted and what was got of every failure. What a scenario file or a server
// said is a stranger's word: each writer escapes it for its format, and none
// lets it steer a terminal, a workflow or a browser.
//
// Reports are made from results alone. Two runs with the same results and
// options have the same reports, byte for byte.
//
// It is not an API to build on.
package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// Options say what results cannot. The zero value is fine.
type Options struct {
	Color    bool          // text: colours, for a terminal
	Width    int           // text: columns of the terminal; 0 means 80
	Duration time.Duration // real time of the whole run; 0 means the sum of the results, which is more where they ran in parallel
	Started  time.Time     // when the run began; zero leaves it out
	Examples bool          // the scenarios are the program's own: a command to repeat one names no file
	Version  string        // of the program, for JSON and HTML; empty leaves it out
}

// Formats are the names of the formats.
func Formats() []string {
	return []string{"text", "junit", "tap", "json", "ndjson", "html", "sarif", "github", "markdown"}
}

// Write writes the results in a format. The errors are those of w, and a format
// that does not exist.
func Write(w io.Writer, format string, results []*scenarios.Result, o Options) error {
	results = slices.DeleteFunc(slices.Clone(results), func(r *scenarios.Result) bool { return r == nil })
	out := &bytes.Buffer{}
	var err error
	switch format {
	case "text":
		err = writeText(out, results, o)
	case "junit":
		err = writeJUnit(out, results, o)
	case "tap":
		err = writeTAP(out, results, o)
	case "json":
		err = writeJSON(out, results, o)
	case "ndjson":
		err = writeNDJSON(out, results, o)
	case "html":
		err = writeHTML(out, results, o)
	case "sarif":
		err = writeSARIF(out, results, o)
	case "github":
		err = writeGitHub(out, results, o)
	case "markdown":
		err = writeMarkdown(out, results, o)
	default:
		return unknownFormat(format)
	}
	if err != nil {
		return fmt.Errorf("report: %s: %w", format, err)
	}
	_, err = w.Write(shield(format, out.Bytes()))
	return err
}

func unknownFormat(format string) error {
	hint := "the formats are " + strings.Join(Formats(), ", ")
	if nearest, ok := strict.Nearest(format, Formats()); ok {
		hint = "did you mean " + nearest + "? " + hint
	}
	return fmt.Errorf("report: unknown format %q; %s", format, hint)
}

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
func summarize(results []*scenarios.Result) summary {
	s := summary{Total: len(results)}
	for _, r := range results {
		switch r.Outcome {
		case scenarios.Passed:
			s.Passed++
		case scenarios.Failed:
			s.Failed++
		case scenarios.Skipped:
			s.Skipped++
		case scenarios.ExpectedToFail:
			s.ExpectedFailures++
		case scenarios.Unexpected:
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

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// duration is the real time of the run.
func (o Options) duration(results []*scenarios.Result) time.Duration {
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
func seeds(results []*scenarios.Result) string {
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

// verdict is why a scenario ended as it did, in one line; empty where the
// outcome or the failures say enough.
func verdict(r *scenarios.Result) string {
	reason := ": " + r.Reason
	if r.Reason == "" {
		reason = ""
	}
	switch r.Outcome {
	case scenarios.Passed, scenarios.Failed:
		return r.Reason
	case scenarios.Skipped:
		return "skipped" + reason
	case scenarios.ExpectedToFail:
		return "failed, as expected" + reason
	case scenarios.Unexpected:
		return "passed, though expect_failure says it would not" + reason
	case scenarios.Broken:
		return "could not be run" + reason
	}
	return fmt.Sprintf("unknown outcome %q", r.Outcome) + reason
}

// milliseconds is a real time as a person reads it: 12 ms, 0.4 ms, 2.50 s.
func milliseconds(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d > 0 && d < time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond)/time.Millisecond)
}
