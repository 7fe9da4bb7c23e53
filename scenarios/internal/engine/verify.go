package engine

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// verify compares the journal with a verify step.
func (p *playing) verify(v *drill.Verify) []result.Failure {
	entries := p.provider().Journal().Entries()
	var out []result.Failure
	for i := range v.Journal {
		out = append(out, p.verifyExchanges(&v.Journal[i], entries, v.Near)...)
	}
	for i := range v.Log {
		out = append(out, p.verifyEvents(&v.Log[i], entries)...)
	}
	return out
}

func (p *playing) verifyExchanges(x *drill.Exchanges, entries []*journal.Entry, near int) []result.Failure {
	var found []*journal.Entry
	for _, e := range entries {
		if isSelected(x, e) {
			found = append(found, e)
		}
	}
	want, got := map[string]any{}, map[string]any{"count": len(found)}
	want["count"] = x.Count
	if x.Count == nil {
		want["count"] = map[string]any{"$gte": 1}
	}
	if x.Statuses != nil {
		var statuses []any
		for _, e := range found {
			statuses = append(statuses, e.Status)
		}
		want["statuses"], got["statuses"] = x.Statuses, statuses
	}
	var out []result.Failure
	for _, m := range match.Value(want, got) {
		f := p.failureOf(x.Node, m)
		if m.Path == "count" && len(found) == 0 {
			f.Message = fmt.Sprintf("want %s of them, got none%s", m.Want, describeNearest(x, entries, max(near, 1)))
		}
		out = append(out, f)
	}
	if x.Gap != nil && len(found) < 2 {
		out = append(out, p.failureOf(x.Node, match.Mismatch{Path: "gap", Want: "two exchanges, and the time between them", Got: fmt.Sprint(len(found))}))
	}
	if x.Gap != nil {
		for i := 1; i < len(found); i++ {
			gap := found[i].Time.Sub(found[i-1].Time)
			for _, m := range match.Value(map[string]any{"gap": canonicalDurations(x.Gap)}, map[string]any{"gap": gap.String()}) {
				out = append(out, p.failureOf(x.Node, m))
			}
		}
	}
	return out
}

// isSelected reports whether a verify step selects an exchange.
func isSelected(x *drill.Exchanges, e *journal.Entry) bool { return len(differences(x, e)) == 0 }

func differences(x *drill.Exchanges, e *journal.Entry) []match.Mismatch {
	want, got := map[string]any{}, map[string]any{}
	add := func(name string, wanted, seen any) {
		if wanted != nil {
			want[name], got[name] = wanted, seen
		}
	}
	add("endpoint", nilIfEmpty(string(x.Endpoint)), string(e.Endpoint))
	add("method", nilIfEmpty(x.Method), e.Method)
	add("status", x.Status, e.Status)
	add("error", x.Error, missingIfEmpty(e.Error))
	add("client_id", x.ClientID, missingIfEmpty(e.ClientID))
	add("sub", x.Sub, missingIfEmpty(e.Subject))
	if x.Params != nil {
		add("params", x.Params, journal.Params(e.Params))
	}
	if x.Headers != nil {
		add("headers", canonicalHeaders(x.Headers), e.Headers)
	}
	if x.Response != nil {
		add("response", x.Response, e.Response)
	}
	if x.Event != "" && e.Event(x.Event) == nil {
		add("event", string(x.Event), match.Missing{})
	}
	if x.Fault != nil {
		var ids []any
		for _, f := range e.Faults {
			ids = append(ids, f.ID)
		}
		switch wanted, ok := x.Fault.(string); {
		case ok && !strings.HasPrefix(wanted, "$"):
			add("fault", map[string]any{"$contains": wanted}, ids)
		case len(ids) == 0:
			add("fault", x.Fault, match.Missing{})
		default:
			add("fault", x.Fault, ids[0])
		}
	}
	if x.Lax != nil {
		var lax []any
		for _, l := range e.Lax {
			lax = append(lax, l)
		}
		if one, ok := x.Lax.(string); ok && !strings.HasPrefix(one, "$") {
			add("lax", map[string]any{"$contains": one}, lax)
		} else {
			add("lax", x.Lax, lax)
		}
	}
	return match.Value(want, got)
}

// describeNearest describes the exchanges that came closest.
func describeNearest(x *drill.Exchanges, entries []*journal.Entry, most int) string {
	best := map[int][]*journal.Entry{}
	fewest := 1 << 20
	for _, e := range entries {
		n := len(differences(x, e))
		best[n] = append(best[n], e)
		fewest = min(fewest, n)
	}
	if len(entries) == 0 {
		return ": nothing has happened"
	}
	var out strings.Builder
	for i, e := range best[fewest] {
		if i == most {
			break
		}
		fmt.Fprintf(&out, "; nearest %s, but %s", e.Redacted().Line(), differences(x, e)[0])
	}
	return out.String()
}

func (p *playing) verifyEvents(want *drill.Event, entries []*journal.Entry) []result.Failure {
	n := 0
	for _, e := range entries {
		for _, ev := range e.Events {
			if matchesEvent(want, ev) {
				n++
			}
		}
	}
	count := want.Count
	if count == nil {
		count = map[string]any{"$gte": 1}
	}
	var out []result.Failure
	for _, m := range match.Value(map[string]any{"count": count}, map[string]any{"count": n}) {
		f := p.failureOf(want.Node, m)
		f.Path = string(want.Event)
		out = append(out, f)
	}
	return out
}

func matchesEvent(want *drill.Event, e journal.Event) bool {
	if e.Name != want.Event {
		return false
	}
	attr := func(name string) any { return missingIfEmpty(e.Attrs[name]) }
	return (want.Sub == nil || match.OK(want.Sub, attr("sub"))) && (want.ClientID == nil || match.OK(want.ClientID, attr("client_id"))) &&
		(want.Attrs == nil || match.OK(want.Attrs, e.Attrs))
}

func missingIfEmpty(s string) any {
	if s == "" {
		return match.Missing{}
	}
	return s
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}
