package report

import (
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// Expectation is what an entry wants to be seen of a correct client, in a line.
func Expectation(e *catalog.Entry) string {
	var out []string
	if e.Lint != "" {
		out = append(out, "the requests of three sign-ins are held to the rule "+e.Lint)
	}
	if text, err := json.Marshal(e.Expect); err == nil && string(text) != "{}" {
		out = append(out, strings.NewReplacer(`"`, "", "{", "", "}", "", ",", ", ", ":", " ").Replace(string(text)))
	}
	if e.Scenario != "" {
		out = append(out, "the example scenario: "+e.Scenario)
	}
	if e.Record {
		out = append(out, "the specifications leave the choice: it is told what the app does")
	}
	return strings.Join(append(out, "no server error, and a plain sign-in works afterwards"), "; ")
}
