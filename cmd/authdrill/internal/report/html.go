package report

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

//go:embed html
var files embed.FS

// page is what the template is given: a document, of which it escapes each text
// for its place. The style and the diagrams are our own.
type page struct {
	*document
	Style template.CSS
}

// writeHTML writes one page that needs no network and no script.
func writeHTML(w io.Writer, d *document) error {
	t, err := template.New("").Funcs(functions()).ParseFS(files, "html/*.tmpl")
	if err != nil {
		return err
	}
	style, err := files.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "report.tmpl", page{d, template.CSS(style)}) //nolint:gosec // our own file
}

// functions are what the template asks of a document.
func functions() template.FuncMap {
	met := map[string]*link{} // most clauses are cited often
	return template.FuncMap{
		"printable": Printable,
		"text":      text,
		"place":     func(at strict.Place) string { return Printable(location(at)) },
		"summary":   func(s step) string { return Printable(orElse(s.Summary, s.Verb)) },
		"name":      func(r *row) string { return orElse(Printable(r.Name), "(no name)") },
		"file":      func(g *group) string { return orElse(Printable(g.Name), "(no file)") },
		"link": func(cited string) *link {
			if met[cited] == nil {
				met[cited] = &link{Text: clauseText(cited), URL: clauseURL(cited)}
			}
			return met[cited]
		},
		"severities": severityRows,
		"unexpected": func(results []*row) []*row {
			return selected(results, func(r *row) bool { return r.Standing != expected })
		},
		"skipped": func(results []*row) int {
			return len(selected(results, func(r *row) bool { return r.Standing == skipped }))
		},
		"expected": func(r *row) bool { return r.Standing == expected },
		"open":     func(r *row) bool { return r.failed() && (!r.Entry || r.Standing == failed) },
		"class":    func(of appearing) string { class, _ := of.appearance(); return class },
		"mark":     func(of appearing) string { _, mark := of.appearance(); return mark },
		"took":     tookOf,
		"facts":    factsOf,
		"diagram":  diagramOf,
		"excerpt":  excerptOf,
		"compared": func(c complaint) bool { return c.Want != "" || c.Got != "" || c.Message == "" },
		"exchange": func(e *journal.Entry) string { return Printable(exchange(e)) },
		"answer":   func(e *journal.Entry) string { return Printable(answer(e)) },
		"against":  against,
		"clock":    func(e *journal.Entry) string { return e.Time.UTC().Format("2006-01-02 15:04:05") },
		"members":  members,
		"remarks":  remarks,
	}
}

// appearing is what has a class and a mark in a page.
type appearing interface{ appearance() (class, mark string) }

type severityRow struct {
	Name                               string
	Passed, Failed, Other, Unexercised int
}

func severityRows(results []*row) []severityRow {
	var out []severityRow
	for _, g := range bySeverityGroups(results) {
		if n := tallyOf(g.Results); len(n) > 0 {
			out = append(out, severityRow{g.Name, n[result.Pass], n.failed(), n[result.Tolerated] + n[result.Invalid] + n[expectedFailure], n[result.NotExercised]})
		}
	}
	return out
}

// tookOf is how long a result took; nothing where that says nothing.
func tookOf(r *row) string {
	if r.Standing == skipped || r.Entry && r.Took == 0 {
		return ""
	}
	return milliseconds(r.Took)
}

// factsOf is how a scenario was run.
func factsOf(r *row) []string {
	out := []string{fmt.Sprintf("seed %d", r.Seed)}
	if r.Elapsed > 0 {
		out = append(out, elapsed(r.Elapsed)+" of virtual time")
	}
	if r.Issuer != "" {
		out = append(out, "issuer "+Printable(r.Issuer))
	}
	return out
}

// diagramOf is the diagram of a scenario, and of an entry that went wrong.
func diagramOf(r *row) template.HTML {
	if r.Entry && r.Standing != failed {
		return ""
	}
	return template.HTML(Sequence(r.Messages)) //nolint:gosec // escaped there
}

// excerptOf is the line of the file that a complaint is about, and what is
// under it.
func excerptOf(c complaint) []string {
	if c.Source == "" {
		return nil
	}
	source, caret, _ := strings.Cut(strict.Excerpt(c.At.Line, c.At.Column, c.Source, ""), "^")
	return []string{source, "^" + caret}
}

type link struct{ Text, URL string }

type member struct{ Kind, Name, Value string }

// members are the parameters of an exchange, then what was answered.
func members(e *journal.Entry) []member {
	var out []member
	for _, name := range sorted(e.Params) {
		for _, value := range e.Params[name] {
			out = append(out, member{"sent", Printable(name), Printable(value)})
		}
	}
	for _, name := range sorted(e.Response) {
		out = append(out, member{"answered", Printable(name), Printable(value(e.Response[name]))})
	}
	return out
}

// remarks are what else the journal says of an exchange.
func remarks(e *journal.Entry) []string {
	var out []string
	for _, f := range e.Faults {
		out = append(out, Printable("fault "+f.ID+": "+f.What))
	}
	for _, ev := range e.Events {
		remark := "event " + string(ev.Name)
		for _, name := range sorted(ev.Attrs) {
			remark += " " + name + "=" + ev.Attrs[name]
		}
		out = append(out, Printable(remark))
	}
	for _, rule := range e.Lax {
		out = append(out, Printable("not enforced: "+rule))
	}
	for _, note := range e.Notes {
		out = append(out, Printable("note: "+note))
	}
	return out
}

// text is a text of several lines that can be shown.
func text(s string) string { return strings.Join(lines(s), "\n") }

// value is a member of an answer as text: a string as it is, all else as JSON.
func value(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
