package attack

import (
	"context"
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// An entry that Ctrl-C cut short is no failure of the app, and no pass either.
func TestNothingIsSaidOfWhatWasInterrupted(t *testing.T) {
	e, err := catalog.Lookup("idt-nonce-wrong")
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	c := &campaign{findings: map[string]Finding{}, Options: Options{
		Repeat: func(string) string { return "" }, OnFinding: func(Finding) { told++ },
	}}
	ctx, interrupt := context.WithCancel(t.Context())
	c.record(ctx, e, Finding{ID: "before", Verdict: FailRobustness})
	interrupt()
	for _, v := range []Verdict{Pass, FailSecurity, FailRobustness, Invalid} {
		c.record(ctx, e, Finding{ID: e.ID, Verdict: v})
	}
	if told != 1 || c.findings[e.ID].ID != "before" {
		t.Errorf("told of %d findings, %+v", told, c.findings)
	}
}
