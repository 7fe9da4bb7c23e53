package scenarios_test

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios"
)

// A scenario that is built in Go is run like one of a file, and what a file is
// refused for is a broken result.
func TestScenariosBuiltInGo(t *testing.T) {
	step := func() []*scenarios.Step {
		return []*scenarios.Step{{Authorize: &scenarios.Authorize{}}}
	}
	for _, c := range []struct {
		s       scenarios.Scenario
		outcome scenarios.Outcome
		reason  string
	}{
		{scenarios.Scenario{Name: "good", Steps: append(step(), &scenarios.Step{If: &scenarios.Condition{Left: "a", Operator: "==", Right: "a"}, Advance: new(clock.Duration)})}, scenarios.Passed, ""},
		{scenarios.Scenario{Name: "no steps"}, scenarios.Broken, `"steps" is missing`},
		{scenarios.Scenario{Name: "a misspelt endpoint", Steps: step(), Setup: setup.Setup{Faults: []fault.Fault{{At: "token_endpont", Connection: "reset"}}}}, scenarios.Broken, `faults[0].at: unknown value "token_endpont"; did you mean "token_endpoint"?`},
		{scenarios.Scenario{Name: "a misspelt fault", Steps: append(step(), &scenarios.Step{Fault: &fault.Fault{On: "id_tokn", Tamper: &fault.Tamper{Signature: "none"}}})}, scenarios.Broken, `steps[1].fault.on: "id_tokn"`},
		{scenarios.Scenario{Name: "a misspelt event", Steps: append(step(), &scenarios.Step{Verify: &scenarios.Verify{Log: []scenarios.Event{{Event: "session.endd"}}}})}, scenarios.Broken, `steps[1].verify.log[0].event: "session.endd"`},
	} {
		r := scenarios.Run(t.Context(), []*scenarios.Scenario{&c.s}, scenarios.Options{})[0]
		if r.Outcome != c.outcome || !strings.Contains(r.Reason, c.reason) {
			t.Errorf("%s: %s %s %+v", c.s.Name, r.Outcome, r.Reason, r.Steps)
		}
	}
}
