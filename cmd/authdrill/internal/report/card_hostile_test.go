package report_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// hostileCard has each attack in each text of a finding of each verdict.
func hostileCard() *attack.Card {
	c := &attack.Card{Target: attacks()[0], Stale: attacks()}
	verdicts := append(result.Verdicts(), "", result.Verdict(attacks()[0]))
	for _, s := range attacks() {
		c.Calibration = append(c.Calibration, attack.Calibration{Check: s, OK: true, Saw: s, Remedy: s})
		c.Learned = append(c.Learned, attack.Trait{Name: s, Has: true, Saw: s}, attack.Trait{Name: s})
		for _, v := range verdicts {
			f := result.Result{Spec: []string{""}, Sources: []string{""}, Witnesses: []result.Witness{{}}, Variants: []result.Result{{Witnesses: []result.Witness{{}}}}, Messages: []result.Message{{}, {Reply: true}}}
			poison(reflect.ValueOf(&f), s)
			f.Verdict, f.Variants[0].Verdict, f.Variants[0].Expected = v, v, f.Expected
			c.Findings = append(c.Findings, f)
		}
	}
	return c
}

// TestHostileCardHTML: whatever a card says, the page has no element, attribute
// or address that the template did not write.
func TestHostileCardHTML(t *testing.T) {
	root, err := html.Parse(strings.NewReader(writeCard(t, "html", hostileCard(), report.Options{Version: attacks()[0]})))
	if err != nil {
		t.Fatal(err)
	}
	elements := strings.Fields("html head meta title link style body span header p h1 h2 div nav a b br details summary ul li main section code dl dt dd table tbody tr td th svg g path rect circle text desc")
	own := regexp.MustCompile(`^https://(www\.rfc-editor\.org/rfc|openid\.net/specs)/[A-Za-z0-9._#-]+$|^data:image/svg\+xml,%3Csvg [^<>"]*$`)
	cards := 0
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
			case a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !own.MatchString(a.Val):
				t.Errorf("<%s href=%q>", n.Data, a.Val)
			case a.Key == "style" && !regexp.MustCompile(`^flex-grow:[0-9]+$`).MatchString(a.Val):
				t.Errorf("<%s style=%q>", n.Data, a.Val)
			case a.Key == "class" && strings.HasPrefix(a.Val, "card "):
				cards++
			}
		}
	}
	if want := len(hostileCard().Findings); cards != want {
		t.Errorf("%d cards, want %d", cards, want)
	}
}

// TestCardSelfContained: the page fetches nothing, and each address within it
// leads somewhere.
func TestCardSelfContained(t *testing.T) {
	page := writeCard(t, "html", sampleCard(), report.Options{})
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

// TestHostileCardText: nothing steers the terminal, and each line is one we wrote.
func TestHostileCardText(t *testing.T) {
	for i, line := range strings.Split(writeCard(t, "text", hostileCard(), report.Options{}), "\n") {
		if strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028 }) >= 0 {
			t.Errorf("line %d steers the terminal: %q", i+1, line)
		}
		if line != "" && !strings.HasPrefix(line, " ") && !regexp.MustCompile(`^[0-9]+ exercised: [0-9]+ passed, `).MatchString(line) {
			t.Errorf("line %d is not ours: %q", i+1, line)
		}
	}
}

// drills are the verdicts of a card: those on the variants of an entry, or that on
// the entry.
func drills(c *attack.Card) []result.Result {
	var out []result.Result
	for _, f := range c.Findings {
		if len(f.Variants) == 0 {
			out = append(out, result.Result{Verdict: f.Verdict, Expected: f.Expected})
		}
		out = append(out, f.Variants...)
	}
	return out
}

func TestHostileCardJUnit(t *testing.T) {
	for _, c := range []*attack.Card{sampleCard(), hostileCard(), {}} {
		if err := checkJUnit(writeCard(t, "junit", c, report.Options{}), len(drills(c))); err != nil {
			t.Error(err)
		}
	}
}

func TestHostileCardGitHub(t *testing.T) {
	log := strings.ReplaceAll(writeCard(t, "github", hostileCard(), report.Options{}), "::warning ", "::notice ")
	if err := checkGitHub(log); err != nil {
		t.Error(err)
	}
}

