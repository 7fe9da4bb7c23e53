package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// live is what an attack shows while it goes on, and at its end.
func live(t *testing.T, c *attack.Card, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	o.Entries = len(c.Findings)
	text := report.NewText(&b, o)
	text.Calibrated(c)
	for _, f := range c.Findings {
		text.Finding(f)
	}
	if err := text.CloseCard(c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// failing is a card on which n entries failed, each for causes of its own, with texts of
// some length.
func failing(n, causes int) *attack.Card {
	long := strings.Repeat("a text that goes on, ", 20)
	c := sampleCard()
	c.Findings = nil
	for i := range n {
		f := result.Result{
			ID: fmt.Sprintf("entry-%d", i), Group: "id-token", Severity: "high", Title: long, Verdict: result.FailSecurity, Reason: long, Provider: long, Client: long, Why: long, Remedy: long,
			Spec: []string{"RFC6749#4.1.2", "RFC9700#2.1.1"}, Repeat: "authdrill attack http://localhost:3000/login --whoami http://localhost:3000/me --only entry",
		}
		for k := range causes {
			f.Causes = append(f.Causes, result.Cause{Verdict: result.FailSecurity, Witness: "app", Rule: fmt.Sprintf("rule.%d.%d", i, k), Saw: long, Severity: "high", Request: "GET http://localhost:3000/callback?code=CODE"})
		}
		c.Findings = append(c.Findings, f)
	}
	for i := range 10 {
		c.Stale = append(c.Stale, fmt.Sprintf("stale-%d", i))
	}
	return c
}

// TestScreenIsOneScreen: a card is read without scrolling, whatever the app.
func TestScreenIsOneScreen(t *testing.T) {
	for name, c := range map[string]*attack.Card{
		"the sample": sampleCard(), "one cause": failing(1, 1), "five": failing(5, 1), "many": failing(300, 2), "nothing": {}, "no failures": failing(0, 0),
	} {
		text := live(t, c, report.Options{})
		rows := 0
		for line := range strings.Lines(text) {
			rows += max(1, (len([]rune(strings.TrimRight(line, "\n")))+79)/80)
		}
		if rows > 40 {
			t.Errorf("%s: %d rows:\n%s", name, rows, text)
		}
		if strings.ContainsAny(text, "\r\x1b") {
			t.Errorf("%s: it moves the cursor", name)
		}
	}
	if many := live(t, failing(300, 2), report.Options{}); !strings.Contains(many, "of 300 entries played: 75 150 225\n") || !strings.Contains(many, "595 causes more") || strings.Count(many, "  again ") != 5 {
		t.Errorf("progress and the rest are not shown:\n%s", many)
	}
}

func TestScreenGolden(t *testing.T) {
	golden(t, "card.screen.txt", live(t, sampleCard(), report.Options{Files: []string{"card.html", "card.json"}}))
}

// TestVerboseHasEverything: what the screen leaves out is there, in the same order.
func TestVerboseHasEverything(t *testing.T) {
	text := live(t, sampleCard(), report.Options{Verbose: true})
	at := -1
	for _, want := range []string{"  cause 1", "curl -i --cookie", "'http://localhost:3000/callback?code=CODE&state=STATE'", "idt-aud-wrong", "cause 2", "Tolerated", "Invalid"} {
		i := strings.Index(text[at+1:], want)
		if i < 0 {
			t.Fatalf("%q is not there, or not behind what it follows:\n%s", want, text)
		}
		at += i + 1
	}
}

// TestCausesGroupEntries: entries that fail for the same reason are one cause, and a
// server error is one whatever the entries are about.
func TestCausesGroupEntries(t *testing.T) {
	c := &attack.Card{Calibration: []attack.Calibration{{Check: "the app answers", OK: true}}}
	add := func(id, group, severity string, expected bool, causes ...result.Cause) {
		c.Findings = append(c.Findings, result.Result{ID: id, Group: group, Severity: severity, Verdict: causes[0].Verdict, Reason: causes[0].Saw, Expected: expected, Causes: causes})
	}
	signedIn := result.Cause{Verdict: result.FailSecurity, Rule: "app.signed_in", Saw: "the browser is signed in", Severity: "high"}
	critical := signedIn
	critical.Severity = "critical"
	slow := result.Cause{Verdict: result.FailRobustness, Rule: "browser.within", Saw: "the app took 10.2s, where 10s is enough", Severity: "medium"}
	slower := slow
	slower.Saw = "the app took 12.7s, where 10s is enough"
	crash := result.Cause{Verdict: result.FailRobustness, Rule: "server_error", Saw: "the app answered GET /callback with status 500", Severity: "low", Lapse: true}
	loop := result.Cause{Verdict: result.FailRobustness, Rule: "no_end", Saw: "21 redirects and no end: … 127.0.0.1:36953/authorize → 127.0.0.1:36517/callback", Severity: "low"}
	other := loop
	other.Saw = "21 redirects and no end: … 127.0.0.1:36953/t/w3/authorize → 127.0.0.1:34659/callback"
	add("crash-1", "discovery", "low", false, crash)
	add("slow-1", "token-response", "medium", false, slow)
	add("nonce", "id-token", "high", false, signedIn, crash)
	add("slow-2", "token-response", "medium", false, slower)
	add("alg-none", "id-token", "critical", false, critical)
	add("state", "authorization-response", "high", false, signedIn)
	add("loop-1", "transport-network", "low", false, loop)
	add("loop-2", "transport-network", "low", false, other)
	add("excused", "id-token", "high", true, signedIn)
	var document struct {
		Causes []struct {
			Severity, Family string
			Entries          []string
		}
	}
	if err := json.Unmarshal([]byte(writeCard(t, "json", c, report.Options{})), &document); err != nil {
		t.Fatal(err)
	}
	want := "critical id-token/app.signed_in [nonce alg-none]; high authorization-response/app.signed_in [state]; medium token-response/browser.within [slow-1 slow-2]; low server_error [crash-1 nonce]; low transport-network/no_end [loop-1 loop-2]"
	var got []string
	for _, x := range document.Causes {
		got = append(got, fmt.Sprintf("%s %s %s", x.Severity, x.Family, x.Entries))
	}
	if strings.Join(got, "; ") != want {
		t.Errorf("%s, want %s", strings.Join(got, "; "), want)
	}
}
