package attack

import (
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
