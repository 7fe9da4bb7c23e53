package matrix

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Combination is a value for some axes or all.
type Combination struct {
	Values map[string]*Value
	Node   *strict.Node // nil for one that is made of the axes
}

// Setting is the label of one axis' value in a combination.
type Setting struct {
	Name  string
	Value string
}

// contains reports whether c has every value of part.
func (c Combination) contains(part Combination) bool {
	for name, want := range part.Values {
		if got := c.Values[name]; got == nil || got.Label != want.Label {
			return false
		}
	}
	return true
}

// In lists the values in the order of the matrix' axes.
func (c Combination) In(m *Matrix) []Setting {
	if m == nil {
		return nil
	}
	var out []Setting
	for _, a := range m.Axes {
		if v := c.Values[a.Name]; v != nil {
			out = append(out, Setting{a.Name, v.Label})
		}
	}
	return out
}

// ProvenBy returns the known-bad clients that the values of the combination name, in
// the order of the matrix' axes.
func (c Combination) ProvenBy(m *Matrix) []string {
	if m == nil {
		return nil
	}
	var out []string
	for _, a := range m.Axes {
		if v := c.Values[a.Name]; v != nil {
			out = append(out, v.ProvenBy...)
		}
	}
	return out
}

// Resolve returns the value of ${matrix.NAME}: that of an axis, or, with more names
// after dots, of a member of one that is a mapping. suggest returns the remedy for an
// unknown name.
func (c Combination) Resolve(name string, suggest func(name string, known []string) string) strict.Resolution {
	if v := c.Values[name]; v != nil {
		return strict.Resolution{Node: v.Node}
	}
	axis, rest, _ := strings.Cut(name, ".")
	v := c.Values[axis]
	if v == nil {
		return strict.Resolution{Refused: fmt.Sprintf("the matrix has no axis %q", name), Hint: suggest(name, slices.Sorted(maps.Keys(c.Values)))}
	}
	n := v.Node
	for member := range strings.SplitSeq(rest, ".") {
		inner := n.Get(member)
		if inner == nil {
			var known []string
			for _, e := range n.Entries {
				known = append(known, e.Key.Text)
			}
			return strict.Resolution{Refused: fmt.Sprintf("the value %q of the axis %s has no member %q", v.Label, axis, rest), Hint: suggest(member, known)}
		}
		n = inner
	}
	return strict.Resolution{Node: n}
}