func TestHostileCardJSON(t *testing.T) {
	var got attack.Card
	if err := json.Unmarshal([]byte(writeCard(t, "json", hostileCard(), report.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != len(hostileCard().Findings) {
		t.Errorf("%d findings", len(got.Findings))
	}
}

// TestHostileCardSummary: outside its fences a summary has no line, cell or
// element that is not ours.
func TestHostileCardSummary(t *testing.T) {
	var b bytes.Buffer
	if err := report.WriteCard(&b, "markdown", hostileCard(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	fence := ""
	for i, line := range strings.Split(b.String(), "\n") {
		switch bare := regexp.MustCompile(`\\[[:punct:]]`).ReplaceAllString(line, ""); {
		case fence != "":
			if line == fence {
				fence = ""
			}
		case strings.HasPrefix(line, "```"):
			fence = strings.TrimSuffix(line, "text")
		case strings.ContainsAny(bare, "<@`"), strings.HasPrefix(bare, "|") && strings.Count(bare, "|") != 3:
			t.Errorf("line %d: %q", i+1, line)
		}
	}
	if fence != "" {
		t.Error("a fence is left open")
	}
}

// TestCardSARIF holds the log to what SARIF 2.1.0 requires of the members it
// has, and to what code scanning requires on top: an address in a file, a unique
// rule, and a severity that is a number in a string.
func TestCardSARIF(t *testing.T) {
	for name, c := range map[string]*attack.Card{"sample": sampleCard(), "hostile": hostileCard(), "nothing": {}} {
		t.Run(name, func(t *testing.T) { checkSARIF(t, writeCard(t, "sarif", c, report.Options{Version: "v1.2.3"}), c) })
	}
}

func checkSARIF(t *testing.T, document string, c *attack.Card) {
	t.Helper()
	type message struct{ Text, Markdown string }
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name, InformationURI string
					Rules                []struct {
						ID, HelpURI                             string
						ShortDescription, FullDescription, Help message
						DefaultConfiguration                    struct{ Level string }
						Properties                              map[string]any
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   message
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				PartialFingerprints map[string]string
				Suppressions        []struct{ Kind, Status string }
			}
		}
	}
	if err := json.Unmarshal([]byte(document), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || log.Runs[0].ColumnKind != "utf16CodeUnits" || log.Runs[0].Results == nil {
		t.Fatalf("not SARIF 2.1.0 with one run: %.300s", document)
	}
	link := regexp.MustCompile(`(^|[^\\])\](\(|$)`)
	rules, seen := log.Runs[0].Tool.Driver.Rules, map[string]bool{}
	for _, r := range rules {
		if seen[r.ID] {
			t.Errorf("rule %q twice", r.ID)
		}
		seen[r.ID] = true
		if u, err := url.Parse(r.HelpURI); err != nil || u.Scheme != "https" {
			t.Errorf("%q: helpUri %q", r.ID, r.HelpURI)
		}
		if !contains([]string{"error", "warning", "note"}, r.DefaultConfiguration.Level) {
			t.Errorf("%q: level %q", r.ID, r.DefaultConfiguration.Level)
		}
		if s, _ := r.Properties["security-severity"].(string); !contains([]string{"9.5", "8.0", "5.0", "2.0"}, s) {
			t.Errorf("%q: security-severity %q", r.ID, s)
		}
	}
	var listed struct{ Causes []any }
	if err := json.Unmarshal([]byte(writeCard(t, "json", c, report.Options{})), &listed); err != nil {
		t.Fatal(err)
	}
	failed, suppressed := len(listed.Causes), 0
	for _, f := range drills(c) {
		if f.Verdict.Failed() && f.Expected {
			failed++
			suppressed++
		}
	}
	for _, r := range log.Runs[0].Results {
		if r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %d is not %q", r.RuleIndex, r.RuleID)
		}
		if r.Message.Text == "" || link.MatchString(r.Message.Text) {
			t.Errorf("%q: message %q", r.RuleID, r.Message.Text)
		}
		if len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || r.Locations[0].PhysicalLocation.Region.StartLine < 1 {
			t.Errorf("%q: no place", r.RuleID)
		}
		if len(r.PartialFingerprints) != 1 {
			t.Errorf("%q: no fingerprint", r.RuleID)
		}
		suppressed -= len(r.Suppressions)
	}
	if len(log.Runs[0].Results) != failed || suppressed != 0 {
		t.Errorf("%d results for %d failures, %d suppressions are missing", len(log.Runs[0].Results), failed, suppressed)
	}
}
