package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/matrix"
)

// MaxVariants is how many variants an entry has at most: each is a drill.
const MaxVariants = 20

// Name is what the command calls an entry, ID, or one of its variants, ID[LABEL].
func (e *Entry) Name() string {
	if e.Variant == "" {
		return e.ID
	}
	return e.ID + "[" + e.Variant + "]"
}

// Drills returns what is played of an entry: its variants, or the entry itself
// where it has none.
func (e *Entry) Drills() []*Entry {
	if len(e.Variants) == 0 {
		return []*Entry{e}
	}
	return e.Variants
}

// KnownBad returns the clients that the entry, or one of its variants, must fail.
func (e *Entry) KnownBad() []KnownBad {
	var out []KnownBad
	for _, v := range e.Drills() {
		for _, bad := range v.ProvenBy {
			if !slices.Contains(out, bad) {
				out = append(out, bad)
			}
		}
	}
	return out
}

// Narrow returns the entry with those of its variants whose name, ID[LABEL], is
// chosen; nil if none is.
func (e *Entry) Narrow(chosen func(name string) bool) *Entry {
	var left []*Entry
	for _, v := range e.Variants {
		if chosen(v.Name()) {
			left = append(left, v)
		}
	}
	if len(left) == 0 {
		return nil
	}
	out := *left[0] // what an entry shows of itself is its first variant
	out.Variant, out.Variants, out.ProvenBy = "", left, e.ProvenBy
	return &out
}

// variant finds the one of a name, ID[LABEL].
func (c *catalogue) variant(name string) (*Entry, error) {
	id, rest, _ := strings.Cut(name, "[")
	e := c.byID[id]
	if e == nil {
		return nil, c.unknown(id)
	}
	if len(e.Variants) == 0 {
		return nil, fmt.Errorf("the entry %s has no variants", id)
	}
	if one := e.Narrow(func(n string) bool { return n == name }); one != nil {
		return one, nil
	}
	var labels []string
	for _, v := range e.Variants {
		labels = append(labels, v.Variant)
	}
	label := strings.TrimSuffix(rest, "]")
	return nil, fmt.Errorf("the entry %s has no variant %q: %s", id, label, strict.Suggest(label, labels))
}

// readEntry reads an entry with its variants.
func readEntry(doc *strict.Node, group string) (*Entry, strict.Problems) {
	var m *matrix.Matrix
	if n := doc.Get("matrix"); n != nil {
		if ps := n.Decode(&m, strict.Options{}); len(ps) > 0 {
			return nil, ps
		}
		if ps := checkMatrix(doc, m); len(ps) > 0 {
			return nil, ps
		}
	}
	if m == nil {
		e := &Entry{Group: group, Node: doc}
		ps := doc.Decode(e, strict.Options{})
		e.Key = e.ID
		e.settle()
		return e, ps
	}
	whole := &Entry{}
	for i, c := range m.Combine() {
		v := &Entry{Group: group, Node: doc}
		fill := func(name string, _ *strict.Node) strict.Resolution {
			if axis, ok := strings.CutPrefix(name, "matrix."); ok {
				return c.Resolve(axis, strict.Suggest)
			}
			return strict.Resolution{Deferred: true, InKeys: true} // the drill knows it
		}
		if ps := doc.Decode(v, strict.Options{Resolve: fill}); len(ps) > 0 {
			return nil, ps
		}
		v.settle()
		if v.Key = v.ID; i > 0 {
			v.Key += fmt.Sprintf(".%d", i+1)
		}
		v.Variant = labelOf(c, m)
		whole.ProvenBy = v.ProvenBy
		if own := c.ProvenBy(m); len(own) > 0 {
			v.ProvenBy = nil
			for _, bad := range own {
				v.ProvenBy = append(v.ProvenBy, KnownBad(bad))
			}
		}
		whole.Variants = append(whole.Variants, v)
	}
	return whole.Narrow(func(string) bool { return true }), nil
}

func labelOf(c matrix.Combination, m *matrix.Matrix) string {
	var labels []string
	for _, s := range c.In(m) {
		labels = append(labels, s.Value)
	}
	return strings.Join(labels, "; ")
}

// checkMatrix reports what is wrong with the matrix of an entry.
func checkMatrix(doc *strict.Node, m *matrix.Matrix) strict.Problems {
	at := doc.Get("matrix")
	if n := m.Count(); n > MaxVariants {
		return strict.Problems{at.KeyProblem(strict.Limit, "each is a drill: keep those that break another client", "the entry has %d variants; at most %d are played", n, MaxVariants)}
	}
	var out strict.Problems
	seen := map[string]bool{}
	for _, c := range m.Combine() {
		label := labelOf(c, m)
		switch {
		case seen[label]:
			out = append(out, at.KeyProblem(strict.Duplicate, "give the values labels", "two variants have the label %q", label))
		case strings.TrimSpace(label) != label || label == "" || strings.ContainsAny(label, "#,\n"):
			out = append(out, at.KeyProblem(strict.Value, "give the value a label: {label: empty, value: \"\"}", "the label %q cannot be named in a list", label))
		}
		seen[label] = true
	}
	used := map[string]bool{}
	references(doc, used)
	for _, a := range m.Axes {
		if !used[a.Name] {
			out = append(out, a.Node.KeyProblem(strict.Use, "use it, or take it away", "the axis %q is never used", a.Name))
		}
		for _, v := range a.Values {
			if strings.Contains(v.Node.Text, "${") {
				out = append(out, v.Node.Problem(strict.Variable, "write the value out", "a value of the matrix cannot be made of others"))
			}
		}
	}
	return out
}

// references gathers the axes that the texts of a node name.
func references(n *strict.Node, into map[string]bool) {
	for _, name := range strict.References(n.Text) {
		if axis, ok := strings.CutPrefix(name, "matrix."); ok {
			axis, _, _ = strings.Cut(axis, ".")
			into[axis] = true
		}
	}
	for _, e := range n.Entries {
		references(e.Value, into)
	}
	for _, item := range n.Items {
		references(item, into)
	}
}
