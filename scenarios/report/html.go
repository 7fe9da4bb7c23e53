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
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

//go:embed html
var files embed.FS

// page is what the template is given. It holds texts only, which html/template
// escapes for the place they stand in; the style and the diagrams are our own.
type page struct {
	Style           template.CSS
	Title, Headline string
	Good, Card      bool
	Target          string
	Facts           []string
	Shares          []share
	Checks          []attack.Calibration
	Learned         []attack.Trait
	Stale           []string
	Severities      []severityRow
	Failing         []*cardView
	Causes          []cause
	Unproven        int
	Groups          []groupView
}

type severityRow struct {
	Name                               string
	Passed, Failed, Other, Unexercised int
}

type groupView struct {
	Name, Counts string
	Cards        []*cardView
}

// cardView is one scenario or one entry.
type cardView struct {
	ID, Class, Mark, Name, Title, Took, Again string
	Entry, Open, Expected                     bool
	Verdict, Severity, Reason, Why            string
	Description, Location                     string
	Facts, Tags, Sources                      []string
	Clauses                                   []link
	Advice                                    advice
	Witnesses                                 []attack.Witness
	Steps                                     []stepView
	Diagram                                   template.HTML
	Journal                                   []exchangeView
}

type link struct{ Text, URL string }

type stepView struct {
	Number        int
	Class, Mark   string
	Name, Summary string
	Complaints    []complaintView
}

type complaintView struct {
	Location, Path, Message, Want, Got string
	Source, Caret                      string // the line of the file, and what stands under it
	Compared                           bool
	Exchange                           string
	ExchangeID                         string // its fragment in the journal
	Seq                                int64
	Against                            []string // refusals and faults
	Clauses                            []link
}

type exchangeView struct {
	*journal.Entry
	ID, Clock, Answer string
	Members           []member // parameters, then what was answered
	Decisions         []decisionView
	Remarks           []string
}

type member struct{ Kind, Name, Value string }

type decisionView struct {
	Mark, Class, Check, Detail string
	Clause                     link
}

// writeHTML writes one page that needs no network and no script.
func writeHTML(w io.Writer, d *document) error {
	t, err := template.ParseFS(files, "html/*.tmpl")
	if err != nil {
		return err
	}
	style, err := files.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	v := &view{d: d, links: map[string]link{}}
	p := v.page()
	p.Style = template.CSS(style) //nolint:gosec // our own file
	return t.ExecuteTemplate(w, "report.tmpl", p)
}

// view turns a document into what the template shows.
type view struct {
	d     *document
	links map[string]link // clauses met so far: most are met often
}

