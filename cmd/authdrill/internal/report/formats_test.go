package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

func planOf(n int) string { return "1.." + strconv.Itoa(n) }

// checkJUnit holds a document to the schema of Jenkins' xunit-plugin,
// junit-10.xsd: which element may stand in which, with which attributes, in
// which form; and its numbers to the cases it has.
func checkJUnit(document string, cases int) error {
	type rule struct{ parents, required, optional string }
	rules := map[string]rule{
		"testsuites": {"", "", "name time tests failures errors"},
		"testsuite":  {"testsuites testsuite", "name tests failures errors", "group time skipped timestamp hostname id package file log url"},
		"properties": {"testsuite", "", ""},
		"property":   {"properties", "name value", ""},
		"testcase":   {"testsuite", "name", "time classname group"},
		"skipped":    {"testcase", "", "type message"},
		"error":      {"testcase", "", "type message"},
		"failure":    {"testcase", "", "type message"},
		"system-out": {"testcase testsuite", "", ""},
	}
	surefireTime := regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)
	if i := strings.IndexFunc(document, func(r rune) bool { return r == 0xfffd || r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }); i >= 0 {
		return errorf("a character that does not belong there: %q", document[i:min(len(document), i+20)])
	}
	d := xml.NewDecoder(strings.NewReader(document))
	var path []string
	counted, declared := map[string]int{}, map[string]int{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.StartElement:
			name, parent := token.Name.Local, ""
			if len(path) > 0 {
				parent = path[len(path)-1]
			}
			path = append(path, name)
			r, ok := rules[name]
			if !ok || !contains(strings.Fields(r.parents), parent) && parent+r.parents != "" {
				return errorf("<%s> in <%s>", name, parent)
			}
			counted[name]++
			have := map[string]string{}
			for _, a := range token.Attr {
				have[a.Name.Local] = a.Value
				if !contains(strings.Fields(r.required+" "+r.optional), a.Name.Local) {
					return errorf("<%s %s>", name, a.Name.Local)
				}
			}
			for _, required := range strings.Fields(r.required) {
				if _, ok := have[required]; !ok {
					return errorf("<%s> without %s", name, required)
				}
			}
			if !surefireTime.MatchString(have["time"]) {
				return errorf("<%s time=%q>", name, have["time"])
			}
			for _, a := range []string{"tests", "failures", "errors"} {
				if n, err := strconv.Atoi(have[a]); err == nil && name == "testsuites" {
					declared[a] = n
				} else if err == nil {
					declared[a] -= n
				}
			}
		}
	}
	if counted["testcase"] != cases || declared["tests"] != 0 || declared["failures"] != 0 || declared["errors"] != 0 {
		return errorf("%d cases, want %d; totals are off by %v", counted["testcase"], cases, declared)
	}
	return nil
}

// checkGitHub reads a log as the runner does: each line is a command that we
// wrote or no command at all.
func checkGitHub(log string) error {
	command := regexp.MustCompile(`^::(error|notice) (file=[^:,]*,)?(line=[0-9]+,)?(col=[0-9]+,)?title=[^:,]+::.`)
	for i, line := range strings.Split(strings.TrimSuffix(log, "\n"), "\n") {
		if strings.Contains(line, "##[") || strings.ContainsAny(line, "\r\x1b\x00") {
			return errorf("line %d: %q", i+1, line)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			if !command.MatchString(line) {
				return errorf("line %d is a command that is not ours: %q", i+1, line)
			}
			if bad := regexp.MustCompile(`%(?:[^02-3]|.[^5DAC])`).FindString(line); bad != "" {
				return errorf("line %d has a bare per cent: %q", i+1, line)
			}
		}
	}
	return nil
}

func TestFormatsAreValid(t *testing.T) {
	if err := checkJUnit(write(t, "junit", sample(), report.Options{Started: instant(noon)}), len(sample())); err != nil {
		t.Error("junit:", err)
	}
	if err := checkGitHub(write(t, "github", sample(), report.Options{})); err != nil {
		t.Error("github:", err)
	}
	if err := checkTAP(write(t, "tap", sample(), report.Options{}), sample()); err != nil {
		t.Error("tap:", err)
	}
}

