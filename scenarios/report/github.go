package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// writeGitHub writes the commands of a GitHub workflow that put a note at the
// line of a file: an error for each failure (of an entry that is neither critical
// nor high, and of what could not be judged, a warning), and a notice for what is
// skipped or fails as expected. What passed is a plain line, where a report lists
// it. GitHub itself shows no more than ten notes of a kind for a step; all of them
// are in the log.
func writeGitHub(w io.Writer, d *document) error {
	g := &annotations{w: w}
	for _, x := range d.checks {
		if !x.OK {
			g.note("error", strict.Place{}, "calibration: "+x.Check, x.Saw+"\n"+x.Remedy)
		}
	}
	for _, r := range d.results {
		g.result(r, d.listed)
	}
	for _, id := range d.stale {
		g.note("error", strict.Place{}, id, "it is listed as an expected failure, and no longer fails: take it off the list")
	}
	last := d.counts
	if d.listed {
		last += " · " + orElse(d.seeds, "nothing was run")
	}
	g.line(last)
	return g.err
}

type annotations struct {
	w   io.Writer
	err error
}

func (a *annotations) result(r *result, listed bool) {
	switch {
	case !r.failed() && r.standing != expected && !listed:
	case r.standing == passed:
		a.line(fmt.Sprintf("✓ %s (%s)", r.name, milliseconds(r.took)))
	case r.standing == skipped && len(r.complaints) == 0:
		a.note("notice", r.place, r.label, r.why)
	case !r.failed():
		said := r.why
		if r.label != r.name {
			said = r.reason // the label has the verdict
		}
		a.note("notice", r.place, r.label, strings.TrimSpace(said+"\n"+r.account))
	case len(r.complaints) == 0:
		a.note(r.level, r.place, r.label, orElse(r.why, r.verdict)+"\nagain: "+r.again)
	default:
		for _, c := range r.complaints {
			text := c.sentence() + "\n" + c.about + "\n" + c.background + "again: " + r.again
			if r.why != "" && r.why != c.Message {
				text = r.why + "\n" + text
			}
			a.note(r.level, c.at, r.label, text)
		}
	}
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

// note writes a command: an error, a notice, or anything less loud than an error
// as a warning.
func (a *annotations) note(kind string, at strict.Place, title, text string) {
	if kind == "note" {
		kind = "warning"
	}
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
