package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Var is a variable: a value, or the name of an environment variable to take
// it from.
type Var struct {
	Value   any    `json:"value,omitempty" short:"true" doc:"a text, a number, true or false"`
	Env     string `json:"env,omitempty" doc:"environment variable to take the value from"`
	Default any    `json:"default,omitempty" doc:"value if the environment variable is not set"`

	Node *strict.Node `json:"-"`
}

// Matrix is what a scenario is run for: every combination of the values of its
// axes, without those excluded, and those included besides.
type Matrix struct {
	Axes    []Axes
	Include []Combination
	Exclude []Combination
}

// Axes is one axis with its values.
type Axes struct {
	Name   string
	Values []*strict.Node
	Node   *strict.Node
}

// Axis is the value of one axis in a combination.
type Axis struct {
	Name  string
	Value string
}

// Combination is a value for some axes or all.
type Combination struct {
	Values map[string]*strict.Node
	Node   *strict.Node
}

// UnmarshalStrict reads {axis: [values], include: [..], exclude: [..]}.
func (m *Matrix) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	if n.Kind != strict.Mapping {
		r.Report(n.Problem(strict.Type, "write {alg: [RS256, ES256]}", "wants a mapping, got %s", n.Kind))
		return
	}
	for _, e := range n.Entries {
		switch e.Key.Text {
		case "include", "exclude":
		default:
			if near, ok := strict.Nearest(e.Key.Text, []string{"include", "exclude"}); ok {
				r.Report(e.Value.KeyProblem(strict.NearMiss, fmt.Sprintf("did you mean %q?", near), "an axis cannot be called %q", e.Key.Text))
				continue
			}
			m.Axes = append(m.Axes, Axes{Name: e.Key.Text, Values: scalars(r, e.Value), Node: e.Value})
		}
	}
	switch {
	case len(m.Axes) > MaxAxes:
		r.Report(n.Problem(strict.Limit, "", "the matrix has %d axes; at most %d are combined", len(m.Axes), MaxAxes))
		return
	case n.Get("exclude") != nil && len(n.Get("exclude").Items) > MaxExcluded:
		r.Report(n.Get("exclude").KeyProblem(strict.Limit, "list the combinations that are wanted in include", "%d combinations are excluded; at most %d can be", len(n.Get("exclude").Items), MaxExcluded))
		return
	}
	m.Include = m.combinations(r, n.Get("include"))
	m.Exclude = m.combinations(r, n.Get("exclude"))
	for _, c := range m.Include {
		for _, axis := range m.Axes {
			if c.Values[axis.Name] == nil {
				r.Report(c.Node.Problem(strict.Check, "", "the axis %s has no value here", axis.Name))
			}
		}
	}
	for _, axis := range m.Axes {
		has := map[string]bool{}
		for _, v := range axis.Values {
			has[v.Text] = true
		}
		for _, c := range m.Exclude {
			if v := c.Values[axis.Name]; v != nil && v.Kind == strict.Scalar && !has[v.Text] {
				r.Report(v.Problem(strict.Use, strict.Suggest(v.Text, texts(axis.Values)), "the axis %s has no value %q to exclude", axis.Name, v.Text))
			}
		}
	}
	if len(m.Axes) == 0 {
		r.Report(n.Problem(strict.Check, "write {alg: [RS256, ES256]}", "the matrix has no axis"))
	}
}

// What a small file can ask of a machine is bounded further: every combination
// has a value for each axis, and is compared with all that are excluded.
const (
	MaxAxes     = 32
	MaxExcluded = 1_000
)

// count is the number of combinations before any is excluded, 1 if m is nil; of
// more than a budget ever has it returns just that.
func (m *Matrix) count() int {
	if m == nil {
		return 1
	}
	const plenty = 1 << 30
	n := 1
	for _, axis := range m.Axes {
		if n > plenty/max(1, len(axis.Values)) {
			return plenty
		}
		n *= max(1, len(axis.Values))
	}
	return n + len(m.Include)
}

