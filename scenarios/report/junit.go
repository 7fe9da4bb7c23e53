package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios"
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

func writeJUnit(w io.Writer, results []*scenarios.Result, o Options) error {
	suites := junitSuites{Name: "authdrill", Time: seconds(o.duration(results)), Suites: []junitSuite{}}
	at := map[string]int{}
	var taken []time.Duration
	for _, r := range results {
		file := xmlText(r.Place.File)
		i, ok := at[file]
		if !ok {
			i = len(suites.Suites)
			at[file] = i
			name := file
			if name == "" {
				name = "authdrill"
			}
			suite := junitSuite{Name: name, File: file}
			if !o.Started.IsZero() {
				suite.Timestamp = o.Started.UTC().Format("2006-01-02T15:04:05")
			}
			suites.Suites, taken = append(suites.Suites, suite), append(taken, 0)
		}
		taken[i] += r.Duration
		suites.Suites[i].add(r, o)
	}
	for i := range suites.Suites {
		s := &suites.Suites[i]
		s.Time = seconds(taken[i])
		suites.Tests += s.Tests
		suites.Failures += s.Failures
		suites.Errors += s.Errors
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

// add puts a result into its suite. The schema's failure is a thing that did not
// hold, its error one that could not be tried.
func (s *junitSuite) add(r *scenarios.Result, o Options) {
	name := xmlText(r.Name)
	c := junitCase{Name: name, Class: className(r.Place.File), Time: seconds(r.Duration), SystemOut: xmlText(conversation(r))}
	switch {
	case r.Outcome == scenarios.Skipped, r.Outcome == scenarios.ExpectedToFail:
		c.Skipped = &junitOutcome{Type: string(r.Outcome), Message: xmlText(verdict(r)), Text: xmlText(explanation(r, o))}
		s.Skipped++
	case r.Outcome == scenarios.Failed:
		c.Failures = junitFailures(r, o)
		s.Failures++
	case r.Outcome == scenarios.Unexpected:
		c.Failures = []junitOutcome{{Type: string(r.Outcome), Message: xmlText(verdict(r)), Text: xmlText(explanation(r, o))}}
		s.Failures++
	case r.Outcome != scenarios.Passed:
		c.Error = &junitOutcome{Type: xmlText(string(r.Outcome)), Message: xmlText(verdict(r)), Text: xmlText(explanation(r, o))}
		s.Errors++
	}
	s.property("seed", fmt.Sprint(r.Seed))
	if len(r.Spec) > 0 {
		s.property("spec: "+name, xmlText(strings.Join(r.Spec, " ")))
	}
	if len(r.Tags) > 0 {
		s.property("tags: "+name, xmlText(strings.Join(r.Tags, " ")))
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// property adds a property, the same one only once.
func (s *junitSuite) property(name, value string) {
	p := junitProperty{name, value}
	if name == "seed" {
		for _, have := range s.Properties {
			if have == p {
				return
			}
		}
	}
	s.Properties = append(s.Properties, p)
}

func junitFailures(r *scenarios.Result, o Options) []junitOutcome {
	var out []junitOutcome
	for _, step := range failed(r) {
		for _, f := range step.Failures {
			out = append(out, junitOutcome{
				Type:    xmlText(orElse(f.Path, step.Verb)),
				Message: xmlText(title(step) + ": " + sentence(f)),
				Text:    xmlText(detail(r, step, f) + "again: " + o.again(r) + "\n"),
			})
		}
	}
	if len(out) == 0 {
		out = append(out, junitOutcome{Type: "failed", Message: xmlText(orElse(r.Reason, "failed")), Text: xmlText("again: " + o.again(r) + "\n")})
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// className is what Jenkins groups by, with a dot between the parts:
// scenarios.refresh for scenarios/refresh.yaml.
func className(file string) string {
	file = strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml")
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
