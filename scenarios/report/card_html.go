package report

import (
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
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
	Unproven    int
	Worst       []attack.Finding // failures, the worst first
	Severities  []severityRow
	Stale       []string
}

type severityRow struct {
	Name                               string
	Passed, Failed, Other, Unexercised int
}

func severityRows(findings []attack.Finding) []severityRow {
	var out []severityRow
	for _, s := range catalog.Severities() {
		if n := tallyOf(inSeverity(findings, string(s))); len(n) > 0 {
			out = append(out, severityRow{string(s), n[attack.Pass], n.failed(), n[attack.Tolerated] + n[attack.Invalid] + n[expectedFailure], n[attack.NotExercised]})
		}
	}
	return out
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
	c = cleaned(c)
	v := &view{o: o, links: map[string]link{}}
	n := tallyOf(c.Findings)
	p := cardPage{
		Style: template.CSS(style), //nolint:gosec // our own file
		Good:  c.Calibrated() && n.failed() == 0 && n[attack.Invalid] == 0 && n.exercised() > 0 && len(c.Stale) == 0, Target: Printable(c.Target), Headline: cardHeadline(c, n),
		Calibration: c.Calibration, Learned: c.Learned, Missing: unexercised(c.Findings), Stale: c.Stale, Unproven: n[attack.NotExercised],
		Worst: slices.DeleteFunc(bySeverity(c.Findings), func(f attack.Finding) bool { return f.Expected }), Severities: severityRows(c.Findings),
		Facts: []string{n.String(), lasted(c.Duration)},
		Chips: []chip{{"bad", "failed or invalid", n.failed() + n[attack.Invalid]}, {"passed", "passed", n[attack.Pass]}, {"other", "tolerated, expected or not exercised", n[attack.Tolerated] + n[attack.NotExercised] + n[expectedFailure]}},
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
	case f.Verdict == attack.Invalid || !slices.Contains(attack.Verdicts(), f.Verdict):
		out.Class, out.Mark = "bad", "!"
	case f.Verdict != attack.Pass:
		out.Class, out.Mark = "other", "○"
	}
	if f.Verdict == attack.NotExercised || f.Duration == 0 {
		out.Took = ""
	}
	return out
}

func cardHeadline(c *attack.Card, n tally) string {
	switch {
	case !c.Calibrated():
		return "Nothing can be said: the calibration failed"
	case n.failed() == 0 && n[expectedFailure] > 0:
		return fmt.Sprintf("Of %d exercised entries %d failed, as expected", n.exercised(), n[expectedFailure])
	case n.failed() > 0:
		return fmt.Sprintf("%d of %d exercised entries failed", n.failed(), n.exercised())
	case n.exercised() == 0:
		return "Nothing was exercised, so nothing is proven"
	}
	return fmt.Sprintf("All %d exercised entries passed", n.exercised())
}

// cleaned is a card whose texts hide nothing and turn nothing around. Messages
// are cleaned where they are drawn.
func cleaned(c *attack.Card) *attack.Card {
	out := *c
	out.Calibration, out.Learned, out.Findings, out.Stale = slices.Clone(c.Calibration), slices.Clone(c.Learned), slices.Clone(c.Findings), slices.Clone(c.Stale)
	clean := func(all ...*string) {
		for _, s := range all {
			*s = Printable(*s)
		}
	}
	for i := range out.Calibration {
		x := &out.Calibration[i]
		clean(&x.Check, &x.Saw, &x.Remedy)
	}
	for i := range out.Learned {
		clean(&out.Learned[i].Name, &out.Learned[i].Saw)
	}
	for i := range out.Stale {
		clean(&out.Stale[i])
	}
	for i := range out.Findings {
		f := &out.Findings[i]
		clean(&f.ID, &f.Group, &f.Severity, &f.Title, (*string)(&f.Verdict), &f.Reason, &f.Provider, &f.Client, &f.Why, &f.Remedy, &f.Repeat)
		f.Sources, f.Witnesses = slices.Clone(f.Sources), slices.Clone(f.Witnesses)
		for j := range f.Sources {
			clean(&f.Sources[j])
		}
		for j := range f.Witnesses {
			clean(&f.Witnesses[j].Name, &f.Witnesses[j].Saw)
		}
	}
	return &out
}
