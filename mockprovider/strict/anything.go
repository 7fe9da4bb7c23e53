package strict

import "github.com/authdrill/authdrill/mockprovider/internal/vocabulary"

// readAny reads a value of any JSON type, or an expectation of one.
func (d *decoder) readAny(n *Node, t tags) (any, bool) {
	if n.bad {
		return nil, false
	}
	if t.match != "" {
		return d.expectation(n, t)
	}
	n, ok := d.interpolate(n, formAny)
	if !ok {
		return nil, false
	}
	if !d.typed(n, t.of, "") {
		return nil, false
	}
	t.of = ""
	switch n.Kind {
	case Mapping:
		words := vocabulary.Of(t.vocab)
		if words != nil && !words.Deep {
			t.vocab = ""
		}
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			if !d.interpolatedKey(e.Value) || !d.known(e.Value, words) {
				ok = false
				continue
			}
			value, good := d.readAny(e.Value, t)
			out[e.Key.Text], ok = value, ok && good
		}
		return out, ok
	case Sequence:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			value, good := d.readAny(item, t)
			out[i], ok = value, ok && good
		}
		return out, ok
	}
	return d.literal(n)
}
