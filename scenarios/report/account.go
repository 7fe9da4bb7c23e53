package report

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// detail is a failure as plain text of several lines: its place, what the file
// says there, what was wanted and got, the exchange it is about and the clauses.
// The formats that have room for a text have this one.
func detail(r *scenarios.Result, s scenarios.StepResult, f scenarios.Failure) string {
	var b strings.Builder
	at := place(r, s, f)
	if where := location(at); where != "" {
		fmt.Fprintf(&b, "%s   ", Printable(where))
	}
	fmt.Fprintf(&b, "%s\n", Printable(title(s)))
	if f.Source != "" {
		b.WriteString(strict.Excerpt(at.Line, at.Column, f.Source, "") + "\n")
	}
	for _, line := range lines(sentence(f)) {
		b.WriteString(line + "\n")
	}
	return b.String() + background(r, s, f)
}

// background is what lies behind a failure: the exchange it is about, what the
// provider had against that, the faults laid over it, and the clauses.
func background(r *scenarios.Result, s scenarios.StepResult, f scenarios.Failure) string {
	var b strings.Builder
	if e := about(r, s, f); e != nil {
		fmt.Fprintf(&b, "%s      journal #%d\n", Printable(exchange(e)), e.Seq)
		for _, refusal := range refusals(e) {
			fmt.Fprintf(&b, "  refused by %s\n", Printable(refusal))
		}
		for _, struck := range e.Faults {
			fmt.Fprintf(&b, "  fault %s\n", Printable(struck.What))
		}
	}
	if spec := clauses(cited(r, f)); spec != "" {
		b.WriteString(spec + "\n")
	}
	return b.String()
}

// explanation is all that is known of why a scenario is not simply passed: its
// failures, its place, and how to see it again.
func explanation(r *scenarios.Result, o Options) string {
	var b strings.Builder
	for _, s := range failed(r) {
		for _, f := range s.Failures {
			b.WriteString(detail(r, s, f))
		}
	}
	if b.Len() == 0 && !r.Place.IsZero() {
		b.WriteString(Printable(location(r.Place)) + "\n")
	}
	if !r.Outcome.Good() {
		b.WriteString("again: " + o.again(r) + "\n")
	}
	return b.String()
}

// conversation is what a scenario did, a line for each step and each exchange.
func conversation(r *scenarios.Result) string {
	var b strings.Builder
	if !r.Place.IsZero() {
		b.WriteString(Printable(location(r.Place)) + "\n")
	}
	if len(r.Spec) > 0 {
		b.WriteString(clauses(r.Spec) + "\n")
	}
	for _, s := range r.Steps {
		mark := "✓"
		switch {
		case len(s.Failures) > 0:
			mark = "✗"
		case !s.Ran:
			mark = "○"
		}
		fmt.Fprintf(&b, "%s %s\n", mark, Printable(title(s)))
		for _, seq := range s.Journal {
			for _, e := range r.Journal {
				if e != nil && e.Seq == seq {
					fmt.Fprintf(&b, "    #%d %s\n", seq, Printable(exchange(e)))
				}
			}
		}
	}
	return b.String()
}