func texts(nodes []*strict.Node) []string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = n.Text
	}
	return out
}

func scalars(r *strict.Reader, n *strict.Node) []*strict.Node {
	if n.Kind != strict.Sequence || len(n.Items) == 0 {
		r.Report(n.Problem(strict.Type, "write [a, b]", "an axis wants a list of values, got %s", n.Kind))
		return nil
	}
	for _, item := range n.Items {
		if item.Kind != strict.Scalar {
			r.Report(item.Problem(strict.Type, "", "wants a text, a number, true or false, got %s", item.Kind))
		}
	}
	return n.Items
}

func (m *Matrix) combinations(r *strict.Reader, n *strict.Node) []Combination {
	if n == nil {
		return nil
	}
	if n.Kind != strict.Sequence {
		r.Report(n.Problem(strict.Type, "write [{alg: RS256}]", "wants a list, got %s", n.Kind))
		return nil
	}
	var names []string
	known := map[string]bool{}
	for _, a := range m.Axes {
		names = append(names, a.Name)
		known[a.Name] = true
	}
	var out []Combination
	for _, item := range n.Items {
		c := Combination{Values: map[string]*strict.Node{}, Node: item}
		if item.Kind != strict.Mapping {
			r.Report(item.Problem(strict.Type, "", "wants a mapping, got %s", item.Kind))
		}
		for _, e := range item.Entries {
			switch {
			case !known[e.Key.Text]:
				r.Report(e.Value.KeyProblem(strict.Use, strict.Suggest(e.Key.Text, names), "the matrix has no axis %q", e.Key.Text))
			case e.Value.Kind != strict.Scalar:
				r.Report(e.Value.Problem(strict.Type, "", "wants a text, a number, true or false, got %s", e.Value.Kind))
			}
			c.Values[e.Key.Text] = e.Value
		}
		out = append(out, c)
	}
	return out
}

// JSONSchema describes a matrix.
func (Matrix) JSONSchema() map[string]any {
	value := map[string]any{"type": []any{"string", "number", "boolean"}}
	combinations := map[string]any{"type": "array", "items": map[string]any{"type": "object", "additionalProperties": value}}
	return map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"include": combinations, "exclude": combinations},
		"additionalProperties": map[string]any{"type": "array", "items": value, "minItems": 1},
	}
}

// combine returns every combination of the matrix, one empty one if m is nil.
func (m *Matrix) combine() []Combination {
	out := []Combination{{Values: map[string]*strict.Node{}}}
	if m == nil {
		return out
	}
	for _, axis := range m.Axes {
		var next []Combination
		for _, c := range out {
			for _, v := range axis.Values {
				values := map[string]*strict.Node{axis.Name: v}
				for k, had := range c.Values {
					values[k] = had
				}
				next = append(next, Combination{Values: values})
			}
		}
		out = next
	}
	out = slices.DeleteFunc(out, func(c Combination) bool { return slices.ContainsFunc(m.Exclude, c.has) })
	return append(out, m.Include...)
}

// has reports whether c has every value of part.
func (c Combination) has(part Combination) bool {
	for name, want := range part.Values {
		if got := c.Values[name]; got == nil || got.Text != want.Text {
			return false
		}
	}
	return true
}

// in lists the values in the order of the matrix' axes.
func (c Combination) in(m *Matrix) []Axis {
	if m == nil {
		return nil
	}
	var out []Axis
	for _, a := range m.Axes {
		if v := c.Values[a.Name]; v != nil {
			out = append(out, Axis{a.Name, v.Text})
		}
	}
	return out
}

// title is the name of a scenario with its combination: name [alg=RS256].
func title(name string, values []Axis) string {
	if len(values) == 0 {
		return name
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v.Name + "=" + v.Value
	}
	return name + " [" + strings.Join(words, " ") + "]"
}
