package scenarios_test

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// A scenario that is built in Go is run like one of a file, and what a file is
// refused for is a broken result.
func TestScenariosBuiltInGo(t *testing.T) {
	step := func() []*drill.Step {
		return []*drill.Step{{Authorize: &drill.Authorize{}}}
	}
	for _, c := range []struct {
		s       drill.Scenario
		outcome result.Outcome
		reason  string
	}{
		{drill.Scenario{Name: "good", Steps: append(step(), &drill.Step{If: &drill.Condition{Left: "a", Operator: "==", Right: "a"}, Advance: new(clock.Duration)})}, result.Passed, ""},
		{drill.Scenario{Name: "no steps"}, result.Broken, `"steps" is missing`},
		{drill.Scenario{Name: "a misspelt endpoint", Steps: step(), Setup: setup.Setup{Faults: []fault.Fault{{At: "token_endpont", Connection: "reset"}}}}, result.Broken, `faults[0].at: unknown value "token_endpont"; did you mean "token_endpoint"?`},
		{drill.Scenario{Name: "a misspelt fault", Steps: append(step(), &drill.Step{Fault: &fault.Fault{On: "id_tokn", Tamper: &fault.Tamper{Signature: "none"}}})}, result.Broken, `steps[1].fault.on: unknown value "id_tokn"`},
		{drill.Scenario{Name: "a misspelt event", Steps: append(step(), &drill.Step{Verify: &drill.Verify{Log: []drill.Event{{Event: "session.endd"}}}})}, result.Broken, `steps[1].verify.log[0].event: unknown value "session.endd"`},
	} {
		r := scenarios.Run(t.Context(), []*drill.Scenario{&c.s}, scenarios.Options{})[0]
		if r.Outcome != c.outcome || !strings.Contains(r.Reason, c.reason) {
			t.Errorf("%s: %s %s %+v", c.s.Name, r.Outcome, r.Reason, r.Steps)
		}
	}
}
