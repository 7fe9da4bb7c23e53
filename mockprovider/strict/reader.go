package strict

import "reflect"

// Reader reads the nodes of a type that reads a form of its own, and gathers
// their problems.
type Reader struct {
	*Problems
	d *decoder
}

// Decode reads a node, that of the type or one within it, into a pointer, as the
// whole document is read, and reports whether there was no problem. A vocabulary
// guards the keys of an open mapping, "" is none.
func (r *Reader) Decode(n *Node, into any, vocabulary string) bool {
	before := r.d.failed()
	r.d.value(n, reflect.ValueOf(into).Elem(), tags{vocab: vocabulary})
	return r.d.failed() == before
}
