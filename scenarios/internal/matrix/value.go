package matrix

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Value is a value of an axis.
type Value struct {
	Label    string       // what reports call it; a plain value is its own label
	Node     *strict.Node // the value of ${matrix.axis}
	ProvenBy []string     // known-bad clients that it fails, where those of its entry do not
}

// rowKeys returns the keys of a labelled value. A mapping with label or value is one;
// a plain value that has such a key is written as the value of a row.
func rowKeys() []string { return []string{"label", "value", "proven_by"} }

func isRow(n *strict.Node) bool { return n.Get("label") != nil || n.Get("value") != nil }

// readValues reads the list of an axis.
func readValues(r *strict.Reader, n *strict.Node) []*Value {
	if n.Kind != strict.Sequence || len(n.Items) == 0 {
		r.Report(n.Problem(strict.Type, "write [a, b]", "an axis wants a list of values, got %s", n.Kind))
		return nil
	}
	out := make([]*Value, len(n.Items))
	for i, item := range n.Items {
		out[i] = readValue(r, item)
	}
	return out
}

// readValue reads a text, a number, true, false, a mapping, or a row, {label, value,
// proven_by}, which has any value.
func readValue(r *strict.Reader, n *strict.Node) *Value {
	switch {
	case n.Kind == strict.Mapping && isRow(n):
		return readRow(r, n)
	case n.Kind == strict.Mapping && len(n.Entries) > 0:
		checkLiteral(r, n)
	case n.Kind != strict.Scalar:
		r.Report(n.Problem(strict.Type, "give another value a label: {label: none, value: []}", "want a text, a number, true, false or a mapping, got %s", n.Kind))
		return &Value{Node: n}
	}
	return &Value{Label: labelOf(n), Node: n}
}

func readRow(r *strict.Reader, n *strict.Node) *Value {
	misspelt := false
	for _, e := range n.Entries {
		if !slices.Contains(rowKeys(), e.Key.Text) {
			misspelt = true // and most likely the one that is missing
			r.Report(e.Value.KeyProblem(strict.Unknown, strict.Suggest(e.Key.Text, rowKeys()), "unknown key %q", e.Key.Text))
		}
	}
	out := &Value{Node: n.Get("value")}
	if out.Node == nil {
		if !misspelt {
			r.Report(n.Problem(strict.Required, "write {label: none, value: []}", "%q is missing", "value"))
		}
		return &Value{Node: n}
	}
	if out.Node.Kind != strict.Scalar {
		checkLiteral(r, out.Node)
	}
	if label := n.Get("label"); label != nil {
		if label.Kind != strict.Scalar || label.Text == "" {
			r.Report(label.Problem(strict.Type, "write one that a report can show", "a label wants a text, got %s", kindOf(label)))
		}
		out.Label = label.Text
	} else {
		out.Label = labelOf(out.Node)
	}
	out.ProvenBy = readNames(r, n.Get("proven_by"))
	return out
}

func kindOf(n *strict.Node) string {
	if n.Kind == strict.Scalar && n.Text == "" {
		return "an empty one"
	}
	return n.Kind.String()
}

// readNames reads a name, or a list of them.
func readNames(r *strict.Reader, n *strict.Node) []string {
	if n == nil {
		return nil
	}
	items := []*strict.Node{n}
	if n.Kind == strict.Sequence {
		items = n.Items
	}
	var out []string
	for _, item := range items {
		if item.Kind != strict.Scalar {
			r.Report(item.Problem(strict.Type, "name a bug of the bundled client", "want a text, got %s", item.Kind))
			continue
		}
		out = append(out, item.Text)
	}
	return out
}

// checkLiteral refuses a ${name} within a mapping or a list: nothing fills it in.
func checkLiteral(r *strict.Reader, n *strict.Node) {
	if len(strict.References(n.Text)) > 0 {
		r.Report(n.Problem(strict.Variable, "write the value out", "a value of the matrix cannot be made of others"))
	}
	for _, e := range n.Entries {
		checkLiteral(r, e.Value)
	}
	for _, item := range n.Items {
		checkLiteral(r, item)
	}
}

// maxLabelLength is how many characters of a mapping name it.
const maxLabelLength = 60

// labelOf returns a value as text in one line.
func labelOf(n *strict.Node) string {
	if n.Kind == strict.Scalar {
		return n.Text
	}
	var b strings.Builder
	writeFlow(&b, n)
	if r := []rune(b.String()); len(r) > maxLabelLength {
		return string(r[:maxLabelLength]) + "…"
	}
	return b.String()
}

// writeFlow writes a value as YAML does in one line, and stops where a label ends.
func writeFlow(b *strings.Builder, n *strict.Node) {
	if b.Len() > 4*maxLabelLength {
		return
	}
	switch n.Kind {
	case strict.Mapping:
		b.WriteString("{")
		for i, e := range n.Entries {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(e.Key.Text + ": ")
			writeFlow(b, e.Value)
		}
		b.WriteString("}")
	case strict.Sequence:
		b.WriteString("[")
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeFlow(b, item)
		}
		b.WriteString("]")
	case strict.Null:
		b.WriteString("null")
	default:
		b.WriteString(n.Text)
	}
}

// MarshalJSON writes a value as it is read.
func (v *Value) MarshalJSON() ([]byte, error) {
	var value any
	if ps := v.Node.Decode(&value, strict.Options{}); len(ps) > 0 {
		return nil, ps
	}
	if v.Label == labelOf(v.Node) && v.ProvenBy == nil && v.Node.Kind == strict.Scalar {
		return json.Marshal(value)
	}
	return json.Marshal(struct {
		Label    string   `json:"label"`
		Value    any      `json:"value"`
		ProvenBy []string `json:"proven_by,omitempty"`
	}{v.Label, value, v.ProvenBy})
}
