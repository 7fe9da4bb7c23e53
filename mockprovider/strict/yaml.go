package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parse reads the documents of a text and returns the root of each: those of a
// YAML file are separated by ---, those that are empty are left out, and JSON is
// one. The problems are those of the notation: syntax, duplicate keys, limits;
// documents that could be read are returned all the same, none of a text that
// exceeds the budget.
func Parse(file string, data []byte, o Options) ([]*Node, Problems) {
	b := o.complete().Budget
	if !o.JSON {
		return b.parseYAML(file, data)
	}
	root, problems := b.parseJSON(file, data)
	if root == nil {
		return nil, problems
	}
	return []*Node{root}, problems
}

func (b *Budget) parseYAML(file string, data []byte) ([]*Node, Problems) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	top := &document{file: file}
	if ps := b.readable(top, data); ps != nil {
		return nil, ps
	}
	top.lines = top.split(data)
	var docs []*Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	r := &yamlReader{budget: b, open: map[*yaml.Node]bool{}}
	for {
		root, err := nextYAML(decoder)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.Report(top.yamlSyntax(err))
			break
		}
		doc := &document{file: file, lines: top.lines}
		r.doc, r.aliased, r.full, r.data = doc, 0, false, false
		top := r.node(root.Content[0])
		if r.err = errors.Join(r.err, b.Context.Err()); r.err != nil {
			return nil, append(r.Problems, top.exceeded(r.err))
		}
		if top.Kind != Null {
			docs = append(docs, top)
		}
	}
	for _, take := range []struct {
		Resource
		n int
	}{{Values, r.counts[Values]}, {Data, r.counts[Data]}} {
		if err := b.Take(take.Resource, take.n, 1); err != nil && len(docs) > 0 {
			r.Report(docs[0].exceeded(err))
			docs = nil
		}
	}
	return docs, r.Problems
}

// readable takes a file from the budget and refuses what cannot be a text.
func (b *Budget) readable(d *document, data []byte) Problems {
	refuse := func(rule Rule, at int, hint, text string) Problems {
		for at > 0 && !utf8.RuneStart(data[at]) {
			at--
		}
		d.lines = d.split(data[:at])
		line := d.lines[len(d.lines)-1]
		return Problems{d.problem(len(d.lines), 1+utf8.RuneCountInString(line), "", rule, hint, "%s", text)}
	}
	for _, r := range []Resource{Files, Bytes} {
		n := 1
		if r == Bytes {
			n = len(data)
		}
		var limit Problem
		switch err := b.Take(r, n, 1); {
		case errors.As(err, &limit):
			return refuse(Limit, 0, limit.Hint, limit.Message)
		case err != nil:
			return refuse(Limit, 0, "", err.Error())
		}
	}
	if r, at := b.scan(data); at >= 0 {
		a := b.Allowances[r]
		return refuse(Limit, at, a.hint, a.tooMany(0).Message)
	}
	if utf8.Valid(data) {
		return nil
	}
	good := 0
	for good < len(data) {
		r, size := utf8.DecodeRune(data[good:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		good += size
	}
	return refuse(Syntax, good, "save the file as UTF-8", "the file is not UTF-8 text")
}

// nextYAML keeps a defect of the parser from taking the process down.
func nextYAML(d *yaml.Decoder) (n *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: cannot be read: %v", r)
		}
	}()
	n = &yaml.Node{}
	if err = d.Decode(n); err == nil && len(n.Content) == 0 {
		err = io.EOF
	}
	return n, err
}

// split splits a text into lines: of YAML as version 1.1 does, so that the
// parser's line numbers fit.
func (d *document) split(data []byte) []string {
	if d.json {
		return strings.Split(string(data), "\n")
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(data))
	return strings.Split(text, "\n")
}

type yamlReader struct {
	Problems
	budget  *Budget
	doc     *document
	open    map[*yaml.Node]bool // anchors being read, to find one within itself
	counts  [Data + 1]int       // Values and Data of the file
	data    bool                // within plain data
	aliased int
	inAlias int
	full    bool  // the aliases are
	err     error // the context has ended
}

func (r *yamlReader) fail(at *Node, rule Rule, hint, format string, args ...any) {
	r.Report(at.Problem(rule, hint, format, args...))
}

