package strict

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Resolution is the value of ${name} in a scalar: the scalar Node, or else Text,
// unless one of the others is set.
type Resolution struct {
	Node     *Node  // from a file. A scalar that is nothing but a name has the type of the value: a number stays a number, a mapping a mapping
	Text     string // from outside the file, and may become whatever type is wanted
	Deferred bool   // ${name} stays in the text, for Expand to replace later
	InKeys   bool   // ${name} may be a part of a key too, which stays as it is
	Ignored  bool   // the name is wrong for a reason that was reported elsewhere
	Refused  string // why the name is not allowed: unknown, or not in this place
	Hint     string // what to do about a name that is refused

	NearInKeys string // a name that may be a part of a key, which one that is refused is probably meant to be
}

func (r Resolution) text() string {
	if r.Node != nil {
		return r.Node.Text
	}
	return r.Text
}

// nodeAt returns the resolution in the place of n, of which the name is all.
func (r Resolution) nodeAt(n *Node) *Node {
	if r.Node != nil {
		return n.scalarAs(escape(r.Node.Text), r.Node.Kind, r.Node.style)
	}
	return n.scalarAs(escape(r.Text), Scalar, free)
}

// reference is a ${name} in a text, from the $ to behind the brace.
type reference struct {
	name     string
	from, to int
	open     bool // the brace is missing
}

// references finds the ${name} in a text; $${ is a ${ that is meant literally.
func references(s string) []reference {
	var out []reference
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			i += 3
		case strings.HasPrefix(s[i:], "${"):
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return append(out, reference{name: s[i+2:], from: i, to: len(s), open: true})
			}
			out = append(out, reference{name: s[i+2 : i+end], from: i, to: i + end + 1})
			i += end + 1
		default:
			i++
		}
	}
	return out
}

// References returns the names of the ${name} in a text, in order.
func References(s string) []string {
	var out []string
	for _, r := range references(s) {
		out = append(out, r.name)
	}
	return out
}

