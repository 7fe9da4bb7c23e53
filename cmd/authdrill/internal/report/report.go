// Package report writes what became of a run (Write) or of an attack (WriteCard)
// in the formats that people and their tools read; Text shows either while it goes
// on. Both become one document, and each format is a file that writes it: begin
// with document.go.
//
// Every result is in every report, whatever its outcome. What a scenario file or a
// server said is a stranger's word: each writer escapes it for its format, and none
// lets it steer a terminal, a workflow or a browser. The same results and options
// make the same report, byte for byte.
package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Options say what results cannot. The zero value is fine.
type Options struct {
	Color    bool          // text: colours, for a terminal
	Width    int           // text: columns of the terminal; 0 means 80
	Duration time.Duration // real time of the whole run; 0 means the sum of the results, which is more where they ran in parallel
	Started  time.Time     // when the run began; zero leaves it out
	Examples bool          // the scenarios are the program's own: a command to repeat one names no file
	Verbose  bool          // text of an attack while it goes on: everything, in place of one screen
	Entries  int           // text of an attack while it goes on: how many are played, to show the progress
	Files    []string      // text of an attack: the files that have everything
	Grade    *grade.Grade  // of a card: which failures count, and since when; nil: all of them
	Version  string        // of the program, for JSON and HTML; empty leaves it out
}

// Formats are the names of the formats of a run:
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
func Formats() []string {
	return []string{"text", "junit", "tap", "json", "ndjson", "html", "sarif", "github", "markdown"}
}

// CardFormats are the names of the formats of a report card.
func CardFormats() []string {
	return []string{"text", "html", "json", "junit", "sarif", "github", "markdown"}
}

// Write writes the results in a format. The errors are those of w, and a format
// that does not exist.
func Write(w io.Writer, format string, results []*result.Result, o Options) error {
	if !slices.Contains(Formats(), format) {
		return unknownFormat(format, Formats())
	}
	results = slices.DeleteFunc(slices.Clone(results), func(r *result.Result) bool { return r == nil })
	return write(w, format, runDocument(results, o), o)
}

// WriteCard writes the report card of an app. The errors are those of w, and a
// format that does not exist.
func WriteCard(w io.Writer, format string, c *attack.Card, o Options) error {
	if !slices.Contains(CardFormats(), format) {
		return unknownFormat(format, CardFormats())
	}
	return write(w, format, cardDocument(c, o), o)
}

func write(w io.Writer, format string, d *document, o Options) error {
	out := &bytes.Buffer{}
	var err error
	switch format {
	case "text":
		err = writeText(out, d, o)
	case "junit":
		err = writeJUnit(out, d)
	case "tap":
		err = writeTAP(out, d)
	case "json":
		err = writeJSON(out, d)
	case "ndjson":
		err = writeNDJSON(out, d)
	case "html":
		err = writeHTML(out, d)
	case "sarif":
		err = writeSARIF(out, d)
	case "github":
		err = writeGitHub(out, d)
	case "markdown":
		err = writeMarkdown(out, d)
	}
	if err != nil {
		return fmt.Errorf("report: %s: %w", format, err)
	}
	_, err = w.Write(shield(format, out.Bytes()))
	return err
}

func unknownFormat(format string, known []string) error {
	hint := "the formats are " + strings.Join(known, ", ")
	if nearest, ok := strict.Nearest(format, known); ok {
		hint = "did you mean " + nearest + "? " + hint
	}
	return fmt.Errorf("report: unknown format %q; %s", format, hint)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
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

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
