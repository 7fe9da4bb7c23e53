package grade

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

func cardOf(findings ...result.Result) *attack.Card { return &attack.Card{Findings: findings} }

func finding(id string, v result.Verdict, severity string) result.Result {
	return result.Result{ID: id, Verdict: v, Severity: severity}
}

func variant(label string, v result.Verdict, severity string) result.Result {
	out := result.Result{Variant: label, Verdict: v}
	if v.Failed() {
		out.Causes = []result.Cause{{Verdict: v, Severity: severity}}
	}
	return out
}

func names(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// TestBaselineTellsNewGoneAndChanged: by entry and variant, and only what is new or got
// worse counts.
func TestBaselineTellsNewGoneAndChanged(t *testing.T) {
	many := func(id string, variants ...result.Result) result.Result {
		return result.Result{ID: id, Verdict: result.FailSecurity, Severity: "high", Variants: variants}
	}
	before := cardOf(
		finding("same", result.FailSecurity, "high"), finding("mended", result.FailUX, "low"), finding("unreached", result.FailUX, "low"), finding("broke", result.Pass, "high"),
		finding("worse", result.FailRobustness, "low"), finding("better", result.FailSecurity, "high"), finding("split", result.FailSecurity, "high"),
		many("varied", variant("a", result.FailSecurity, "high"), variant("b", result.Pass, "")),
	)
	now := cardOf(
		finding("same", result.FailSecurity, "high"), finding("mended", result.Pass, "low"), finding("unreached", result.NotExercised, "low"), finding("broke", result.FailUX, "high"),
		finding("worse", result.FailSecurity, "high"), finding("better", result.FailRobustness, "low"), finding("unknown", result.FailUX, "low"),
		many("split", variant("x", result.FailSecurity, "high"), variant("y", result.Pass, "")),
		many("varied", variant("a", result.Pass, ""), variant("b", result.FailSecurity, "medium")),
	)
	g := Of(now, before, nil, nil)
	if got := names(g.Changes.New); got != "broke unknown varied[b]" {
		t.Errorf("new: %s", got)
	}
	if got := names(g.Changes.Gone); got != "mended split[y] varied[a]" {
		t.Errorf("gone: %s", got)
	}
	if got := names(g.Changes.Changed); got != "worse better" {
		t.Errorf("changed: %s", got)
	}
	if got := strings.Join(g.Counting, " "); got != "broke worse unknown varied[b]" {
		t.Errorf("counting: %s", got)
	}
}

// TestFailOn: a severity counts with all that are worse, a class by itself, and what is
// expected does not count.
func TestFailOn(t *testing.T) {
	excused := finding("excused", result.FailSecurity, "critical")
	excused.Expected = true
	card := cardOf(
		finding("critical", result.FailSecurity, "critical"), finding("high", result.FailSecurity, "high"), finding("crash", result.FailRobustness, "low"), finding("blank", result.FailUX, "medium"),
		excused, finding("fine", result.Pass, "critical"),
	)
	for words, want := range map[string]string{
		"": "critical high crash blank", "critical": "critical", "high": "critical high", "medium": "critical high blank", "low": "critical high crash blank",
		"robustness": "crash", "ux": "blank", "security": "critical high", "critical robustness": "critical crash",
	} {
		if got := strings.Join(Of(card, nil, nil, strings.Fields(words)).Counting, " "); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
	if hint, unknown := UnknownThreshold("securty"); !unknown || hint != "did you mean security?" {
		t.Errorf("%v %q", unknown, hint)
	}
}

// TestExpectations: a list of today stays valid, and a date ends an expectation.
func TestExpectations(t *testing.T) {
	list := "# a remark\nidt-nonce-wrong\n\n  state-missing # until the library is updated\ntok-json-array[valid until 2026]\n" +
		"idt-aud-wrong until 2027-03-01 # in March\npkce-absent until 2027-02-28\r\ntok-json-array[null]  until  2027-03-02\n"
	got, err := ReadExpectations(list, time.Date(2027, 3, 1, 23, 59, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if names := strings.Join(Current(got), " "); names != "idt-nonce-wrong state-missing tok-json-array[valid until 2026] idt-aud-wrong tok-json-array[null]" {
		t.Errorf("current: %s", names)
	}
	g := &Grade{Expected: got}
	for name, want := range map[string]string{"idt-aud-wrong": "until 2027-03-01: in March", "state-missing": "until the library is updated", "pkce-absent": "", "tok-json-array[null]": "until 2027-03-02", "idt-nonce-wrong": ""} {
		if reason := g.Reason(name); reason != want {
			t.Errorf("%s: %q, want %q", name, reason, want)
		}
	}
	if i := slices.IndexFunc(got, func(x Expectation) bool { return x.Expired }); i < 0 || got[i].Name != "pkce-absent" || got[i].Line != 7 {
		t.Errorf("%+v", got)
	}
	if _, err := ReadExpectations("a\nb until March", time.Time{}); err == nil || err.Error() != `2: invalid date "March": want a day such as 2027-03-01` {
		t.Error(err)
	}
}

// TestReadRefusesOtherFiles: what is not a card is said to be none.
func TestReadRefusesOtherFiles(t *testing.T) {
	folder := t.TempDir()
	for text, want := range map[string]string{
		"":                       "is not a report card in JSON: unexpected end of JSON input",
		"<html>":                 "is not a report card in JSON: invalid character '<'",
		`{"version":1}`:          `is not a report card: schema is "", want "authdrill.card.v1"`,
		`{"schema":"sarif-2.1"}`: `is not a report card: schema is "sarif-2.1"`,
		`{"schema":"authdrill.card.v1","findings":[{"verdict":1}]}`: "is not a report card in JSON: json: cannot unmarshal",
		strings.Repeat("[", 100_000):                                "is not a report card in JSON: ",
	} {
		file := filepath.Join(folder, "card.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
	if _, err := Read(filepath.Join(folder, "none.json")); err == nil {
		t.Error("a file that is not there is read")
	}
}