func escape(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// interpolate returns n with its names resolved, and false after a problem.
func (d *decoder) interpolate(n *Node, f form) (*Node, bool) {
	if d.resolve == nil || n.Kind != Scalar || !strings.Contains(n.Text, "${") {
		return n, true
	}
	refs := references(n.Text)
	if !f.scalar() && f != formAny && f != formRaw {
		return d.structure(n, refs)
	}
	if len(refs) > 0 && d.isFull() {
		d.countOne() // what a name could have meant is not looked for in vain
		return n, false
	}
	var out strings.Builder
	at, good, deferred := 0, true, ""
	var only Resolution
	for i, ref := range refs {
		if ref.open {
			d.failAt(n, refs, i, Resolution{Refused: "${ without its }", Hint: "write $${ for the two characters"})
			return n, false
		}
		only = d.resolve(ref.name, n)
		out.WriteString(n.Text[at:ref.from])
		at = ref.to
		switch {
		case only.Ignored:
			d.silent++
			good = false
		case only.Refused != "":
			d.failAt(n, refs, i, only)
			good = false
		case only.Deferred:
			deferred = ref.name
			out.WriteString(n.Text[ref.from:ref.to])
		case only.isStructure() && !isWhole(n, refs):
			d.failAt(n, refs, i, Resolution{Refused: fmt.Sprintf("${%s} is %s, and cannot be a part of a text", ref.name, only.Node.Kind), Hint: "name a member of it, or write it with nothing around it"})
			good = false
		default:
			out.WriteString(escape(only.text()))
		}
		if !d.checkLength(n, out.Len()) {
			return n, false
		}
	}
	out.WriteString(n.Text[at:])
	if good && !d.spendBudget(n, out.Len()) {
		return n, false
	}
	switch {
	case !good || len(refs) == 0:
		return n, good
	case deferred != "" && f != formString && f != formAny && f != formRaw:
		d.fail(n, Variable, "use a variable of vars or matrix", "${%s} has no value before the scenario runs; want %s", deferred, wanted(f))
		return n, false
	case only.isStructure():
		return d.replace(n, only.Node)
	case deferred == "" && isWhole(n, refs):
		return only.nodeAt(n), true
	}
	return n.scalarAs(out.String(), Scalar, quoted), true
}

// isStructure reports whether the value of a name is a mapping or a list.
func (r Resolution) isStructure() bool {
	return r.Node != nil && (r.Node.Kind == Mapping || r.Node.Kind == Sequence)
}

// isWhole reports whether the text of n is one ${name} and nothing else.
func isWhole(n *Node, refs []reference) bool {
	return len(refs) == 1 && !refs[0].open && refs[0].from == 0 && refs[0].to == len(n.Text)
}

// structure returns the mapping or list that is the value of a ${name}, and any
// other scalar as it is: it may be short for a member.
func (d *decoder) structure(n *Node, refs []reference) (*Node, bool) {
	if !isWhole(n, refs) || d.isFull() {
		return n, true
	}
	if r := d.resolve(refs[0].name, n); r.isStructure() {
		return d.replace(n, r.Node)
	}
	return n, true
}

// replace returns the mapping or list value in the position of n.
func (d *decoder) replace(n, value *Node) (*Node, bool) {
	if err := d.budget.Take(Values, value.size(), 1); err != nil {
		d.Report(n.exceeded(err))
		return n, false
	}
	out := n.scalarAs("", value.Kind, value.style)
	out.Entries, out.Items, out.holes = value.Entries, value.Items, value.holes
	return out, true
}

// checkLength refuses a text that its names make too long.
func (d *decoder) checkLength(n *Node, size int) bool {
	if size > MaxText {
		d.fail(n, Limit, "use shorter values, or fewer", "the text has more than %s bytes with its ${names} filled in", Thousands(MaxText))
		return false
	}
	return true
}

// spendBudget takes a text that was filled in from the budget.
func (d *decoder) spendBudget(n *Node, size int) bool {
	if err := d.budget.Take(Filled, size, 1); err != nil {
		d.Report(n.exceeded(err))
		return false
	}
	return true
}

// failAt points at the i-th reference of a scalar in the source.
func (d *decoder) failAt(n *Node, refs []reference, i int, r Resolution) {
	before := 0
	for _, ref := range refs[:i] {
		if strings.HasPrefix(ref.name, refs[i].name) {
			before++
		}
	}
	line, column := n.locate("${"+refs[i].name, before)
	d.Report(n.doc.problem(line, column, n.Path(), Variable, r.Hint, "%s", r.Refused))
}

// locate finds a text in the source from the node's place on, passing over as
// many finds as skip says. It returns the node's place if it is not there.
func (n *Node) locate(text string, skip int) (line, column int) {
	const most = 200 // lines of a block of text
	from := n.column - 1
	for line := n.line; line <= len(n.doc.lines) && line < n.line+most; line++ {
		source := n.doc.lines[line-1]
		at := byteOffset(source, from)
		from = 0
		for {
			i := strings.Index(source[at:], text)
			if i < 0 {
				break
			}
			at += i
			if at == 0 || source[at-1] != '$' {
				if skip == 0 {
					return line, 1 + utf8.RuneCountInString(source[:at])
				}
				skip--
			}
			at += len(text)
		}
	}
	return n.line, n.column
}

func byteOffset(s string, runes int) int {
	for i := range s {
		if runes == 0 {
			return i
		}
		runes--
	}
	return len(s)
}

// interpolatedKey refuses a name in a key, and reports whether the key is good.
func (d *decoder) interpolatedKey(value *Node) bool {
	if d.resolve == nil || !strings.Contains(value.Key.Text, "${") {
		return true
	}
	for _, name := range References(value.Key.Text) {
		switch r := d.resolve(name, value.Key); {
		case r.InKeys:
			continue
		case r.NearInKeys != "":
			d.Report(value.KeyProblem(Variable, fmt.Sprintf("did you mean %q?", r.NearInKeys), "%s", r.Refused))
		default:
			d.Report(value.KeyProblem(Variable, "write the key out", "${name} is not replaced in keys"))
		}
		return false
	}
	return true
}
