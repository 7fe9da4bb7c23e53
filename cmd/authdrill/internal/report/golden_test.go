package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

func write(t testing.TB, format string, results []*result.Result, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, format, results, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update writes it anew:\n%s", path, diff)
	}
}

// TestGolden holds each format to the file that was looked at when it was made.
func TestGolden(t *testing.T) {
	o := report.Options{Duration: 210 * time.Millisecond, Version: "v1.2.3", Started: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	for format, name := range map[string]string{
		"text": "run.txt", "junit": "run.junit.xml", "tap": "run.tap", "json": "run.json", "ndjson": "run.ndjson", "html": "run.html", "sarif": "run.sarif", "github": "run.github.txt", "markdown": "run.md",
	} {
		t.Run(format, func(t *testing.T) { golden(t, name, write(t, format, sample(), o)) })
		t.Run(format+" of nothing", func(t *testing.T) { golden(t, "nothing."+name, write(t, format, nil, report.Options{})) })
	}
	t.Run("text in colour", func(t *testing.T) {
		o := o
		o.Color = true
		golden(t, "run.colour.txt", write(t, "text", sample()[:2], o))
	})
	t.Run("sequence", func(t *testing.T) {
		golden(t, "sequence.svg", report.Sequence(played(t))+"\n")
	})
}

// played is the conversation of a scenario that was run, in which time passes.
func played(t *testing.T) []result.Message {
	t.Helper()
	files := fstest.MapFS{"refresh.yaml": {Data: []byte(`
scenario: a session lasts over the weekend
faults: [{at: token_endpoint, skip: 2, times: 1, respond: {status: 503}}]
steps:
  - sign_in: {user: alice, scope: openid offline_access}
  - advance: 6m
  - refresh:
    expect: {status: 200}
  - advance: 50h
  - refresh:
    expect: {status: 503}
`)}}
	all, err := scenarios.Load(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	results := scenarios.Run(t.Context(), all, scenarios.Options{Seed: 7})
	if len(results) != 1 || results[0].Outcome != result.Passed {
		t.Fatalf("%+v", results)
	}
	return results[0].Messages
}

// TestSequenceShowsTime: what the engine says of the time is what a diagram shows.
func TestSequenceShowsTime(t *testing.T) {
	svg := report.Sequence(played(t))
	for _, want := range []string{">6m later<", ">2d2h later<"} {
		if n := strings.Count(svg, want); n != 1 {
			t.Errorf("%s is there %d times, want once", want, n)
		}
	}
	if n := strings.Count(svg, `<text class="later"`); n != 2 {
		t.Errorf("time passes %d times, want twice", n)
	}
}
