package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios/attack"
)

// writeCardMarkdown writes a report card in Markdown, for the file that
// GITHUB_STEP_SUMMARY names: the counts, each failure with all that is known of
// it, and why the rest was not exercised. What does not fit into GitHub's limit
// is counted.
func writeCardMarkdown(w io.Writer, c *attack.Card) error {
	n := tallyOf(c.Findings)
	sign := "✅"
	if !c.Calibrated() || c.Interrupted || n.failed() > 0 || n[attack.Invalid] > 0 || n.exercised() == 0 || len(c.Stale) > 0 {
		sign = "❌"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "## %s authdrill attack: %s\n\n", sign, cardHeadline(c, n))
	fmt.Fprintf(&b, "%s · %s · %s\n\n", markdown(c.Target), n, lasted(c.Duration))
	for _, x := range c.Calibration {
		if !x.OK {
			fmt.Fprintf(&b, "✗ %s: %s %s\n\n", markdown(x.Check), markdown(x.Saw), markdown(x.Remedy))
		}
	}
	for _, id := range c.Stale {
		fmt.Fprintf(&b, "✗ %s is listed as an expected failure, and no longer fails: take it off the list\n\n", markdown(id))
	}
	left := 0
	for _, f := range bySeverity(c.Findings) {
		part := findingMarkdown(f)
		if b.Len()+len(part) > stepSummaryLimit {
			left++
			continue
		}
		b.WriteString(part)
	}
	if left > 0 {
		fmt.Fprintf(&b, "%s did not fit here and are in the log.\n\n", count(left, "more failure", "more failures"))
	}
	rows := unexercised(c.Findings)
	if len(rows) > 0 && b.Len() < stepSummaryLimit/2 {
		b.WriteString("| not exercised | why |\n|---:|---|\n")
		for _, r := range rows {
			row := fmt.Sprintf("| %d | %s |\n", r.Count, markdown(r.Reason))
			if b.Len()+len(row) > stepSummaryLimit {
				break
			}
			b.WriteString(row)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func findingMarkdown(f attack.Finding) string {
	mark := "✗"
	if f.Expected {
		mark = "○ expected:"
	}
	out := fmt.Sprintf("### %s %s · %s · %s\n\n%s\n\n", mark, markdown(f.ID), markdown(string(f.Verdict)), markdown(f.Severity), markdown(f.Reason))
	if len(f.Spec) > 0 {
		out += linksMarkdown(f.Spec) + "\n\n"
	}
	return out + fenced(strings.Join(lines(accountOf(f)), "\n")) + "\n"
}
