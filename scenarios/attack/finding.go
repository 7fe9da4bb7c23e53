package attack

import (
	"context"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// finding is a finding about an entry, without a verdict.
func finding(e *drill.Scenario) result.Result {
	f := result.Result{
		ID: e.ID, Group: e.Group, Severity: string(e.Severity), Title: e.Name,
		Provider: e.ProviderDoes, Client: e.ClientDoes, Why: e.Why, Remedy: e.Remedy, Sources: e.Sources,
	}
	for _, c := range e.Spec {
		f.Spec = append(f.Spec, string(c))
	}
	return f
}

// refresh brings the providers back to how they were made.
func refresh(s *site) {
	if s.disarm != nil {
		s.disarm()
	}
	s.learn() // what was issued may be in what the app wrote
	for _, p := range s.providers {
		if p != nil {
			_ = p.Reset() // it cannot fail: what it fills in was good before
		}
	}
}

// plain signs alice in with nothing wrong, in a browser of its own, and says
// why that did not work.
func plain(ctx context.Context, s *site, name string) string {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser(name, s, trail)
	page, err := b.signIn(ctx, "alice", "first", false)
	if err != nil {
		return err.Error()
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err.Error()
	case !who.signedIn:
		return fmt.Sprintf("it ended at %s with status %d, and %s", place(page), page.Status, who.answer())
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
