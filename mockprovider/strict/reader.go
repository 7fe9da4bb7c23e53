package strict

// Reader is what an Unmarshaler reads from: a node, and the problems that are
// being gathered.
type Reader struct {
	d    *decoder
	node *Node
}

// Node is the value to read.
func (r *Reader) Node() *Node { return r.node }

// Decode reads a node, the Reader's own or one within it, into a pointer, as
// the whole document is read, and reports whether there was no problem.
func (r *Reader) Decode(n *Node, into any) bool {
	before := r.d.failed()
	r.d.value(n, pointee(into), tags{})
	return r.d.failed() == before
}

// DecodeWords is Decode for an open mapping whose keys a vocabulary guards.
func (r *Reader) DecodeWords(n *Node, into any, vocabulary string) bool {
	before := r.d.failed()
	r.d.value(n, pointee(into), tags{vocab: vocabulary})
	return r.d.failed() == before
}

// Report adds a problem. Make it with Node.Problem or Node.KeyProblem.
func (r *Reader) Report(p Problem) { r.d.Report(p) }
