package strict

import (
	"strings"
	"unicode/utf8"
)

// Resolver says what ${name} stands for in the scalar at.
type Resolver func(name string, at *Node) Resolution

// Resolution is a Resolver's answer. Make one with Static, StaticText,
// Deferred, Refused or Ignored.
type Resolution struct {
	text          string
	kind          Kind
	style         style
	deferred      bool
	ignored       bool
	message, hint string
}

// Static puts the scalar n of a file in the place of the name. Alone in its
// scalar, a name keeps n's type: a number stays a number.
func Static(n *Node) Resolution { return Resolution{text: n.Text, kind: n.Kind, style: n.style} }

// StaticText puts a text from outside the file in the place of the name. It
// may become whatever type is wanted.
func StaticText(s string) Resolution { return Resolution{text: s, style: free} }

// Deferred leaves ${name} in the text, for Expand to replace later.
func Deferred() Resolution { return Resolution{deferred: true} }

// Refused is a name that is unknown, or that cannot stand where it does.
func Refused(message, hint string) Resolution { return Resolution{message: message, hint: hint} }

// Ignored is a name that is wrong for a reason that was reported elsewhere.
func Ignored() Resolution { return Resolution{ignored: true} }

// Interpolate makes ${name} in scalars stand for what r says, after the file
// was parsed, so quoting and places stay as written. A name that is deferred
// can stand only where a text or anything is wanted. A text that was read this
// way is a template: it keeps $${, which stands for ${, and deferred names,
// until Expand.
func Interpolate(r Resolver) Option { return func(d *decoder) { d.resolve = r } }

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
	if d.resolve == nil || n.Kind != Scalar || !(f.scalar() || f == formAny || f == formRaw) || !strings.Contains(n.Text, "${") {
		return n, true
	}
	refs := references(n.Text)
	if len(refs) > 0 && d.IsFull() {
		d.more++ // what a name could have meant is not looked for in vain
		return n, false
	}
	var out strings.Builder
	at, good, deferred := 0, true, ""
	var only Resolution
	for i, ref := range refs {
		if ref.open {
			d.failAt(n, refs, i, Resolution{message: "${ without its }", hint: "write $${ for the two characters"})
			return n, false
		}
		only = d.resolve(ref.name, n)
		out.WriteString(n.Text[at:ref.from])
		at = ref.to
		switch {
		case only.ignored:
			d.silent++
			good = false
		case only.message != "":
			d.failAt(n, refs, i, only)
			good = false
		case only.deferred:
			deferred = ref.name
			out.WriteString(n.Text[ref.from:ref.to])
		default:
			out.WriteString(escape(only.text))
		}
		if !d.fits(n, out.Len()) {
			return n, false
		}
	}
	out.WriteString(n.Text[at:])
	if good && !d.affords(n, out.Len()) {
		return n, false
	}
	switch {
	case !good || len(refs) == 0:
		return n, good
	case deferred != "" && f != formString && f != formAny && f != formRaw:
		d.fail(n, Variable, "use a variable of vars or matrix", "${%s} is known only while the scenario runs; %s is wanted here before", deferred, wanted(f))
		return n, false
	case deferred == "" && len(refs) == 1 && refs[0].from == 0 && refs[0].to == len(n.Text):
		return n.as(escape(only.text), only.kind, only.style), true
	}
	return n.as(out.String(), Scalar, quoted), true
}

// fits refuses a text that its names make too long.
func (d *decoder) fits(n *Node, size int) bool {
	if size > MaxText {
		d.fail(n, Limit, "use shorter values, or fewer", "the text has more than %s bytes with its ${names} filled in", Thousands(MaxText))
		return false
	}
	return true
}

// affords takes a text that was filled in from the budget.
func (d *decoder) affords(n *Node, size int) bool {
	if err := d.budget.Take(Filled, size); err != nil {
		d.Report(n.Exceeded(err))
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
	d.Report(n.doc.problem(line, column, n.Path(), Variable, r.hint, "%s", r.message))
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
	if d.resolve == nil || !strings.Contains(value.key.Text, "${") {
		return true
	}
	d.Report(value.KeyProblem(Variable, "write the key out", "${name} is not replaced in keys"))
	return false
}
