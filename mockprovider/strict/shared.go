package strict

import "reflect"

// Shared keeps what was read of those parts of a document that no ${name} can
// make different, for a document that is read again and again with other values
// of its names. What such readings return shares these parts, which must not be
// changed afterwards.
type Shared struct {
	Root   *Node                  // of the document
	Varies func(name string) bool // reports whether a name may have another value in another reading

	fixed  map[*Node]bool // nil before the first reading
	values map[part]reflect.Value
}

// part is a node as a type reads it.
type part struct {
	node *Node
	as   reflect.Type
}

// findFixed finds the largest parts that are the same in every reading, and returns
// whether all of n is.
func (s *Shared) findFixed(n *Node) bool {
	same := true
	for _, name := range References(n.Text) {
		same = same && !s.Varies(name)
	}
	for _, e := range n.Entries {
		same = s.findFixed(e.Value) && same
	}
	for _, item := range n.Items {
		same = s.findFixed(item) && same
	}
	if same && (n.Kind == Mapping || n.Kind == Sequence) {
		s.fixed[n] = true
	}
	return same
}

func (s *Shared) isFixed(n *Node) bool {
	if s == nil {
		return false
	}
	if s.fixed == nil {
		s.fixed, s.values = map[*Node]bool{}, map[part]reflect.Value{}
		s.findFixed(s.Root)
	}
	return s.fixed[n]
}

// readShared reads a part, or takes it from an earlier reading.
func (d *decoder) readShared(n *Node, v reflect.Value, t tags) {
	key := part{n, v.Type()}
	if had, ok := d.shared.values[key]; ok {
		v.Set(had)
		return
	}
	before, shared := d.failed(), d.shared
	d.shared = nil
	d.read(n, v, t)
	d.shared = shared
	if d.failed() == before {
		kept := reflect.New(v.Type()).Elem()
		kept.Set(v)
		shared.values[key] = kept
	}
}
