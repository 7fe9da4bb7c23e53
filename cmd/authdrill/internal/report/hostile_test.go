package report_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/scenarios/result"
)

// attacks are texts that leave the place they are put in, if a writer lets them.
func attacks() []string {
	return []string{
		`</title></style></script><script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		`' onmouseover='alert(1)`,
		`javascript:alert(1)`,
		`]]></failure><testcase name="forged"/>`,
		`<!--`, `-->`, `</svg><script>`, `{{.Style}}`, `&#x3c;script&#x3e;`, `</details></details>`,
		"x\n::error::forged", "::set-output name=x::y", "  ::warning::forged", "##[error]forged", "a%0A::error::b", "a,line=9::b", "x\r::error::y",
		"ok 99 - forged", "x # TODO forged", "x # SKIP forged", "a\nok 98 - forged\nBail out!", "...\nnot ok 97", `\`, `\#`,
		"\x1b[2J\x1b[31m", "\x00\x01\x07\x08\x7f", "\u0085\u009b31m", "\u202eevil\u2066", "\u2028\u2029", "\xff\xfe broken UTF-8", "\ufeff\ufffe\uffff",
		"```\n# heading\n```", "| a | b |\n|---|---|", "[x](javascript:alert(1))", "@everyone #1", "<details>",
		"${issuer}", "--- |\n  yaml: true", "!!binary x", "'; rm -rf / #", "",
	}
}

// poison puts s into every text of v, however deep.
func poison(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		poison(v.Elem(), s)
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		for i := range v.NumField() {
			poison(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), s)
		}
	}
}

// poisoned is a result of an outcome with s in every text, and where there is a
// map in every name and value.
func poisoned(o result.Outcome, s string) *result.Result {
	r := &result.Result{
		Tags: []string{""}, Spec: []string{"", ""},
		Steps:    []result.Step{{Number: 1, Ran: true, Journal: []int64{1}, Failures: []result.Failure{{}, {}}}},
		Messages: []result.Message{{Step: 1}, {Step: 2, Reply: true}},
		Journal:  []*journal.Entry{{Seq: 1, Decisions: []journal.Decision{{}}, Events: []journal.Event{{}}, Faults: []journal.Applied{{}}, Lax: []string{""}, Notes: []string{""}}},
	}
	poison(reflect.ValueOf(r), s)
	e := r.Journal[0]
	e.Params = url.Values{s: {s}, "grant_type": {s}, "scope": {s}}
	e.Response = map[string]any{s: s, "nested": map[string]any{s: []any{s}}}
	e.Events[0].Attrs = map[string]string{s: s}
	e.Headers, e.ResponseHeaders = map[string]string{s: s}, map[string]string{s: s}
	for i := range r.Steps[0].Failures {
		f := &r.Steps[0].Failures[i]
		f.Place.Line, f.Place.Column = 3, 3
	}
	r.Messages[1].From, r.Messages[1].To = "client", "client"
	r.Outcome, r.Place.Line, r.Place.Column = o, 1, 1
	return r
}

func outcomes() []result.Outcome {
	return []result.Outcome{result.Passed, result.Skipped, result.ExpectedToFail, result.Failed, result.Unexpected, result.Broken, "", "unheard-of"}
}

func hostile() []*result.Result {
	var out []*result.Result
	for _, s := range attacks() {
		for _, o := range outcomes() {
			out = append(out, poisoned(o, s))
		}
	}
	// An outcome is a text as well.
	return append(out, &result.Result{Outcome: result.Outcome(attacks()[0])})
}

// TestHostileHTML parses the page as a browser does: whatever a result says, it
// has no element, attribute or address that the template did not write.
func TestHostileHTML(t *testing.T) {
	page := write(t, "html", hostile(), report.Options{Version: attacks()[0]})
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	elements := strings.Fields("html head meta title link style body span header p h1 h2 div nav a b details summary ul ol li main section code dl dt dd i pre table tbody tr td th " +
		"svg g path rect circle text desc")
	cards, policy := 0, ""
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %q", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		if !contains(elements, n.Data) {
			t.Errorf("element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "srcdoc", a.Key == "action", a.Key == "formaction":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" && !regexp.MustCompile(`^(#[a-z0-9-]*|https://(www\.rfc-editor\.org/rfc|openid\.net/specs)/[A-Za-z0-9._#-]+|data:image/svg\+xml,%3Csvg [^<>"]*)$`).MatchString(a.Val):
				t.Errorf("<%s href=%q>", n.Data, a.Val)
			case a.Key == "style" && !regexp.MustCompile(`^flex-grow:[0-9]+$`).MatchString(a.Val):
				t.Errorf("<%s style=%q>", n.Data, a.Val)
			case a.Key == "class" && strings.HasPrefix(a.Val, "card ") && a.Val != "card empty":
				cards++
			case a.Key == "content" && strings.Contains(a.Val, "-src"):
				policy = a.Val
			}
		}
	}
	if want := len(hostile()); cards != want {
		t.Errorf("%d cards, want %d", cards, want)
	}
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'unsafe-inline'; img-src data:") {
		t.Errorf("content security policy %q", policy)
	}
}

