package attack

import (
	"context"
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestInterruptedEntryHasNoFinding interrupts an entry, as Ctrl-C does: it is neither
// a failure of the app nor a pass.
func TestInterruptedEntryHasNoFinding(t *testing.T) {
	e, err := catalog.Embedded().Lookup("idt-nonce-wrong")
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	c := &campaign{findings: map[string]result.Result{}, Options: Options{
		Repeat: func(string) string { return "" }, OnFinding: func(result.Result) { told++ },
	}}
	ctx, interrupt := context.WithCancel(t.Context())
	c.recordFinding(ctx, e, result.Result{ID: "before", Verdict: result.FailRobustness})
	interrupt()
	for _, v := range []result.Verdict{result.Pass, result.FailSecurity, result.FailRobustness, result.Invalid} {
		c.recordFinding(ctx, e, result.Result{ID: e.ID, Verdict: v})
	}
	if told != 1 || c.findings[e.ID].ID != "before" {
		t.Errorf("told of %d findings, %+v", told, c.findings)
	}
}
