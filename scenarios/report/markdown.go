package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios"
)

// stepSummaryLimit is a little below the mebibyte GitHub takes for the summary
// of a step. Of a larger one it shows nothing at all.
const stepSummaryLimit = 1_000_000

// writeMarkdown writes a summary of the run in Markdown, for the file that
// GITHUB_STEP_SUMMARY names: the counts, what failed with all that is known of
// it, and a table of the rest. What does not fit into GitHub's limit is counted,
// and the last line says so.
func writeMarkdown(w io.Writer, results []*scenarios.Result, o Options) error {
	s := summarize(results)
	var b strings.Builder
	sign := "✅"
	if s.Failed+s.UnexpectedPasses+s.Broken > 0 || s.Total == 0 {
		sign = "❌"
	}
	fmt.Fprintf(&b, "## %s authdrill: %s\n\n", sign, s)
	fmt.Fprintf(&b, "%.2f s · %s\n\n", o.duration(results).Seconds(), orElse(seeds(results), "nothing was run"))
	left := 0
	add := func(part string) {
		if b.Len()+len(part) > stepSummaryLimit {
			left++
			return
		}
		b.WriteString(part)
	}
	for _, r := range results {
		if !r.Outcome.Good() {
			add(failureMarkdown(r, o))
		}
	}
	rows := false
	for _, r := range results {
		if !r.Outcome.Good() {
			continue
		}
		if !rows {
			add("| | scenario | proves | time |\n|---|---|---|---:|\n")
			rows = true
		}
		add(rowMarkdown(r))
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s did not fit here and are in the log.\n", count(left, "more scenario", "more scenarios"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func failureMarkdown(r *scenarios.Result, o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### ✗ %s\n\n", markdown(orElse(r.Name, "(no name)")))
	if text := verdict(r); text != "" {
		fmt.Fprintf(&b, "%s\n\n", markdown(text))
	}
	if len(r.Spec) > 0 {
		fmt.Fprintf(&b, "%s\n\n", linksMarkdown(r.Spec))
	}
	b.WriteString(fenced(explanation(r, o)) + "\n")
	return b.String()
}

func rowMarkdown(r *scenarios.Result) string {
	_, mark := appearance(r.Outcome)
	name := markdown(orElse(r.Name, "(no name)"))
	if text := verdict(r); text != "" {
		name += "<br>" + markdown(text)
	}
	for _, s := range failed(r) {
		for _, f := range s.Failures {
			name += "<br>" + markdown(title(s)+": "+sentence(f))
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", mark, name, linksMarkdown(r.Spec), milliseconds(r.Duration))
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
			b.WriteString("&#64;") // so that nobody is called
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
