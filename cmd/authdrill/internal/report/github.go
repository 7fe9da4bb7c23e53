package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// writeGitHub writes the commands of a GitHub workflow that put a note at the
// line of a file: an error for each failed scenario, and for each cause of failures of an
// app (of one that is neither critical
// nor high, and of what could not be judged, a warning), and a notice for what is
// skipped or fails as expected. What passed is a plain line, where a report lists
// it. GitHub itself shows no more than ten notes of a kind for a step; all of them
// are in the log.
func writeGitHub(w io.Writer, d *document) error {
	g := &annotations{w: w}
	for _, x := range d.Checks {
		switch {
		case !x.OK && x.Optional:
			g.note("warning", strict.Place{}, "calibration: "+x.Check, x.Saw+"\n"+x.Remedy)
		case !x.OK:
			g.note("error", strict.Place{}, "calibration: "+x.Check, x.Saw+"\n"+x.Remedy)
		}
	}
	for _, c := range d.Causes {
		g.note(c.Level, strict.Place{}, c.label(), c.account())
	}
	for _, r := range d.Results {
		if len(r.Causes) == 0 { // its causes say it
			g.result(r, d.Listed)
		}
	}
	for _, id := range d.Stale {
		g.note("error", strict.Place{}, id, "it is listed as an expected failure, and no longer fails: take it off the list")
	}
	for _, text := range d.Notices()[len(d.Stale):] {
		g.note("notice", strict.Place{}, "authdrill attack", text)
	}
	last := d.Counts
	if d.Listed {
		last += " · " + orElse(d.Seeds, "nothing was run")
	}
	g.line(last)
	return g.err
}

type annotations struct {
	w   io.Writer
	err error
}

func (a *annotations) result(r *row, listed bool) {
	switch {
	case !r.failed() && r.Standing != expected && !listed:
	case r.Standing == passed:
		a.line(fmt.Sprintf("✓ %s (%s)", r.Name, milliseconds(r.Took)))
	case r.Standing == skipped && len(r.Complaints) == 0:
		a.note("notice", r.Place, r.Label, r.Why)
	case !r.failed():
		said := r.Why
		if r.Label != r.Name {
			said = r.Reason // the label has the verdict
		}
		a.note("notice", r.Place, r.Label, strings.TrimSpace(said+"\n"+r.Account))
	case len(r.Complaints) == 0:
		a.note(r.Level, r.Place, r.Label, orElse(r.Why, r.Verdict)+"\nagain: "+r.Again)
	default:
		for _, c := range r.Complaints {
			text := c.sentence() + "\n" + c.About + "\n" + c.Background + "again: " + r.Again
			if r.Why != "" && r.Why != c.Message {
				text = r.Why + "\n" + text
			}
			a.note(r.Level, c.At, r.Label, text)
		}
	}
}

func (a *annotations) write(line string) {
	if a.err == nil {
		_, a.err = io.WriteString(a.w, line+"\n")
	}
}

// line writes a line that is not a command, whatever is in it: the runner looks for
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
