package report

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
)

// Notices are what changed since an earlier card, lists that are no longer true, and
// which failures do not count. They are the same in every format.
func (d *document) Notices() []string {
	var out []string
	for _, id := range d.Stale {
		out = append(out, id+" is listed as an expected failure, and no longer fails: take it off the list")
	}
	if d.Grade == nil {
		return out
	}
	out = append(out, expiredNotices(d)...)
	if c := d.Grade.Changes; c != nil {
		out = append(out, changeNotices(c)...)
	}
	if n := tallyOf(d.Results).failed(); n > 0 && len(d.Grade.Counting) == 0 {
		out = append(out, count(n, "failure does", "failures do")+" not count"+d.why())
	}
	return out
}

// why says what decides which failures count.
func (d *document) why() string {
	var out []string
	if d.Grade.Changes != nil {
		out = append(out, "none is new or worse than in the baseline")
	}
	if len(d.Grade.FailOn) > 0 {
		out = append(out, "--fail-on "+strings.Join(d.Grade.FailOn, ", "))
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, "; ")
}

// expiredNotices are of failures that were expected until a day that is over.
func expiredNotices(d *document) []string {
	failing := map[string]bool{}
	for _, r := range d.Results {
		for _, p := range r.parts() {
			if p.Standing == failed {
				failing[r.ID], failing[strings.Replace(p.Name, " [", "[", 1)] = true, true
			}
		}
	}
	var out []string
	for _, x := range d.Grade.Expected {
		if !x.Expired || !failing[x.Name] {
			continue
		}
		text := x.Name + " was expected to fail until " + x.Until + ", and counts again"
		if x.Reason != "" {
			text += " (" + x.Reason + ")"
		}
		out = append(out, text)
	}
	return out
}

// changeNotices are what an earlier card has not, had, or had otherwise.
func changeNotices(c *grade.Changes) []string {
	if len(c.New)+len(c.Gone)+len(c.Changed) == 0 {
		return []string{"baseline: nothing is new, gone or changed"}
	}
	var out []string
	for _, x := range []struct {
		what    string
		changes []grade.Change
	}{{"new", c.New}, {"gone", c.Gone}, {"changed", c.Changed}} {
		var names []string
		for _, one := range x.changes {
			text := one.Name
			switch {
			case x.what == "changed":
				text += " (" + one.Was + ", now " + one.Is + ")"
			case x.what == "new":
				text += " (" + one.Is + ")"
			}
			names = append(names, text)
		}
		if len(names) > 0 {
			out = append(out, fmt.Sprintf("baseline: %d %s: %s", len(names), x.what, strings.Join(names, ", ")))
		}
	}
	return out
}
