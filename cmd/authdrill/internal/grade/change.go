package grade

import (
	"slices"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Change is a verdict that differs from that of an earlier card.
type Change struct {
	Name  string `json:"name"` // of the entry, or of the variant as ID[LABEL]
	Was   string `json:"was,omitempty"`
	Is    string `json:"is,omitempty"`
	Worse bool   `json:"worse,omitempty"`
}

// Changes are the failures that differ from those of an earlier card.
type Changes struct {
	New     []Change `json:"new,omitempty"`     // it fails now
	Gone    []Change `json:"gone,omitempty"`    // it failed, and was judged and does not fail now
	Changed []Change `json:"changed,omitempty"` // it fails in another class, or with another severity
}

// Compare returns what changed between two cards of an app. What was not judged now is
// neither gone nor changed.
func Compare(before, now *attack.Card) *Changes {
	earlier := map[string]part{}
	for _, p := range partsOf(before) {
		earlier[p.name] = p
	}
	for i := range before.Findings { // an entry may have been given variants since, or lost them
		f := &before.Findings[i]
		if _, there := earlier[f.ID]; !there {
			earlier[f.ID] = part{f.ID, f.ID, f.Verdict, f.Severity, f.Expected}
		}
	}
	c := &Changes{}
	for _, p := range partsOf(now) {
		was, there := earlier[p.name]
		if !there {
			was, there = earlier[p.id]
		}
		change := Change{Name: p.name, Is: describe(p)}
		if there {
			change.Was = describe(was)
		}
		switch {
		case p.fails() && !was.fails():
			change.Worse = true
			c.New = append(c.New, change)
		case was.fails() && (p.verdict == result.Pass || p.verdict == result.Tolerated):
			c.Gone = append(c.Gone, change)
		case p.fails() && change.Was != change.Is:
			change.Worse = isWorse(was, p)
			c.Changed = append(c.Changed, change)
		}
	}
	return c
}

func describe(p part) string {
	if p.fails() && p.severity != "" {
		return string(p.verdict) + " " + p.severity
	}
	return string(p.verdict)
}

// isWorse reports whether a failure is of a worse class than before, or more severe.
func isWorse(was, is part) bool {
	class := func(p part) int { return slices.Index(result.Verdicts(), p.verdict) }
	return class(is) < class(was) || rank(is.severity) < rank(was.severity)
}

// counts reports whether a failure is new or got worse.
func (c *Changes) counts(name string) bool {
	return slices.ContainsFunc(slices.Concat(c.New, c.Changed), func(x Change) bool { return x.Name == name && x.Worse })
}
