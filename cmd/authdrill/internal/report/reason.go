package report

import (
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

// reasonsOf groups the results of a standing by their reason, the most frequent first.
func reasonsOf(results []*row, of standing) []reason {
	at := map[string]int{}
	var out []reason
	for _, r := range results {
		if r.Standing != of {
			continue
		}
		text := r.Reason
		if strings.HasPrefix(text, "planned: ") {
			text = "planned: authdrill does not have the mechanism yet"
		}
		i, there := at[text]
		if !there {
			i = len(out)
			at[text] = i
			out = append(out, reason{Reason: text})
		}
		out[i].Count++
		out[i].IDs = append(out[i].IDs, r.ID)
	}
	slices.SortStableFunc(out, func(a, b reason) int { return b.Count - a.Count })
	return out
}