// TestSelfContained: the page fetches nothing, so no address of it is one that a
// browser loads by itself.
func TestSelfContained(t *testing.T) {
	page := write(t, "html", sample(), report.Options{})
	if found := regexp.MustCompile(`(?i)<script|@import|url\(|<iframe|<link rel="?stylesheet`).FindString(page); found != "" {
		t.Errorf("the page has %s", found)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %s twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
}

// TestHostileSequence: a diagram is XML, too.
func TestHostileSequence(t *testing.T) {
	for _, s := range attacks() {
		svg := report.Sequence(poisoned(result.Failed, s).Messages)
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v\n%s", s, err, svg)
			}
			if e, ok := token.(xml.StartElement); ok && !contains(strings.Fields("svg title desc g path rect circle text"), e.Name.Local) {
				t.Errorf("%q: <%s>", s, e.Name.Local)
			}
		}
	}
}

func TestHostileJUnit(t *testing.T) {
	if err := checkJUnit(write(t, "junit", hostile(), report.Options{}), len(hostile())); err != nil {
		t.Error(err)
	}
}

func TestHostileGitHub(t *testing.T) {
	if err := checkGitHub(write(t, "github", hostile(), report.Options{})); err != nil {
		t.Error(err)
	}
}

func TestHostileTAP(t *testing.T) {
	if err := checkTAP(write(t, "tap", hostile(), report.Options{}), hostile()); err != nil {
		t.Error(err)
	}
}

// TestHostileText: nothing steers the terminal, and each line is one we wrote.
func TestHostileText(t *testing.T) {
	text := write(t, "text", hostile(), report.Options{})
	for i, line := range strings.Split(text, "\n") {
		if strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028 }) >= 0 {
			t.Errorf("line %d steers the terminal: %q", i+1, line)
		}
		if line != "" && !strings.HasPrefix(line, " ") {
			t.Errorf("line %d is not ours: %q", i+1, line)
		}
	}
}

func TestHostileJSON(t *testing.T) {
	var document struct {
		Version int
		Summary struct{ Total int }
		Results []json.RawMessage
	}
	if err := json.Unmarshal([]byte(write(t, "json", hostile(), report.Options{})), &document); err != nil {
		t.Fatal(err)
	}
	if n := len(hostile()); document.Version != 1 || document.Summary.Total != n || len(document.Results) != n {
		t.Errorf("version %d, total %d, %d results; want 1, %d, %d", document.Version, document.Summary.Total, len(document.Results), n, n)
	}
	stream := bufio.NewScanner(strings.NewReader(write(t, "ndjson", hostile(), report.Options{})))
	stream.Buffer(nil, 1<<20)
	lines := 0
	for stream.Scan() {
		lines++
		if !json.Valid(stream.Bytes()) {
			t.Errorf("line %d is not JSON", lines)
		}
	}
	if lines != len(hostile())+1 {
		t.Errorf("%d lines, want one for each of %d results and the summary", lines, len(hostile()))
	}
}

// TestHostileSummary: outside its fences a summary has no line, cell or element
// that is not ours.
func TestHostileSummary(t *testing.T) {
	var b bytes.Buffer
	if err := report.Write(&b, "markdown", hostile(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	fence := ""
	for i, line := range strings.Split(b.String(), "\n") {
		if fence != "" {
			if line == fence {
				fence = ""
			}
			continue
		}
		if strings.HasPrefix(line, "```") {
			fence = strings.TrimSuffix(line, "text")
			continue
		}
		bare := regexp.MustCompile(`\\[[:punct:]]`).ReplaceAllString(strings.ReplaceAll(line, "<br>", ""), "")
		if strings.ContainsAny(bare, "<@`") || strings.HasPrefix(bare, "|") && strings.Count(bare, "|") != 5 {
			t.Errorf("line %d: %q", i+1, line)
		}
	}
	if fence != "" {
		t.Error("a fence is left open")
	}
}

func contains(all []string, s string) bool {
	for _, have := range all {
		if have == s {
			return true
		}
	}
	return false
}

// checkTAP reads a TAP document as a harness does.
func checkTAP(document string, results []*result.Result) error {
	lines := strings.Split(strings.TrimSuffix(document, "\n"), "\n")
	if lines[0] != "TAP version 14" {
		return errorf("the first line is %q", lines[0])
	}
	point := regexp.MustCompile(`^(not )?ok ([0-9]+) - ((?:[^#\\]|\\.)*?)( # (SKIP|TODO)( (?:[^#\\]|\\.)*)?)?$`)
	seen := 0
	for i := 2; i < len(lines); i++ {
		switch line := lines[i]; {
		case line == "  ---":
			var block []string
			for i++; lines[i] != "  ..."; i++ {
				block = append(block, strings.TrimPrefix(lines[i], "  "))
			}
			var got struct{ Outcome string }
			if err := yaml.NewDecoder(bytes.NewBufferString(strings.Join(block, "\n"))).Decode(&got); err != nil {
				return errorf("line %d: %v\n%s", i+1, err, strings.Join(block, "\n"))
			}
		case strings.HasPrefix(line, "# "):
		default:
			m := point.FindStringSubmatch(line)
			if m == nil {
				return errorf("line %d is no test point: %q", i+1, line)
			}
			o := results[seen].Outcome
			seen++
			green := m[1] == "" || m[5] == "TODO"
			if green != o.Good() || (m[5] == "SKIP") != (o == result.Skipped) || (m[5] == "TODO") != (o == result.ExpectedToFail) {
				return errorf("line %d: %q for outcome %q", i+1, line, o)
			}
		}
	}
	if want := len(results); seen != want || lines[1] != planOf(want) {
		return errorf("%d test points and the plan %q, want %d", seen, lines[1], want)
	}
	return nil
}
