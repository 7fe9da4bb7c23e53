package report

import (
	"fmt"
	"io"
	"strings"
)

// stepSummaryLimit is a little below the mebibyte GitHub takes for the summary
// of a step. Of a larger one it shows nothing at all.
const stepSummaryLimit = 1_000_000

// writeMarkdown writes a report in Markdown, for the file that
// GITHUB_STEP_SUMMARY names: the counts, each failure with all that is known of
// it, and a table of the rest, by cause where it proves nothing. What does not fit
// into GitHub's limit is counted, and the last line says so.
func writeMarkdown(w io.Writer, d *document) error {
	m := &summaryPage{}
	sign := "❌"
	if d.Good {
		sign = "✅"
	}
	head, facts := d.Headline, []string{markdown(d.Target), d.Counts, d.Lasted}
	if d.Listed {
		head, facts = d.Counts, []string{d.Lasted, orElse(d.Seeds, "nothing was run")}
	}
	fmt.Fprintf(m, "## %s %s: %s\n\n%s\n\n", sign, d.Title, head, strings.Join(facts, " · "))
	for _, x := range d.Checks {
		if !x.OK {
			mark := "✗"
			if x.Optional {
				mark = "–"
			}
			fmt.Fprintf(m, "%s %s: %s %s\n\n", mark, markdown(x.Check), markdown(x.Saw), markdown(x.Remedy))
		}
	}
	for _, text := range d.Notices() {
		fmt.Fprintf(m, "%s\n\n", markdown(text))
	}
	for _, c := range d.Causes {
		m.add(fmt.Sprintf("### %d\\. %s\n\n%s\n\n%s\n", c.Number, markdown(c.label()), markdown(c.Happened()), fenced(strings.Join(lines(c.account()), "\n"))))
	}
	for _, r := range d.Failing {
		m.add(failureMarkdown(r))
	}
	if d.Listed {
		m.table("| | scenario | proves | time |\n|---|---|---|---:|\n", rowsMarkdown(d.Results))
	}
	m.table("| not exercised | why |\n|---:|---|\n", reasonsMarkdown(d.Unexercised))
	m.table("\n| tolerated | what the app chose |\n|---:|---|\n", reasonsMarkdown(d.Choices))
	if m.left > 0 {
		what := "more failure"
		if d.Listed {
			what = "more scenario"
		}
		fmt.Fprintf(m, "\n%s did not fit here and are in the log.\n", count(m.left, what, what+"s"))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// summaryPage is what fits into the summary of a step, and how many parts did
// not.
type summaryPage struct {
	strings.Builder
	left int
}

func (m *summaryPage) add(part string) {
	if m.Len()+len(part) > stepSummaryLimit {
		m.left++
		return
	}
	m.WriteString(part)
}

func (m *summaryPage) table(head string, rows []string) {
	if len(rows) == 0 {
		return
	}
	if m.Len()+len(head)+len(rows[0]) > stepSummaryLimit {
		m.left += len(rows)
		return
	}
	m.WriteString(head)
	for _, row := range rows {
		m.add(row)
	}
}

func failureMarkdown(r *row) string {
	mark, kind := "✗ ", ""
	if r.Standing == expected {
		mark = "○ expected: "
	}
	if r.Entry {
		kind = " · " + markdown(r.Verdict)
		if r.Severity != "" {
			kind += " · " + markdown(r.Severity)
		}
	}
	out := "### " + mark + markdown(orElse(r.Name, "(no name)")) + kind + "\n\n"
	why := r.Why
	if r.Entry {
		why = r.Reason // the mark says what was expected
	}
	if why != "" {
		out += markdown(why) + "\n\n"
	}
	if len(r.Clauses) > 0 {
		out += linksMarkdown(r.Clauses) + "\n\n"
	}
	return out + fenced(strings.Join(lines(r.Account), "\n")) + "\n"
}

// rowsMarkdown is a row for each result that did not fail.
func rowsMarkdown(results []*row) []string {
	var out []string
	for _, r := range results {
		if r.failed() {
			continue
		}
		_, mark := r.appearance()
		name := markdown(orElse(r.Name, "(no name)"))
		if r.Why != "" {
			name += "<br>" + markdown(r.Why)
		}
		for _, c := range r.Complaints {
			name += "<br>" + markdown(c.About+": "+c.sentence())
		}
		out = append(out, fmt.Sprintf("| %s | %s | %s | %s |\n", mark, name, linksMarkdown(r.Clauses), milliseconds(r.Took)))
	}
	return out
}

func reasonsMarkdown(reasons []reason) []string {
	var out []string
	for _, c := range reasons {
		out = append(out, fmt.Sprintf("| %d | %s · %s |\n", c.Count, markdown(c.Reason), markdown(firstOf(c.IDs, 6))))
	}
	return out
}

func linksMarkdown(cited []string) string {
	out := make([]string, len(cited))
	for i, c := range cited {
		out[i] = markdown(clauseText(c))
		if url := clauseURL(c); url != "" {
			out[i] = "[" + out[i] + "](" + url + ")"
		}
	}
	return strings.Join(out, ", ")
}

// markdown is a text on one line in which no sign means anything. A backslash
// takes the meaning of any ASCII punctuation (CommonMark section 2.4), but that
// of < and & is HTML's.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range Printable(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("&#64;") // so that no user is notified
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~:/'\"$^=", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// fenced is a block of code, with a fence longer than any in the text.
func fenced(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n"
}
