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
	"github.com/authdrill/authdrill/scenarios"
)

//go:embed html
var files embed.FS

// page is what the template is given. It holds texts only, which html/template
// escapes for the place they stand in; the style and the diagrams are our own.
type page struct {
	Style    template.CSS
	Headline string
	Good     bool
	Facts    []string
	Chips    []chip
	Failing  []*card
	Files    []*group
}

// chip is a count in the head of the page. It filters the page by its fragment.
type chip struct {
	Class, Word string
	Count       int
}

type group struct {
	Name  string
	Cards []*card
}

// card is one scenario.
type card struct {
	*scenarios.Result
	ID, Class, Mark, Verdict, Took, Again, Location string
	Facts                                           []string
	Clauses                                         []link
	Steps                                           []stepView
	Diagram                                         template.HTML
	Entries                                         []entryView
}

type link struct{ Text, URL string }

type stepView struct {
	Number        int
	Class, Mark   string
	Name, Summary string
	Location      string
	Failures      []failureView
}

type failureView struct {
	Location, Path, Message, Want, Got string
	Source, Caret                      string // the line of the file, and what stands under it
	Compared                           bool
	Exchange                           string
	Entry                              string // fragment of the exchange in the journal
	Seq                                int64
	Against                            []string // refusals and faults
	Clauses                            []link
}

type entryView struct {
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

func writeHTML(w io.Writer, results []*scenarios.Result, o Options) error {
	t, err := template.ParseFS(files, "html/*.tmpl")
	if err != nil {
		return err
	}
	style, err := files.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	v := &view{o: o, links: map[string]link{}}
	p := v.page(results)
	p.Style = template.CSS(style) //nolint:gosec // our own file
	return t.ExecuteTemplate(w, "report.tmpl", p)
}

// view turns results into what the template shows.
type view struct {
	o     Options
	links map[string]link // clauses met so far: most are met often
}

func (v *view) page(results []*scenarios.Result) page {
	s := summarize(results)
	bad := s.Failed + s.UnexpectedPasses + s.Broken
	p := page{Good: bad == 0 && s.Total > 0, Headline: headline(s, bad)}
	p.Facts = []string{s.String(), fmt.Sprintf("%.2f s", v.o.duration(results).Seconds())}
	if !v.o.Started.IsZero() {
		p.Facts = append(p.Facts, v.o.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for _, fact := range []string{seeds(results), v.o.Version} {
		if fact != "" {
			p.Facts = append(p.Facts, fact)
		}
	}
	p.Chips = []chip{{"bad", "went wrong", bad}, {"passed", "passed", s.Passed}, {"other", "skipped or known", s.Skipped + s.ExpectedFailures}}
	at := map[string]*group{}
	for i, r := range results {
		c := v.card(fmt.Sprintf("s%d", i+1), r)
		g := at[r.Place.File]
		if g == nil {
			g = &group{Name: orElse(Printable(r.Place.File), "(no file)")}
			at[r.Place.File] = g
			p.Files = append(p.Files, g)
		}
		g.Cards = append(g.Cards, c)
		if !r.Outcome.Good() {
			p.Failing = append(p.Failing, c)
		}
	}
	return p
}

func headline(s summary, bad int) string {
	switch {
	case s.Total == 0:
		return "No scenario was run"
	case bad > 0:
		return fmt.Sprintf("%d of %s went wrong", bad, count(s.Total, "scenario", "scenarios"))
	case s.Passed == s.Total && s.Total == 1:
		return "The scenario passed"
	case s.Passed == s.Total:
		return fmt.Sprintf("All %d scenarios passed", s.Total)
	}
	return fmt.Sprintf("%d of %s passed, none failed", s.Passed, count(s.Total, "scenario", "scenarios"))
}

func (v *view) card(id string, r *scenarios.Result) *card {
	c := &card{
		Result: r, ID: id, Verdict: verdict(r), Took: milliseconds(r.Duration), Again: v.o.again(r), Location: Printable(location(r.Place)),
		Clauses: v.clauses(r.Spec), Diagram: template.HTML(Sequence(r.Messages)), //nolint:gosec // escaped there
	}
	c.Class, c.Mark = appearance(r.Outcome)
	if r.Outcome == scenarios.Skipped {
		c.Took = ""
	}
	c.Facts = []string{fmt.Sprintf("seed %d", r.Seed)}
	if r.Elapsed > 0 {
		c.Facts = append(c.Facts, elapsed(r.Elapsed)+" of virtual time")
	}
	if r.Issuer != "" {
		c.Facts = append(c.Facts, "issuer "+Printable(r.Issuer))
	}
	for _, s := range r.Steps {
		c.Steps = append(c.Steps, v.step(id, r, s))
	}
	for _, e := range r.Journal {
		if e != nil {
			c.Entries = append(c.Entries, v.entry(id, e))
		}
	}
	return c
}

// appearance is the class of a card, which its filter and colour go by, and its
// mark.
func appearance(o scenarios.Outcome) (class, mark string) {
	switch {
	case o == scenarios.Passed:
		return "passed", "✓"
	case o.Good():
		return "other", "○"
	}
	return "bad", "✗"
}

func (v *view) step(id string, r *scenarios.Result, s scenarios.StepResult) stepView {
	out := stepView{Number: s.Number, Class: "passed", Mark: "✓", Name: Printable(s.Name), Summary: Printable(orElse(s.Summary, s.Verb)), Location: Printable(location(s.Place))}
	switch {
	case len(s.Failures) > 0:
		out.Class, out.Mark = "bad", "✗"
	case !s.Ran:
		out.Class, out.Mark = "other", "○"
	}
	for _, f := range s.Failures {
		out.Failures = append(out.Failures, v.failure(id, r, s, f))
	}
	return out
}

func (v *view) failure(id string, r *scenarios.Result, s scenarios.StepResult, f scenarios.Failure) failureView {
	at := place(r, s, f)
	out := failureView{
		Location: Printable(location(at)), Path: Printable(f.Path), Message: text(f.Message), Want: text(f.Want), Got: text(f.Got),
		Compared: f.Want != "" || f.Got != "" || f.Message == "", Clauses: v.clauses(cited(r, f)),
	}
	if f.Source != "" {
		out.Source, out.Caret, _ = strings.Cut(strict.Excerpt(at.Line, at.Column, f.Source, ""), "^")
		out.Caret = "^" + out.Caret
	}
	if e := about(r, s, f); e != nil {
		out.Exchange, out.Seq, out.Entry = Printable(exchange(e)), e.Seq, entryID(id, e)
		for _, refusal := range refusals(e) {
			out.Against = append(out.Against, "refused by "+Printable(refusal))
		}
		for _, struck := range e.Faults {
			out.Against = append(out.Against, "fault "+Printable(struck.What))
		}
	}
	return out
}

func entryID(id string, e *journal.Entry) string { return fmt.Sprintf("%s-j%d", id, e.Seq) }

// text is a text of several lines that can be shown.
func text(s string) string { return strings.Join(lines(s), "\n") }

func (v *view) entry(id string, e *journal.Entry) entryView {
	out := entryView{Entry: e, ID: entryID(id, e), Clock: e.Time.UTC().Format("2006-01-02 15:04:05"), Answer: Printable(answer(e))}
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
