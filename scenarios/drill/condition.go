package drill

import (
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Condition is when a step is done: a text, or two texts compared. Left and
// Right are templates like every text of a scenario.
type Condition struct {
	Left     string
	Operator string // "==", "!=", or "" for a single text
	Right    string
}

// UnmarshalStrict reads "a == b", "a != b" or "a".
func (c *Condition) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	var text string
	if !r.Decode(n, &text, "") {
		return
	}
	c.Left = strings.TrimSpace(text)
	if several := strings.Count(text, "==")+strings.Count(text, "!=") > 1; several || strings.Contains(text, "&&") || strings.Contains(text, "||") {
		r.Report(n.Problem(strict.Value, "compare two values once, as in ${matrix.alg} != none", "invalid condition %q", text))
		return
	}
	for _, operator := range []string{"==", "!="} {
		if left, right, ok := strings.Cut(text, operator); ok {
			c.Left, c.Operator, c.Right = strings.TrimSpace(left), operator, strings.TrimSpace(right)
			return
		}
	}
	if strings.ContainsAny(c.Left, " \t<>=") {
		r.Report(n.Problem(strict.Value, "write one like ${matrix.alg} != none", "invalid condition %q", text))
	}
}

// MarshalJSON writes a condition as it is read.
func (c Condition) MarshalJSON() ([]byte, error) {
	return json.Marshal(strings.TrimSpace(c.Left + " " + c.Operator + " " + c.Right))
}

// JSONSchema describes a condition.
func (Condition) JSONSchema() map[string]any {
	return map[string]any{"type": []any{"string", "number", "boolean"}}
}

// Holds reports whether the condition, expanded, is true.
func (c *Condition) Holds() bool {
	switch {
	case c == nil:
		return true
	case c.Operator == "==":
		return c.Left == c.Right
	case c.Operator == "!=":
		return c.Left != c.Right
	}
	return c.Left != "" && c.Left != "false" && c.Left != "0"
}
