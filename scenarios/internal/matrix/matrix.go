// Package matrix reads the matrix of a document: axes with labelled values, and
// the combinations of them for which the document is read. Begin with Matrix.
package matrix

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Matrix is what a document is read for: every combination of the values of its
// axes, without those excluded, and those included in addition.
type Matrix struct {
	Axes    []Axis
	Include []Combination
	Exclude []Combination
}

// Axis is a name with its values.
type Axis struct {
	Name   string
	Values []*Value
	Node   *strict.Node
}

// What a small file can ask of a machine is bounded further: every combination
// has a value for each axis, and is compared with all that are excluded.
const (
	MaxAxes     = 32
	MaxExcluded = 1_000
)

// UnmarshalStrict reads {axis: [values], include: [..], exclude: [..]}.
func (m *Matrix) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	if n.Kind != strict.Mapping {
		r.Report(n.Problem(strict.Type, "write {alg: [RS256, ES256]}", "want a mapping, got %s", n.Kind))
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
			m.Axes = append(m.Axes, Axis{Name: e.Key.Text, Values: readValues(r, e.Value), Node: e.Value})
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
	m.Include = m.readCombinations(r, n.Get("include"))
	m.Exclude = m.readCombinations(r, n.Get("exclude"))
	m.checkIncluded(r)
	m.checkExcluded(r)
	if len(m.Axes) == 0 {
		r.Report(n.Problem(strict.Check, "write {alg: [RS256, ES256]}", "the matrix has no axis"))
	}
}

// checkIncluded reports the axes for which a combination to include has no value.
func (m *Matrix) checkIncluded(r *strict.Reader) {
	for _, c := range m.Include {
		for _, axis := range m.Axes {
			if c.Values[axis.Name] == nil {
				r.Report(c.Node.Problem(strict.Check, "", "the axis %s has no value here", axis.Name))
			}
		}
	}
}

// checkExcluded reports the values to exclude that no axis has.
func (m *Matrix) checkExcluded(r *strict.Reader) {
	for _, axis := range m.Axes {
		has := map[string]bool{}
		for _, v := range axis.Values {
			has[v.Label] = true
		}
		for _, c := range m.Exclude {
			if v := c.Values[axis.Name]; v != nil && v.Label != "" && !has[v.Label] {
				r.Report(v.Node.Problem(strict.Use, strict.Suggest(v.Label, axis.labels()), "the axis %s has no value %q to exclude", axis.Name, v.Label))
			}
		}
	}
}

func (a *Axis) labels() []string {
	out := make([]string, len(a.Values))
	for i, v := range a.Values {
		out[i] = v.Label
	}
	return out
}

func (m *Matrix) readCombinations(r *strict.Reader, n *strict.Node) []Combination {
	if n == nil {
		return nil
	}
	if n.Kind != strict.Sequence {
		r.Report(n.Problem(strict.Type, "write [{alg: RS256}]", "want a list, got %s", n.Kind))
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
		c := Combination{Values: map[string]*Value{}, Node: item}
		if item.Kind != strict.Mapping {
			r.Report(item.Problem(strict.Type, "", "want a mapping, got %s", item.Kind))
		}
		for _, e := range item.Entries {
			if !known[e.Key.Text] {
				r.Report(e.Value.KeyProblem(strict.Use, strict.Suggest(e.Key.Text, names), "the matrix has no axis %q", e.Key.Text))
				continue
			}
			c.Values[e.Key.Text] = readValue(r, e.Value)
		}
		out = append(out, c)
	}
	return out
}

// Count returns the number of combinations before any is excluded, 1 if m is nil. A
// number above any budget is cut to one that is.
func (m *Matrix) Count() int {
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

// Combine returns every combination of the matrix, one empty one if m is nil.
func (m *Matrix) Combine() []Combination {
	out := []Combination{{Values: map[string]*Value{}}}
	if m == nil {
		return out
	}
	for _, axis := range m.Axes {
		var next []Combination
		for _, c := range out {
			for _, v := range axis.Values {
				values := map[string]*Value{axis.Name: v}
				for k, had := range c.Values {
					values[k] = had
				}
				next = append(next, Combination{Values: values})
			}
		}
		out = next
	}
	out = slices.DeleteFunc(out, func(c Combination) bool { return slices.ContainsFunc(m.Exclude, c.contains) })
	return append(out, m.Include...)
}

// JSONSchema describes a matrix.
func (Matrix) JSONSchema() map[string]any {
	type object = map[string]any
	plain := object{"type": []any{"string", "number", "boolean"}}
	mapping := object{"type": "object", "minProperties": 1, "properties": object{"label": false, "value": false}}
	row := object{
		"type": "object", "required": []any{"value"}, "additionalProperties": false,
		"properties": object{
			"label":     object{"type": "string", "minLength": 1, "description": "what reports call the value; needed for one that is not a text, a number, true or false"},
			"value":     object{"description": "any value"},
			"proven_by": object{"type": []any{"string", "array"}, "items": object{"type": "string"}, "description": "of an entry of the failure catalogue: the known-bad clients that this value fails, where those of the entry do not"},
		},
	}
	value := object{"anyOf": []any{plain, mapping, row}}
	combinations := object{"type": "array", "items": object{"type": "object", "additionalProperties": value}}
	return object{
		"type":                 "object",
		"properties":           object{"include": combinations, "exclude": combinations},
		"additionalProperties": object{"type": "array", "items": value, "minItems": 1},
	}
}

// MarshalJSON writes a matrix as it is read.
func (m *Matrix) MarshalJSON() ([]byte, error) {
	out := map[string]any{}
	for _, a := range m.Axes {
		out[a.Name] = a.Values
	}
	for name, list := range map[string][]Combination{"include": m.Include, "exclude": m.Exclude} {
		if len(list) == 0 {
			continue
		}
		rows := make([]map[string]*Value, len(list))
		for i, c := range list {
			rows[i] = c.Values
		}
		out[name] = rows
	}
	return json.Marshal(out)
}
