package report

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios/attack"
)

// writeCardJUnit writes a suite for each group and a case for each entry: what an
// app got wrong is a failure, what could not be judged an error, and what did not
// reach it, or was expected, is skipped, with the reason.
func writeCardJUnit(w io.Writer, c *attack.Card) error {
	suites := junitSuites{Name: "authdrill attack", Time: seconds(c.Duration), Suites: []junitSuite{}}
	for _, g := range groupsOf(c.Findings) {
		suite := junitSuite{Name: orElse(xmlText(g), "authdrill")}
		var taken time.Duration
		for _, f := range inGroup(c.Findings, g) {
			suite.verdict(f)
			suite.Tests++
			taken += f.Duration
		}
		suite.Time = seconds(taken)
		if !c.Started.IsZero() {
			suite.Timestamp = c.Started.UTC().Format("2006-01-02T15:04:05")
		}
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
		suites.Errors += suite.Errors
		suites.Suites = append(suites.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) verdict(f attack.Finding) {
	out := junitCase{Name: xmlText(f.ID), Class: "authdrill." + xmlText(f.Group), Time: seconds(f.Duration)}
	text := junitOutcome{Type: xmlText(string(f.Verdict)), Message: xmlText(f.Reason), Text: xmlText(accountOf(f))}
	switch {
	case f.Verdict == attack.Pass, f.Verdict == attack.Tolerated:
	case f.Verdict.Failed() && f.Expected, f.Verdict == attack.NotExercised:
		text.Text = ""
		if f.Expected {
			text.Message = strings.TrimSuffix("failed, as expected: "+text.Message, ": ")
		}
		out.Skipped = &text
		s.Skipped++
	case f.Verdict.Failed():
		out.Failures = []junitOutcome{text}
		s.Failures++
	default:
		out.Error = &text
		s.Errors++
	}
	s.Cases = append(s.Cases, out)
}

// accountOf is everything about a finding, as plain text.
func accountOf(f attack.Finding) string {
	out := []string{f.Title, "", "what was done: " + f.Provider, "what is right: " + f.Client}
	for _, w := range f.Witnesses {
		out = append(out, w.Name+": "+w.Saw)
	}
	if f.Why != "" {
		out = append(out, "why: "+f.Why)
	}
	if f.Remedy != "" {
		out = append(out, "remedy: "+f.Remedy)
	}
	for _, c := range f.Spec {
		out = append(out, "clause: "+clauseText(c)+" "+clauseURL(c))
	}
	return strings.Join(append(out, "again: "+f.Repeat), "\n")
}