// TestNothingIsLost: every result is in every format, and of every failure what
// was wanted and got, whatever the outcome.
func TestNothingIsLost(t *testing.T) {
	var results []*result.Result
	var names, values []string
	for i, o := range outcomes() {
		r := &result.Result{Name: fmt.Sprintf("scenario%dx", i), Outcome: o, Place: at("a.yaml", i+1, 1)}
		names = append(names, r.Name)
		for step := range 3 {
			s := result.Step{Number: step + 1, Verb: "call", Ran: true}
			for n := range 2 {
				id := fmt.Sprintf("%d_%d_%d", i, step, n)
				s.Failures = append(s.Failures, result.Failure{Path: "path" + id, Want: "wanted" + id, Got: "gotten" + id, Message: "message" + id})
				values = append(values, "path"+id, "wanted"+id, "gotten"+id, "message"+id)
			}
			r.Steps = append(r.Steps, s)
		}
		results = append(results, r)
	}
	for _, format := range report.Formats() {
		out := html.UnescapeString(write(t, format, results, report.Options{}))
		for _, name := range names {
			if !strings.Contains(out, name) {
				t.Errorf("%s: %s is lost", format, name)
			}
		}
		for _, v := range values {
			// What passed and was skipped has no failures but in this test, and a
			// summary does not repeat what was expected.
			if i := v[len(strings.TrimRight(v, "0123456789_"))]; (i == '0' || i == '1') && format != "json" && format != "ndjson" || i == '2' && format == "markdown" {
				continue
			}
			if !strings.Contains(out, v) {
				t.Errorf("%s: %s is lost", format, v)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	err := report.Write(io.Discard, "juint", sample(), report.Options{})
	if err == nil || !strings.Contains(err.Error(), "did you mean junit?") {
		t.Errorf("error %v, want one that suggests junit", err)
	}
}

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

// TestFullDisk: a report that could not be written whole is an error.
func TestFullDisk(t *testing.T) {
	for _, format := range report.Formats() {
		size := len(write(t, format, sample(), report.Options{}))
		for _, room := range []int{0, size / 2, size - 1} {
			if err := report.Write(&full{room}, format, sample(), report.Options{}); err == nil {
				t.Errorf("%s with room for %d of %d bytes: no error", format, room, size)
			}
		}
	}
	text := report.NewText(&full{100}, report.Options{})
	for _, r := range sample() {
		text.Result(r)
	}
	if text.Close() == nil {
		t.Error("text that goes on: no error")
	}
}

// TestText holds what a terminal shows beyond the golden files.
func TestText(t *testing.T) {
	one := []*result.Result{{Name: "a", Outcome: result.Passed, Duration: time.Millisecond, Seed: 3}}
	if got := write(t, "text", one, report.Options{}); !strings.Contains(got, "\n 1 scenario, 1 passed, 0 failed, 0 skipped · 0.00 s · seed 3\n") {
		t.Errorf("one scenario:\n%s", got)
	}
	many := []*result.Result{{Outcome: result.Passed, Seed: 9}, {Outcome: result.Passed, Seed: 4}, {Outcome: result.Passed, Seed: 5}, nil}
	if got := write(t, "text", many, report.Options{}); !strings.Contains(got, "3 scenarios, 3 passed") || !strings.Contains(got, "seeds 4 to 9") {
		t.Errorf("several seeds and a nil:\n%s", got)
	}
	failing := []*result.Result{{Name: "it's [a] test", Outcome: result.Failed, Place: strict.Place{File: "-x.yaml", Line: 1, Column: 1}}}
	if got := write(t, "text", failing, report.Options{}); !strings.Contains(got, `again: authdrill run ./-x.yaml --run '^it'\''s \[a\] test$' --seed 0`) {
		t.Errorf("quoting:\n%s", got)
	}
	if got := write(t, "text", failing, report.Options{Examples: true}); !strings.Contains(got, "authdrill run --run ") {
		t.Errorf("an example of the program's own has no file to name:\n%s", got)
	}
	if got := write(t, "text", sample(), report.Options{Color: true}); strings.Contains(regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(got, ""), "\x1b") {
		t.Error("more than colours")
	}
}

// TestMarkdownLimit: a summary that GitHub would not show is cut, and says
// so.
func TestMarkdownLimit(t *testing.T) {
	results := make([]*result.Result, 400)
	for i := range results {
		results[i] = poisoned(result.Failed, strings.Repeat("long ", 1000))
	}
	var b bytes.Buffer
	if err := report.Write(&b, "markdown", results, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1<<20 || !strings.HasSuffix(b.String(), "are in the log.\n") {
		t.Errorf("%d bytes, ending in %q", b.Len(), b.String()[b.Len()-60:])
	}
}

// FuzzJUnit feeds a text into every field and holds the document to the schema.
func FuzzJUnit(f *testing.F) {
	for _, s := range attacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := checkJUnit(write(t, "junit", []*result.Result{poisoned(result.Failed, s), poisoned(result.Skipped, s), poisoned(result.Broken, s)}, report.Options{}), 3); err != nil {
			t.Error(err)
		}
	})
}

// FuzzGitHub feeds a text into every field and reads the log as the runner does.
func FuzzGitHub(f *testing.F) {
	for _, s := range attacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		log := write(t, "github", []*result.Result{poisoned(result.Failed, s), poisoned(result.Passed, s), poisoned(result.Broken, s)}, report.Options{})
		if err := checkGitHub(log); err != nil {
			t.Error(err)
		}
		_, title, _ := strings.Cut(log, "title=")
		title, _, _ = strings.Cut(title, "::")
		title = strings.NewReplacer("%25", "%", "%3A", ":", "%2C", ",", "%0A", "\n").Replace(title)
		if plain := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == 0xfffd }) < 0; plain && s != "" && title != report.Printable(s) {
			t.Errorf("the title is read as %q", title)
		}
		if n := strings.Count(log, "\n"); n != 6 {
			t.Errorf("%d lines, want 6: two failures, one passed, two of what is broken, and the counts\n%s", n, log)
		}
	})
}

// BenchmarkHTML writes a page of 1,000 scenarios and reports its size.
func BenchmarkHTML(b *testing.B) {
	results := make([]*result.Result, 1000)
	for i := range results {
		results[i] = sample()[i%len(sample())]
	}
	for b.Loop() {
		var out bytes.Buffer
		if err := report.Write(&out, "html", results, report.Options{}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len())/1000, "bytes/scenario")
	}
}
