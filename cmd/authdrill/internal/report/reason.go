package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// reason is why results prove nothing, or what an app chose where the specifications
// leave the choice, and the names of those results.
type reason struct {
	Reason string
	Count  int
	IDs    []string
}

// reasonsOf groups the results of a standing by their reason, the most frequent first. A
// choice is told with the clause that leaves it.
func reasonsOf(results []*row, of standing) []reason {
	var all reasons
	for _, r := range results {
		if r.Standing != of {
			continue
		}
		text := r.Reason
		if of == tolerated && len(r.Clauses) > 0 {
			text = clauseText(r.Clauses[0]) + ": " + text
		}
		all.add(text, r.ID)
	}
	return all.sorted()
}

// reasons are those so far, in the order in which they were added.
type reasons struct {
	at  map[string]int
	all []reason
}

func (x *reasons) add(text, id string) {
	if x.at == nil {
		x.at = map[string]int{}
	}
	i, there := x.at[text]
	if !there {
		i = len(x.all)
		x.at[text] = i
		x.all = append(x.all, reason{Reason: text})
	}
	x.all[i].Count++
	x.all[i].IDs = append(x.all[i].IDs, id)
}

// sorted returns the reasons, the most frequent first.
func (x *reasons) sorted() []reason {
	slices.SortStableFunc(x.all, func(a, b reason) int { return b.Count - a.Count })
	return x.all
}

// describeChoices says of what was tolerated which clauses leave the choice.
func describeChoices(results []*row) string {
	var clauses reasons
	n := 0
	for _, r := range results {
		if r.Standing != tolerated {
			continue
		}
		n++
		if len(r.Clauses) > 0 {
			clauses.add(clauseText(r.Clauses[0]), r.ID)
		}
	}
	switch {
	case n == 0:
		return ""
	case len(clauses.all) == 0:
		return fmt.Sprintf("%d tolerated: the specifications leave the choice", n)
	}
	return fmt.Sprintf("%d tolerated, since the specifications leave the choice: %s", n, countedText(clauses.sorted(), mostNamed))
}

// remedy matches what a maintainer sets so that more is exercised, as the reasons name it.
var remedy = regexp.MustCompile(`\bset (app\.[a-z_.]*[a-z])|\b(app\.start)\b|(--browser)\b|(\$\{ca_file\})|(--group persona)\b`)

// describeUnexercised says how much was not exercised, and what to set so that more is.
func describeUnexercised(results []*row) string {
	var toSet reasons
	n, open := 0, 0
	for _, r := range results {
		if r.Standing != skipped {
			continue
		}
		n++
		found := remedy.FindStringSubmatch(r.Reason)
		if found == nil {
			continue
		}
		open++
		toSet.add(strings.TrimPrefix(found[0], "set "), r.ID)
	}
	switch {
	case n == 0:
		return ""
	case open == 0:
		return fmt.Sprintf("%d not exercised, for what the app does not do", n)
	}
	text := fmt.Sprintf("%d not exercised", n)
	if n > open {
		text += fmt.Sprintf(", %d of them for what the app does not do", n-open)
	}
	all := toSet.sorted()
	slices.SortStableFunc(all, func(a, b reason) int { return strings.Index(b.Reason, "app.") - strings.Index(a.Reason, "app.") })
	return text + "; to exercise more: " + countedText(all, len(all))
}

// countedText names the first of many reasons, each with how often it was given.
func countedText(all []reason, most int) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = fmt.Sprintf("%s (%d)", r.Reason, r.Count)
	}
	return firstOf(names, most)
}
