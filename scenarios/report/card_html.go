package report

import (
	"fmt"
	"html/template"
	"io"

	"github.com/authdrill/authdrill/scenarios/attack"
)

// cardPage is what the template of a report card is given.
type cardPage struct {
	Style       template.CSS
	Headline    string
	Good        bool
	Target      string
	Facts       []string
	Calibration []attack.Calibration
	Learned     []attack.Trait
	Chips       []chip
	Groups      []cardGroup
	Missing     []reasonCount
	Stale       []string
}

type cardGroup struct {
	Name   string
	Counts string
	Cards  []findingView
}

type findingView struct {
	attack.Finding
	Class, Mark, Took string
	Clauses           []link
	Diagram           template.HTML
	Open              bool
}

// writeCardHTML writes one page that needs no network and no script.
func writeCardHTML(w io.Writer, c *attack.Card, o Options) error {
	t, err := template.ParseFS(files, "html/*.tmpl")
	if err != nil {
		return err
	}
	style, err := files.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	v := &view{o: o, links: map[string]link{}}
	n := tallyOf(c.Findings)
	p := cardPage{
		Style: template.CSS(style), //nolint:gosec // our own file
		Good:  c.Calibrated() && n.failed() == 0 && len(c.Stale) == 0, Target: printable(c.Target), Headline: cardHeadline(c, n),
		Calibration: c.Calibration, Learned: c.Learned, Missing: unexercised(c.Findings), Stale: c.Stale,
		Facts: []string{n.String(), lasted(c.Duration)},
		Chips: []chip{{"bad", "failed", n.failed()}, {"passed", "passed", n[attack.Pass]}, {"other", "tolerated or not exercised", n[attack.Tolerated] + n[attack.NotExercised] + n[attack.Invalid]}},
	}
	if !c.Started.IsZero() {
		p.Facts = append(p.Facts, c.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for _, g := range groupsOf(c.Findings) {
		findings := inGroup(c.Findings, g)
		group := cardGroup{Name: g, Counts: tallyOf(findings).String()}
		for _, f := range findings {
			group.Cards = append(group.Cards, v.finding(f))
		}
		p.Groups = append(p.Groups, group)
	}
	return t.ExecuteTemplate(w, "card.tmpl", p)
}

func (v *view) finding(f attack.Finding) findingView {
	out := findingView{Finding: f, Class: "passed", Mark: "✓", Took: milliseconds(f.Duration), Clauses: v.clauses(f.Spec), Open: f.Verdict.Failed() && !f.Expected}
	switch {
	case f.Verdict.Failed() && !f.Expected:
		out.Class, out.Mark = "bad", "✗"
		out.Diagram = template.HTML(Sequence(f.Messages)) //nolint:gosec // escaped there
	case f.Verdict != attack.Pass:
		out.Class, out.Mark = "other", "○"
	}
	if f.Verdict == attack.NotExercised {
		out.Took = ""
	}
	return out
}

func cardHeadline(c *attack.Card, n tally) string {
	switch {
	case !c.Calibrated():
		return "Nothing can be said: the calibration failed"
	case n.failed() > 0:
		return fmt.Sprintf("%d of %d exercised entries failed", n.failed(), n.exercised())
	case n.exercised() == 0:
		return "Nothing was exercised, so nothing is proven"
	}
	return fmt.Sprintf("All %d exercised entries passed", n.exercised())
}
