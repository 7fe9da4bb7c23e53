package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

// The elements of JUnit XML, no more of them than the schema of Jenkins'
// xunit-plugin (junit-10.xsd) allows: a test case has no properties and no file
// there, so the clauses of a scenario are a property of its suite, and its
// place is part of the text.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	File       string          `xml:"file,attr,omitempty"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string         `xml:"name,attr"`
	Class     string         `xml:"classname,attr"`
	Time      string         `xml:"time,attr"`
	Skipped   *junitOutcome  `xml:"skipped,omitempty"`
	Error     *junitOutcome  `xml:"error,omitempty"`
	Failures  []junitOutcome `xml:"failure,omitempty"`
	SystemOut string         `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a suite for each group, and a case for each result, or for each
// variant of an entry that has some. What
// failed is a failure, what could not be run or judged an error, and what was not
// run, did not reach the app or was expected to fail is skipped, with the reason.
func writeJUnit(w io.Writer, d *document) error {
	suites := junitSuites{Name: d.Title, Time: seconds(d.Took), Suites: []junitSuite{}}
	for _, g := range d.Groups {
		suite := junitSuite{Name: orElse(xmlText(g.Name), "authdrill"), File: xmlText(g.File)}
		if !d.Started.IsZero() {
			suite.Timestamp = d.Started.UTC().Format("2006-01-02T15:04:05")
		}
		var taken time.Duration
		for _, r := range g.Results {
			for _, part := range r.parts() {
				suite.add(part)
			}
			taken += r.Took
		}
		suite.Time = seconds(taken)
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

// add puts a result into its suite.
func (s *junitSuite) add(r *row) {
	c := junitCase{Name: xmlText(r.Name), Class: className(r), Time: seconds(r.Took)}
	text := junitOutcome{Type: xmlText(r.Verdict), Message: xmlText(r.Why), Text: xmlText(r.Account)}
	switch r.Standing {
	case skipped, expected:
		if r.Entry {
			text.Text = "" // its reason is enough
		}
		c.Skipped = &text
		s.Skipped++
	case failed:
		c.Failures = junitFailures(r, text)
		s.Failures++
	case unjudged:
		c.Error = &text
		s.Errors++
	}
	if !r.Entry {
		c.SystemOut = xmlText(conversation(r))
		s.properties(r)
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// junitFailures is a failure for each complaint. A scenario that failed without
// one has its reason, and text is all of it where it passed unexpectedly.
func junitFailures(r *row, text junitOutcome) []junitOutcome {
	var out []junitOutcome
	for _, c := range r.Complaints {
		message := c.sentence()
		if !r.Entry {
			message = c.About + ": " + message
		}
		out = append(out, junitOutcome{Type: xmlText(c.Kind), Message: xmlText(message), Text: xmlText(c.Account)})
	}
	switch {
	case len(out) > 0:
		return out
	case r.Verdict == string(result.Unexpected):
		return []junitOutcome{text}
	}
	return []junitOutcome{{Type: "failed", Message: xmlText(orElse(r.Reason, "failed")), Text: xmlText("again: " + r.Again + "\n")}}
}

// properties says with which seed a suite ran, and what its scenarios prove: a
// test case has no properties.
func (s *junitSuite) properties(r *row) {
	seed := junitProperty{"seed", fmt.Sprint(r.Seed)}
	if !slices.Contains(s.Properties, seed) {
		s.Properties = append(s.Properties, seed)
	}
	if len(r.Clauses) > 0 {
		s.Properties = append(s.Properties, junitProperty{"spec: " + xmlText(r.Name), xmlText(strings.Join(r.Clauses, " "))})
	}
	if len(r.Tags) > 0 {
		s.Properties = append(s.Properties, junitProperty{"tags: " + xmlText(r.Name), xmlText(strings.Join(r.Tags, " "))})
	}
}

// conversation is what a scenario did, a line for each step and each exchange.
func conversation(r *row) string {
	var b strings.Builder
	if r.Place != (strict.Place{}) {
		b.WriteString(Printable(location(r.Place)) + "\n")
	}
	if len(r.Clauses) > 0 {
		b.WriteString(clauses(r.Clauses) + "\n")
	}
	for _, s := range r.Steps {
		_, mark := s.appearance()
		fmt.Fprintf(&b, "%s %s\n", mark, Printable(s.Title))
		for _, seq := range s.Journal {
			for _, e := range r.Journal {
				if e.Seq == seq {
					fmt.Fprintf(&b, "    #%d %s\n", seq, Printable(exchange(e)))
				}
			}
		}
	}
	return b.String()
}

// className is what Jenkins groups by, with a dot between the parts:
// scenarios.refresh for scenarios/refresh.yaml.
func className(r *row) string {
	if r.Entry {
		return "authdrill." + xmlText(r.Group)
	}
	file := strings.TrimSuffix(strings.TrimSuffix(r.Group, ".yaml"), ".yml")
	name := strings.Join(strings.FieldsFunc(file, func(r rune) bool { return r == '/' || r == '\\' }), ".")
	return xmlText(orElse(strings.Trim(name, "."), "authdrill"))
}

// seconds is a duration as the schema's SUREFIRE_TIME has it: 0.012.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", max(d, 0).Seconds()) }

// xmlText leaves what XML 1.0 allows (section 2.2, Char) and does not advise
// against. A single other character, escaped or not, makes a whole document
// unreadable.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r >= 0x20 && r < 0x7f, r >= 0xa0 && r <= 0xd7ff, r >= 0xe000 && r < 0xfffd, r >= 0x10000 && r <= 0x10ffff:
			return r
		case r == '\r':
			return -1
		}
		return '·'
	}, s)
}