func (r *yamlReader) node(y *yaml.Node) *Node {
	n := &Node{doc: r.doc, line: max(1, y.Line), column: max(1, y.Column), Kind: Null}
	r.read(n, y, 0)
	return n
}

// count counts a value, and looks at the context now and then.
func (r *yamlReader) count() {
	const often = 1 << 12
	which := Values
	if r.data {
		which = Data
	}
	if r.counts[which]++; r.counts[which]%often == 0 && r.err == nil {
		r.err = r.budget.Context.Err()
	}
}

// read fills n, which has its place and parents already.
func (r *yamlReader) read(n *Node, y *yaml.Node, depth int) {
	if r.count(); r.err != nil {
		n.bad = true
		return
	}
	if r.inAlias > 0 {
		if r.aliased++; r.aliased > MaxAliased {
			if !r.full {
				r.fail(n, Limit, "write it out", "the aliases of this file repeat more than %d values", MaxAliased)
			}
			r.full, n.bad = true, true
			return
		}
	}
	if depth > MaxDepth {
		r.fail(n, Limit, "", "more than %d mappings and lists within each other", MaxDepth)
		n.bad = true
		return
	}
	if y.Kind != yaml.AliasNode && y.Style&yaml.TaggedStyle != 0 && y.Tag != "!" {
		r.fail(n, Syntax, "leave it out; quote a value to make it text", "tags such as %s are not supported", y.Tag)
		n.bad = true
	}
	if y.Anchor != "" && y.Kind != yaml.AliasNode {
		r.open[y] = true
		defer delete(r.open, y)
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.Text, n.Kind, n.style = y.Value, Scalar, quoted
		if y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			n.style = plain
			if isNull(y.Value) {
				n.Kind = Null
			}
		}
	case yaml.AliasNode:
		r.alias(n, y, depth)
	case yaml.SequenceNode:
		n.Kind = Sequence
		for i, item := range y.Content {
			n.Items = append(n.Items, r.child(n, nil, i, item, depth+1))
		}
		r.release(y)
	case yaml.MappingNode:
		n.Kind = Mapping
		r.mapping(n, y, depth)
		r.release(y)
	}
}

// release lets go of what was read, but for what an alias may still refer to:
// the parser's nodes are as large as ours.
func (r *yamlReader) release(y *yaml.Node) {
	if len(r.open) == 0 {
		y.Content = nil
	}
}

func (r *yamlReader) child(parent, key *Node, index int, y *yaml.Node, depth int) *Node {
	n := &Node{doc: r.doc, line: max(1, y.Line), column: max(1, y.Column), Kind: Null}
	n.adopt(parent, key, index)
	r.read(n, y, depth)
	return n
}

func (r *yamlReader) alias(n *Node, y *yaml.Node, depth int) {
	if r.open[y.Alias] {
		r.fail(n, Limit, "", "*%s contains itself", y.Value)
		n.bad = true
		return
	}
	r.inAlias++
	n.line, n.column = max(1, y.Alias.Line), max(1, y.Alias.Column)
	r.read(n, y.Alias, depth)
	r.inAlias--
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node, depth int) {
	seen := make(map[string]*Node, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := &Node{doc: r.doc, line: max(1, y.Content[i].Line), column: max(1, y.Content[i].Column), Parent: n}
		switch k := y.Content[i]; {
		case k.Kind == yaml.ScalarNode && k.Tag == "!!merge":
			r.fail(key, Syntax, "write the members out, or use include", "merge keys (<<) are not supported")
			n.holes = true
			continue
		case k.Kind != yaml.ScalarNode:
			r.fail(key, Syntax, "quote a ${name} or a text that begins with { or [", "a key must be a text")
			n.holes = true
			continue
		default:
			r.read(key, k, depth)
			key.Kind, key.Text = Scalar, k.Value
		}
		outer := r.data
		r.data = outer || depth == 0 && isData(key.Text)
		value := r.child(n, key, 0, y.Content[i+1], depth+1)
		r.data = outer
		if first := seen[key.Text]; first != nil {
			r.reportLazily(func() Problem {
				return value.KeyProblem(Duplicate, "keep one", "duplicate key %q, first in line %d", key.Text, first.line)
			})
			continue
		}
		seen[key.Text] = key
		n.Entries = append(n.Entries, Entry{Key: key, Value: value})
	}
}
