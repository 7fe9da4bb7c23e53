package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// CardFormats are the names of the formats of a report card.
func CardFormats() []string {
	return []string{"text", "html", "json", "junit", "sarif", "github", "markdown"}
}

// WriteCard writes the report card of an app. The errors are those of w, and a
// format that does not exist.
func WriteCard(w io.Writer, format string, c *attack.Card, o Options) error {
	out := &bytes.Buffer{}
	var err error
	switch format {
	case "text":
		t := NewCardText(out, o)
		t.Calibrated(c)
		for _, f := range c.Findings {
			t.Finding(f)
		}
		err = t.Close(c)
	case "html":
		err = writeCardHTML(out, c, o)
	case "json":
		err = writeCardJSON(out, c, o)
	case "junit":
		err = writeCardJUnit(out, c)
	case "sarif":
		err = writeCardSARIF(out, c, o)
	case "github":
		err = writeCardGitHub(out, c)
	case "markdown":
		err = writeCardMarkdown(out, c)
	default:
		hint := "the formats are " + strings.Join(CardFormats(), ", ")
		if nearest, ok := strict.Nearest(format, CardFormats()); ok {
			hint = "did you mean " + nearest + "? " + hint
		}
		return fmt.Errorf("report: unknown format %q; %s", format, hint)
	}
	if err != nil {
		return fmt.Errorf("report: %s: %w", format, err)
	}
	_, err = w.Write(shield(format, out.Bytes()))
	return err
}

// expectedFailure counts failures that stand in the list of expected ones. They
// are in no other count.
const expectedFailure attack.Verdict = "expected failure"

// tally counts verdicts.
type tally map[attack.Verdict]int

func tallyOf(findings []attack.Finding) tally {
	t := tally{}
	for _, f := range findings {
		switch {
		case f.Verdict.Failed() && f.Expected:
			t[expectedFailure]++
		case slices.Contains(attack.Verdicts(), f.Verdict):
			t[f.Verdict]++
		default: // what says nothing must not pass
			t[attack.Invalid]++
		}
	}
	return t
}

// failed is how many an app got wrong that it should not have.
func (t tally) failed() int {
	return t[attack.FailSecurity] + t[attack.FailRobustness] + t[attack.FailUX]
}

// exercised is how many reached the app.
func (t tally) exercised() int {
	return t.failed() + t[expectedFailure] + t[attack.Pass] + t[attack.Tolerated]
}

// String is the counts in words.
func (t tally) String() string {
	text := fmt.Sprintf("%d exercised: %d passed, %d failed", t.exercised(), t[attack.Pass], t.failed())
	var kinds []string
	for _, v := range []struct {
		verdict attack.Verdict
		word    string
	}{{attack.FailSecurity, "security"}, {attack.FailRobustness, "robustness"}, {attack.FailUX, "ux"}} {
		if n := t[v.verdict]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, v.word))
		}
	}
	if len(kinds) > 0 {
		text += " (" + strings.Join(kinds, ", ") + ")"
	}
	if n := t[expectedFailure]; n > 0 {
		text += fmt.Sprintf(", %d failed as expected", n)
	}
	if n := t[attack.Tolerated]; n > 0 {
		text += fmt.Sprintf(", %d tolerated", n)
	}
	if n := t[attack.Invalid]; n > 0 {
		text += fmt.Sprintf("; %d invalid", n)
	}
	return text + fmt.Sprintf("; %d not exercised", t[attack.NotExercised])
}

// unexercised groups what did not reach the app by its reason, the most first.
func unexercised(findings []attack.Finding) []reasonCount {
	at := map[string]int{}
	var out []reasonCount
	for _, f := range findings {
		if f.Verdict != attack.NotExercised {
			continue
		}
		reason := f.Reason
		if strings.HasPrefix(reason, "planned: ") {
			reason = "planned: authdrill does not have the mechanism yet"
		}
		i, there := at[reason]
		if !there {
			i = len(out)
			at[reason] = i
			out = append(out, reasonCount{Reason: reason})
		}
		out[i].Count++
		out[i].IDs = append(out[i].IDs, f.ID)
	}
	slices.SortStableFunc(out, func(a, b reasonCount) int { return b.Count - a.Count })
	return out
}

type reasonCount struct {
	Reason string
	Count  int
	IDs    []string
}

// bySeverity sorts failures, the worst first, and of these the expected ones
// last.
func bySeverity(findings []attack.Finding) []attack.Finding {
	var out []attack.Finding
	for _, f := range findings {
		if f.Verdict.Failed() {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b attack.Finding) int {
		if a.Expected != b.Expected {
			return map[bool]int{true: 1, false: -1}[a.Expected]
		}
		return rank(a.Severity) - rank(b.Severity)
	})
	return out
}

func rank(severity string) int {
	return slices.Index(catalog.Severities(), catalog.Severity(severity))
}

// groupsOf are the groups of findings in the catalogue's order.
func groupsOf(findings []attack.Finding) []string {
	var out []string
	for _, g := range catalog.Groups() {
		if slices.ContainsFunc(findings, func(f attack.Finding) bool { return f.Group == g }) {
			out = append(out, g)
		}
	}
	for _, f := range findings {
		if !slices.Contains(out, f.Group) {
			out = append(out, f.Group) // of no catalogue we know, and in the report all the same
		}
	}
	return out
}

func inGroup(findings []attack.Finding, group string) []attack.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f attack.Finding) bool { return f.Group != group })
}

// inSeverity are the findings of a severity.
func inSeverity(findings []attack.Finding, severity string) []attack.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f attack.Finding) bool { return f.Severity != severity })
}

// withVerdict are the findings with a verdict.
func withVerdict(findings []attack.Finding, verdict attack.Verdict) []attack.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f attack.Finding) bool { return f.Verdict != verdict })
}

// writeCardJSON writes the card as it is, with the version of its form. Lists are
// lists where they are empty, too.
func writeCardJSON(w io.Writer, c *attack.Card, o Options) error {
	card := *c
	card.Calibration = append([]attack.Calibration{}, c.Calibration...)
	card.Learned = append([]attack.Trait{}, c.Learned...)
	card.Findings = append([]attack.Finding{}, c.Findings...)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Schema  string         `json:"schema"`
		Version string         `json:"authdrill,omitempty"`
		Verdict map[string]int `json:"verdicts"`
		*attack.Card
	}{"authdrill.card.v1", o.Version, verdictCounts(c.Findings), &card})
}

// verdictCounts counts by verdict, expected failures among them.
func verdictCounts(findings []attack.Finding) map[string]int {
	out := map[string]int{}
	for _, v := range attack.Verdicts() {
		out[string(v)] = len(withVerdict(findings, v))
	}
	return out
}

// lasted is a time in words.
func lasted(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
