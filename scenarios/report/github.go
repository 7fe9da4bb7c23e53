package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// writeGitHub writes the commands of a GitHub workflow that put a note beside
// the line of a file: an error for each failure, a notice for what is skipped or
// fails as expected. What passed is a plain line. GitHub itself shows no more
// than ten notes of a kind for a step; all of them are in the log.
func writeGitHub(w io.Writer, results []*scenarios.Result, o Options) error {
	g := &annotations{w: w}
	for _, r := range results {
		switch {
		case r.Outcome == scenarios.Passed:
			g.line(fmt.Sprintf("✓ %s (%s)", r.Name, milliseconds(r.Duration)))
		case r.Outcome == scenarios.Skipped && failures(r) == 0:
			g.note("notice", r.Place, r.Name, verdict(r))
		case r.Outcome.Good():
			g.note("notice", r.Place, r.Name, strings.TrimSpace(verdict(r)+"\n"+explanation(r, o)))
		case failures(r) == 0:
			g.note("error", r.Place, r.Name, orElse(verdict(r), string(r.Outcome))+"\nagain: "+o.again(r))
		default:
			for _, s := range failed(r) {
				for _, f := range s.Failures {
					text := sentence(f) + "\n" + title(s) + "\n" + background(r, s, f) + "again: " + o.again(r)
					if reason := verdict(r); reason != "" {
						text = reason + "\n" + text
					}
					g.note("error", place(r, s, f), r.Name, text)
				}
			}
		}
	}
	g.line(fmt.Sprintf("%s · %s", summarize(results), orElse(seeds(results), "nothing was run")))
	return g.err
}

type annotations struct {
	w   io.Writer
	err error
}

func (a *annotations) write(line string) {
	if a.err == nil {
		_, a.err = io.WriteString(a.w, line+"\n")
	}
}

// line writes a line that is no command, whatever is in it: the runner looks for
// :: at the beginning of a line and for ##[ anywhere.
func (a *annotations) line(text string) {
	a.write(Printable(text))
}

func (a *annotations) note(kind string, at strict.Place, title, text string) {
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+commandProperty(value)) }
	if at.File != "" {
		add("file", strings.ReplaceAll(at.File, `\`, "/"))
	}
	if at.Line > 0 {
		add("line", fmt.Sprint(at.Line))
	}
	if at.Column > 0 {
		add("col", fmt.Sprint(at.Column))
	}
	add("title", orElse(title, "(no name)"))
	a.write("::" + kind + " " + strings.Join(properties, ",") + "::" + commandData(text))
}

// commandData is the text of a workflow command. Control characters other than
// line ends become dots: the log is a terminal as well.
func commandData(s string) string {
	parts := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	for i := range parts {
		parts[i] = strings.ReplaceAll(Printable(parts[i]), "%", "%25")
	}
	return strings.Join(parts, "%0A")
}

// commandProperty is the value of a property of one, a single line, where : and
// , have a meaning as well.
func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(Printable(s)))
}
