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

// What a file may cost: in continuous integration it may be a stranger's.
const (
	maxSize    = 1 << 20 // bytes
	maxDepth   = 64      // mappings and lists within each other
	maxAliased = 10_000  // nodes that stand for aliases
)

// ParseYAML reads the documents of a file, separated by ---. Documents that
// are empty are left out. The problems are those of the notation: syntax,
// duplicate keys, limits; documents that could be read are returned all the same.
func ParseYAML(file string, data []byte) ([]*Document, Problems) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	top := &Document{File: file, lines: yamlLines(data)}
	if ps := readable(top, data); ps != nil {
		return nil, ps
	}
	var docs []*Document
	var problems Problems
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		root, err := nextYAML(decoder)
		if errors.Is(err, io.EOF) {
			return docs, problems
		}
		if err != nil {
			return docs, append(problems, top.yamlSyntax(err))
		}
		doc := &Document{File: file, lines: top.lines}
		r := &yamlReader{doc: doc, open: map[*yaml.Node]bool{}}
		doc.Root = r.node(root.Content[0], 0)
		problems = append(problems, r.problems...)
		if doc.Root.Kind != Null {
			docs = append(docs, doc)
		}
	}
}

func readable(d *Document, data []byte) Problems {
	if len(data) > maxSize {
		return Problems{d.problem(1, 1, "", Limit, "split it into several files", "the file is %d bytes large; at most %d are read", len(data), maxSize)}
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
	before := yamlLines(data[:good])
	if d.json {
		before = strings.Split(string(data[:good]), "\n")
	}
	column := 1 + utf8.RuneCountInString(before[len(before)-1])
	return Problems{d.problem(len(before), column, "", Syntax, "save the file as UTF-8", "the file is not UTF-8 text")}
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

// yamlLines splits as YAML 1.1 does, so that the parser's line numbers fit.
func yamlLines(data []byte) []string {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(string(data))
	return strings.Split(text, "\n")
}

type yamlReader struct {
	doc      *Document
	problems Problems
	open     map[*yaml.Node]bool // anchors being read, to find one within itself
	aliased  int
	inAlias  int
	full     bool
}

func (r *yamlReader) fail(at *Node, rule Rule, hint, format string, args ...any) {
	r.problems = append(r.problems, at.Problem(rule, hint, format, args...))
}

func (r *yamlReader) node(y *yaml.Node, depth int) *Node {
	n := &Node{doc: r.doc, line: max(1, y.Line), column: max(1, y.Column), Kind: Null}
	r.read(n, y, depth)
	return n
}

// read fills n, which has its place and parents already.
func (r *yamlReader) read(n *Node, y *yaml.Node, depth int) {
	if r.inAlias > 0 {
		if r.aliased++; r.aliased > maxAliased {
			if !r.full {
				r.fail(n, Limit, "write it out", "the aliases of this file stand for more than %d values", maxAliased)
			}
			r.full, n.bad = true, true
			return
		}
	}
	if depth > maxDepth {
		r.fail(n, Limit, "", "more than %d mappings and lists within each other", maxDepth)
		n.bad = true
		return
	}
	if y.Kind != yaml.AliasNode && y.Style&yaml.TaggedStyle != 0 && y.Tag != "!" {
		r.fail(n, Syntax, "leave it out; quote a value to make it text", "tags such as %s are not read", y.Tag)
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
	case yaml.MappingNode:
		n.Kind = Mapping
		r.mapping(n, y, depth)
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
		r.fail(n, Limit, "", "*%s stands within itself", y.Value)
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
		key := &Node{doc: r.doc, line: max(1, y.Content[i].Line), column: max(1, y.Content[i].Column), parent: n}
		switch k := y.Content[i]; {
		case k.Kind == yaml.ScalarNode && k.Tag == "!!merge":
			r.fail(key, Syntax, "write the members out, or use include", "merge keys (<<) are not read")
			n.holes = true
			continue
		case k.Kind != yaml.ScalarNode:
			r.fail(key, Syntax, "quote a ${name} or a text that begins with { or [", "a key is a text")
			n.holes = true
			continue
		default:
			r.read(key, k, depth)
			key.Kind, key.Text = Scalar, k.Value
		}
		value := r.child(n, key, 0, y.Content[i+1], depth+1)
		if first := seen[key.Text]; first != nil {
			r.problems = append(r.problems, value.KeyProblem(Duplicate, "keep one",
				"duplicate key %q, first in line %d", key.Text, first.line))
			continue
		}
		seen[key.Text] = key
		n.Entries = append(n.Entries, Entry{Key: key, Value: value})
	}
}
