package load

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// bugNames are the names of the mutants, sorted.
var bugNames = sync.OnceValue(func() []string {
	out := mutant.Names()
	slices.Sort(out)
	return out
})

// checkIneffective refuses what is well-formed but would never be checked.
func (c *checker) checkIneffective() {
	for _, n := range listItems(memberAt(c.root, "client", "bugs")) {
		c.checkOneOf(n, "bug", bugNames())
	}
	refuseUnknownBugs(&c.problems, c.root.Get("proven_by"))
	for _, key := range []string{"skip", "expect_failure"} {
		if n := c.root.Get(key); n != nil && n.Kind == strict.Scalar && (n.Text == "" || n.Text == "true" || n.Text == "false") {
			c.problems.Report(n.Problem(strict.Value, "say why, or leave it out", "%s wants a reason, got %q", key, n.Text))
		}
	}
	for _, s := range c.s.Steps {
		c.checkEventually(s)
		for _, n := range listItems(memberAt(s.Node, "verify", "journal")) {
			if !TakesAnyClient(c.s) {
				c.checkOneOf(memberAt(n, "client_id"), "client", c.clients)
			}
			c.checkOneOf(memberAt(n, "fault"), "fault", c.faults)
			c.checkRecordedHeaders(memberAt(n, "headers"))
		}
		for _, n := range []*strict.Node{
			memberAt(s.Node, "expect", "client", "sub"), memberAt(s.Node, "expect", "client", "missing_scope"), memberAt(s.Node, "expect", "www_authenticate", "scheme"),
		} {
			if n != nil && n.Kind == strict.Scalar && n.Text == "" {
				c.problems.Report(n.Problem(strict.Value, "leave it out, or write what it must be", "an empty text expects nothing"))
			}
		}
	}
}

// refuseUnknownBugs refuses known-bad clients with a bug that does not exist.
func refuseUnknownBugs(to *strict.Problems, provenBy *strict.Node) {
	for _, n := range listItems(provenBy) {
		if n.Kind != strict.Scalar {
			continue
		}
		for _, bug := range drill.KnownBad(n.Text).Bugs() {
			if !isKnown(bugNames(), bug) {
				reportLazily(to, func() strict.Problem {
					return n.Problem(strict.Use, strict.Suggest(bug, bugNames()), "unknown bug %q", bug)
				})
			}
		}
	}
}

// checkRecordedHeaders refuses a header field that the journal does not keep: it would be
// absent always.
func (c *checker) checkRecordedHeaders(headers *strict.Node) {
	if headers == nil || headers.Kind != strict.Mapping {
		return
	}
	kept := journal.RequestHeaders()
	for _, e := range headers.Entries {
		if name := e.Key.Text; !strings.HasPrefix(name, "$") && !slices.Contains(kept, http.CanonicalHeaderKey(name)) {
			c.problems.Report(e.Value.KeyProblem(strict.Use, "it keeps "+strings.Join(kept, ", "), "the journal does not keep the header %s", name))
		}
	}
}

// checkEventually refuses an eventually that never tries.
func (c *checker) checkEventually(s *drill.Step) {
	if e := s.Eventually; e != nil && (e.Within <= 0 || e.Every < 0) {
		c.problems.Report(s.Node.Get("eventually").Problem(strict.Value, "", "the time to wait must be more than nothing"))
	}
}

// checkOneOf refuses a text that is not in a sorted list, unless it has a variable.
func (c *checker) checkOneOf(n *strict.Node, what string, known []string) {
	if n == nil || n.Kind != strict.Scalar || strings.ContainsAny(n.Text, "$") {
		return
	}
	if !isKnown(known, n.Text) {
		c.refuseUnknown(n, what, n.Text, known)
	}
}

// listItems returns the items of a list, or the node itself if it is a text in place
// of a list.
func listItems(n *strict.Node) []*strict.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == strict.Sequence:
		return n.Items
	}
	return []*strict.Node{n}
}

// memberAt returns a member of a member and so on, nil if it does not exist.
func memberAt(n *strict.Node, names ...string) *strict.Node {
	for _, name := range names {
		if n == nil {
			return nil
		}
		n = n.Get(name)
	}
	return n
}