func (v *view) page() page {
	d := v.d
	p := page{
		Title: d.title, Headline: d.headline, Good: d.good, Card: d.card != nil, Target: Printable(d.target), Facts: append([]string{d.counts, d.lasted}, d.facts...), Shares: d.shares,
		Stale: printableAll(d.stale), Severities: severityRows(d.results), Unproven: len(selected(d.results, func(r *result) bool { return r.standing == skipped })),
	}
	for _, x := range d.checks {
		p.Checks = append(p.Checks, attack.Calibration{Check: Printable(x.Check), OK: x.OK, Saw: Printable(x.Saw), Remedy: Printable(x.Remedy)})
	}
	for _, x := range d.learned {
		p.Learned = append(p.Learned, attack.Trait{Name: Printable(x.Name), Has: x.Has, Saw: Printable(x.Saw)})
	}
	for _, c := range d.causes {
		p.Causes = append(p.Causes, cause{Reason: Printable(c.Reason), Count: c.Count, IDs: printableAll(c.IDs)})
	}
	cards := make(map[*result]*cardView, len(d.results))
	for i, r := range d.results {
		id := r.id
		if !r.entry {
			id = fmt.Sprintf("s%d", i+1)
		}
		cards[r] = v.card(Printable(id), r)
	}
	for _, r := range d.failing {
		if r.standing != expected {
			p.Failing = append(p.Failing, cards[r])
		}
	}
	for _, g := range d.groups {
		group := groupView{Name: Printable(g.name), Counts: g.counts}
		if group.Name == "" && !p.Card {
			group.Name = "(no file)"
		}
		for _, r := range g.results {
			group.Cards = append(group.Cards, cards[r])
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

func severityRows(results []*result) []severityRow {
	var out []severityRow
	for _, s := range catalog.Severities() {
		if n := tallyOf(selected(results, func(r *result) bool { return r.severity == string(s) })); len(n) > 0 {
			out = append(out, severityRow{string(s), n[attack.Pass], n.failed(), n[attack.Tolerated] + n[attack.Invalid] + n[expectedFailure], n[attack.NotExercised]})
		}
	}
	return out
}

func printableAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = Printable(s)
	}
	return out
}

func (v *view) card(id string, r *result) *cardView {
	c := &cardView{
		ID: id, Name: Printable(r.name), Title: Printable(r.title), Took: milliseconds(r.took), Again: Printable(r.again), Entry: r.entry, Open: r.failed(), Expected: r.standing == expected,
		Verdict: Printable(r.verdict), Severity: Printable(r.severity), Reason: Printable(r.reason), Why: text(r.why), Location: Printable(location(r.place)),
		Tags: printableAll(r.tags), Sources: printableAll(r.sources), Clauses: v.clauses(r.clauses),
	}
	c.Class, c.Mark = r.appearance()
	if r.standing == skipped {
		c.Took = ""
	}
	if r.entry {
		v.entry(c, r)
	} else {
		v.scenario(c, r)
	}
	return c
}

// entry adds what is shown of an entry only. A diagram shows what went wrong.
func (v *view) entry(c *cardView, r *result) {
	c.Advice = advice{Printable(r.advice.Done), Printable(r.advice.Right), Printable(r.advice.Why), Printable(r.advice.Remedy)}
	for _, w := range r.witnesses {
		c.Witnesses = append(c.Witnesses, attack.Witness{Name: Printable(w.Name), OK: w.OK, Saw: Printable(w.Saw)})
	}
	if c.Open = r.standing == failed; c.Open {
		c.Diagram = template.HTML(Sequence(r.messages)) //nolint:gosec // escaped there
	}
	if r.took == 0 {
		c.Took = ""
	}
}

// scenario adds what is shown of a scenario only.
func (v *view) scenario(c *cardView, r *result) {
	c.Description, c.Diagram = r.description, template.HTML(Sequence(r.messages)) //nolint:gosec // escaped there
	c.Facts = []string{fmt.Sprintf("seed %d", r.seed)}
	if r.elapsed > 0 {
		c.Facts = append(c.Facts, elapsed(r.elapsed)+" of virtual time")
	}
	if r.issuer != "" {
		c.Facts = append(c.Facts, "issuer "+Printable(r.issuer))
	}
	for _, s := range r.steps {
		c.Steps = append(c.Steps, v.step(c.ID, s))
	}
	for _, e := range r.journal {
		if e != nil {
			c.Journal = append(c.Journal, v.exchange(c.ID, e))
		}
	}
}

func (v *view) step(id string, s step) stepView {
	out := stepView{Number: s.Number, Name: Printable(s.Name), Summary: Printable(orElse(s.Summary, s.Verb))}
	out.Class, out.Mark = s.appearance()
	for _, c := range s.complaints {
		out.Complaints = append(out.Complaints, v.complaint(id, c))
	}
	return out
}

func (v *view) complaint(id string, c complaint) complaintView {
	out := complaintView{
		Location: Printable(location(c.at)), Path: Printable(c.Path), Message: text(c.Message), Want: text(c.Want), Got: text(c.Got),
		Compared: c.Want != "" || c.Got != "" || c.Message == "", Clauses: v.clauses(c.clauses),
	}
	if c.Source != "" {
		out.Source, out.Caret, _ = strings.Cut(strict.Excerpt(c.at.Line, c.at.Column, c.Source, ""), "^")
		out.Caret = "^" + out.Caret
	}
	if e := c.exchange; e != nil {
		out.Exchange, out.Seq, out.ExchangeID, out.Against = Printable(exchange(e)), e.Seq, exchangeID(id, e), against(e)
	}
	return out
}

func exchangeID(id string, e *journal.Entry) string { return fmt.Sprintf("%s-j%d", id, e.Seq) }

// text is a text of several lines that can be shown.
func text(s string) string { return strings.Join(lines(s), "\n") }

func (v *view) exchange(id string, e *journal.Entry) exchangeView {
	out := exchangeView{Entry: e, ID: exchangeID(id, e), Clock: e.Time.UTC().Format("2006-01-02 15:04:05"), Answer: Printable(answer(e))}
	for _, name := range sorted(e.Params) {
		for _, value := range e.Params[name] {
			out.Members = append(out.Members, member{"sent", Printable(name), Printable(value)})
		}
	}
	for _, name := range sorted(e.Response) {
		out.Members = append(out.Members, member{"answered", Printable(name), Printable(value(e.Response[name]))})
	}
	for _, d := range e.Decisions {
		dv := decisionView{Mark: "✓", Class: "passed", Check: Printable(d.Check), Detail: Printable(d.Detail)}
		if !d.Passed {
			dv.Mark, dv.Class = "✗", "bad"
		}
		if d.Spec != "" {
			dv.Clause = v.clause(d.Spec)
		}
		out.Decisions = append(out.Decisions, dv)
	}
	for _, f := range e.Faults {
		out.Remarks = append(out.Remarks, Printable("fault "+f.ID+": "+f.What))
	}
	for _, ev := range e.Events {
		remark := "event " + string(ev.Name)
		for _, name := range sorted(ev.Attrs) {
			remark += " " + name + "=" + ev.Attrs[name]
		}
		out.Remarks = append(out.Remarks, Printable(remark))
	}
	for _, rule := range e.Lax {
		out.Remarks = append(out.Remarks, Printable("not enforced: "+rule))
	}
	for _, note := range e.Notes {
		out.Remarks = append(out.Remarks, Printable("note: "+note))
	}
	return out
}

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

func (v *view) clauses(cited []string) []link {
	var out []link
	for _, c := range cited {
		out = append(out, v.clause(c))
	}
	return out
}

func (v *view) clause(cited string) link {
	l, ok := v.links[cited]
	if !ok {
		l = link{Text: clauseText(cited), URL: clauseURL(cited)}
		v.links[cited] = l
	}
	return l
}
