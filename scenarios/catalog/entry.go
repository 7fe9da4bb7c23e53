package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// Entry is an entry with its variants. What it says of itself is its first
// variant; an entry without a matrix has one variant, which has no label.
type Entry struct {
	*drill.Scenario
	Variants []*drill.Scenario
}

// KnownBad returns the clients that the entry, or one of its variants, must fail.
func (e *Entry) KnownBad() []drill.KnownBad {
	var out []drill.KnownBad
	for _, v := range e.Variants {
		for _, bad := range v.ProvenBy {
			if !slices.Contains(out, bad) {
				out = append(out, bad)
			}
		}
	}
	return out
}

// narrow returns the entry with those of its variants whose name, ID or
// ID[LABEL], is chosen; nil if none is.
func (e *Entry) narrow(chosen func(name string) bool) *Entry {
	var left []*drill.Scenario
	for _, v := range e.Variants {
		if chosen(v.FullID()) {
			left = append(left, v)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return &Entry{left[0], left}
}

// EntriesOf makes entries of scenarios: of those of a document that is an entry one
// together, and of every other scenario one without an id.
func EntriesOf(all []*drill.Scenario) []*Entry {
	var out []*Entry
	for _, s := range all {
		switch last := len(out) - 1; {
		case s.ID != "" && last >= 0 && out[last].Node == s.Node:
			out[last].Variants = append(out[last].Variants, s)
		default:
			out = append(out, &Entry{s, []*drill.Scenario{s}})
		}
	}
	return out
}

// variant finds the one of a name, ID[LABEL].
func (c *Catalogue) variant(name string) (*Entry, error) {
	id, rest, _ := strings.Cut(name, "[")
	e := c.byID[id]
	if e == nil {
		return nil, &unknownEntry{c, id}
	}
	if e.Variant == "" {
		return nil, fmt.Errorf("the entry %s has no variants", id)
	}
	if one := e.narrow(func(n string) bool { return n == name }); one != nil {
		return one, nil
	}
	var labels []string
	for _, v := range e.Variants {
		labels = append(labels, v.Variant)
	}
	label := strings.TrimSuffix(rest, "]")
	return nil, fmt.Errorf("the entry %s has no variant %q: %s", id, label, strict.Suggest(label, labels))
}
