// Package grade decides which failures of a report card count: against an earlier card
// (Compare), a list of failures that are expected (ReadExpectations), and the severities
// and classes that matter (Counting). Read reads a card that was written as JSON.
package grade

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Grade is what decides of a card, in addition to its verdicts.
type Grade struct {
	Expected []Expectation `json:"expected_failures,omitempty"`
	FailOn   []string      `json:"fail_on,omitempty"`  // severities and classes; without any all failures count
	Changes  *Changes      `json:"baseline,omitempty"` // since an earlier card
	Counting []string      `json:"counting"`           // entries and variants whose failure counts
}

// Of grades a card: which of its failures count. before is an earlier card, or nil.
func Of(card, before *attack.Card, expected []Expectation, failOn []string) *Grade {
	g := &Grade{Expected: expected, FailOn: failOn, Counting: []string{}}
	if before != nil {
		g.Changes = Compare(before, card)
	}
	for _, p := range partsOf(card) {
		if p.fails() && !p.expected && matches(p, failOn) && (g.Changes == nil || g.Changes.counts(p.name)) {
			g.Counting = append(g.Counting, p.name)
		}
	}
	return g
}

// part is the verdict on an entry, or on one of its variants.
type part struct {
	name     string // ID or ID[LABEL]
	id       string
	verdict  result.Verdict
	severity string
	expected bool
}

func (p *part) fails() bool { return p.verdict.Failed() }

// partsOf returns the verdicts of a card.
func partsOf(c *attack.Card) []part {
	var out []part
	for i := range c.Findings {
		f := &c.Findings[i]
		if len(f.Variants) == 0 {
			out = append(out, part{f.ID, f.ID, f.Verdict, f.Severity, f.Expected})
		}
		for _, v := range f.Variants {
			out = append(out, part{f.ID + "[" + v.Variant + "]", f.ID, v.Verdict, worst(v.Causes, f.Severity), v.Expected})
		}
	}
	return out
}

// worst returns the highest severity of causes, or that of the entry without any.
func worst(causes []result.Cause, entry string) string {
	out := ""
	for _, c := range causes {
		if out == "" || rank(c.Severity) < rank(out) {
			out = c.Severity
		}
	}
	if out == "" {
		return entry
	}
	return out
}

// rank orders severities, the worst first.
func rank(severity string) int {
	known := drill.Severity("").Values("")
	if i := slices.Index(known, severity); i >= 0 {
		return i
	}
	return len(known)
}

// classes are the classes of failures.
func classes() map[string]result.Verdict {
	return map[string]result.Verdict{"security": result.FailSecurity, "robustness": result.FailRobustness, "ux": result.FailUX}
}

// Thresholds are the words that Grade.FailOn may have: severities, each with all that
// are worse, then classes.
func Thresholds() []string {
	return []string{"critical", "high", "medium", "low", "security", "robustness", "ux"}
}

// UnknownThreshold returns a suggestion for a word that is not a threshold, and whether
// it is not one.
func UnknownThreshold(word string) (hint string, unknown bool) {
	if slices.Contains(Thresholds(), word) {
		return "", false
	}
	if nearest, ok := strict.Nearest(word, Thresholds()); ok {
		return "did you mean " + nearest + "?", true
	}
	return "want a severity or a class: " + strings.Join(Thresholds(), ", "), true
}

// matches reports whether a failure is as severe as one of the words asks, or of a class
// that one of them names. Without words each is.
func matches(p part, words []string) bool {
	if len(words) == 0 {
		return true
	}
	return slices.ContainsFunc(words, func(word string) bool {
		if class, ok := classes()[word]; ok {
			return p.verdict == class
		}
		return rank(p.severity) <= rank(word)
	})
}
