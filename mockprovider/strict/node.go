package strict

import (
	"strconv"
	"strings"
)

// Kind is the kind of a Node.
type Kind uint8

// The kinds of nodes. Null is a scalar that says so, or a key without a value.
const (
	Scalar Kind = iota
	Null
	Mapping
	Sequence
)

func (k Kind) String() string {
	return [...]string{"a value", "nothing", "a mapping", "a list"}[k]
}

// style is how a scalar was written, which decides what it may be converted to.
type style uint8

const (
	plain  style = iota // 12, true, text: what it is depends on who asks
	quoted              // "12": text, whoever asks
	free                // from outside the file (an environment variable): any type that is wanted, text by default
)

// Place is a position in a file; lines and columns count from 1, columns in
// characters.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is file:line:column.
func (p Place) String() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Node is a value of a document and its position. A tree of nodes never changes
// after it was parsed and is safe for parallel use.
type Node struct {
	Kind    Kind
	Text    string  // of a scalar
	Entries []Entry // of a mapping, in the file's order
	Items   []*Node // of a sequence

	Parent *Node // the mapping or list that contains the node, nil for the root
	Key    *Node // of a value in a mapping

	doc          *document
	index        int // in a sequence
	line, column int
	style        style
	bad          bool   // reported already: no problem of it may cause a second one
	from         string // the text with ${names} that Text was made of
	holes        bool   // some of its keys could not be read
}

// Entry is a key of a mapping with its value.
type Entry struct {
	Key   *Node
	Value *Node
}

// document is where the nodes of one document were written.
type document struct {
	file  string
	lines []string
	json  bool
}

// Place is where the node's value begins.
func (n *Node) Place() Place { return Place{File: n.doc.file, Line: n.line, Column: n.column} }

// Source is the line of its file in which the node's value begins.
func (n *Node) Source() string { return n.doc.line(n.line) }

// Get returns the value of a key of a mapping, nil if there is none.
func (n *Node) Get(key string) *Node {
	for _, e := range n.Entries {
		if e.Key.Text == key {
			return e.Value
		}
	}
	return nil
}

// Path names the node from the root: steps[2].expect.status.
func (n *Node) Path() string {
	switch {
	case n.Parent == nil:
		return ""
	case n.Key == nil && n.Parent.Kind == Mapping: // a key
		return n.Parent.Path()
	case n.Key == nil:
		return n.Parent.Path() + "[" + strconv.Itoa(n.index) + "]"
	}
	if up := n.Parent.Path(); up != "" {
		return up + "." + n.Key.Text
	}
	return n.Key.Text
}

// Count counts the values of the root of a document, those of users and clients
// apart, which are plain data.
func (n *Node) Count() (values, data int) {
	values = n.size()
	for _, e := range n.Entries {
		if isData(e.Key.Text) {
			data += e.Value.size()
		}
	}
	return values - data, data
}

// size counts the values of a node: itself, and all below it, with keys.
func (n *Node) size() int {
	count := 1
	for _, e := range n.Entries {
		count += 1 + e.Value.size()
	}
	for _, item := range n.Items {
		count += item.size()
	}
	return count
}

// Find follows a path of keys and indices joined by dots (claims.sub, aud.0)
// as far as it leads and returns the last node on it, n itself at least. Keys
// that have dots in them are found too.
func (n *Node) Find(path string) *Node {
	if path == "" {
		return n
	}
	switch n.Kind {
	case Mapping:
		for _, e := range n.Entries {
			if rest, ok := cutStep(path, e.Key.Text); ok {
				return e.Value.Find(rest)
			}
		}
	case Sequence:
		first, rest, _ := strings.Cut(path, ".")
		if i, err := strconv.Atoi(first); err == nil && i >= 0 && i < len(n.Items) {
			return n.Items[i].Find(rest)
		}
	}
	return n
}

func cutStep(path, key string) (string, bool) {
	rest, ok := strings.CutPrefix(path, key)
	if !ok || rest != "" && rest[0] != '.' {
		return "", false
	}
	return strings.TrimPrefix(rest, "."), true
}

// line returns a line of the document's file, without its end; "" outside it.
func (d *document) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}

// isNull tells a value that says null, or is missing after its key.
func isNull(text string) bool { return text == "" || text == "null" || text == "~" }

// adopt makes n the value of key in parent, or the item at index.
func (n *Node) adopt(parent, key *Node, index int) *Node {
	n.Parent, n.Key, n.index = parent, key, index
	return n
}

// scalarAs returns a copy of the scalar s in n's position: n's place, s's text.
func (n *Node) scalarAs(text string, kind Kind, how style) *Node {
	c := *n
	c.Text, c.Kind, c.style, c.from = text, kind, how, n.Text
	return &c
}
