package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// parseJSON reads one JSON value.
func (b *Budget) parseJSON(name string, data []byte) (*Node, Problems) {
	doc := &document{file: name, json: true}
	if ps := b.readable(doc, data); ps != nil {
		return nil, ps
	}
	doc.lines = doc.split(data)
	r := &jsonReader{doc: doc, data: data, tokens: json.NewDecoder(bytes.NewReader(data)), line: 1, column: 1}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, Problems{r.syntax(err)}
	}
	r.tokens.UseNumber()
	root := &Node{doc: doc, line: 1, column: 1}
	r.value(root, r.next(), 0)
	return root, r.Problems
}

type jsonReader struct {
	Problems
	doc    *document
	data   []byte
	tokens *json.Decoder

	offset       int // up to which line and column are counted
	line, column int
}

func (r *jsonReader) syntax(err error) Problem {
	at := len(r.data)
	text := err.Error()
	var se *json.SyntaxError
	if errors.As(err, &se) {
		at = max(0, min(int(se.Offset)-1, len(r.data)))
	}
	if strings.HasPrefix(text, "unexpected end") {
		at = len(bytes.TrimRight(r.data, " \t\r\n"))
	}
	r.moveTo(at)
	return r.doc.problem(r.line, r.column, "", Syntax, "", "not JSON: %s", text)
}

func (r *jsonReader) moveTo(offset int) {
	for r.offset < offset {
		c, size := utf8.DecodeRune(r.data[r.offset:])
		r.offset += size
		r.column++
		if c == '\n' {
			r.line, r.column = r.line+1, 1
		}
	}
}

// token is a token and the bytes it was written in.
type token struct {
	value any
	raw   []byte
	line  int
	col   int
}

// next reads a token. The whole text was found to be valid before, so there is one.
func (r *jsonReader) next() token {
	start := int(r.tokens.InputOffset())
	t, err := r.tokens.Token()
	if errors.Is(err, io.EOF) {
		return token{line: r.line, col: r.column}
	}
	end := int(r.tokens.InputOffset())
	for start < end && strings.IndexByte(" \t\r\n,:", r.data[start]) >= 0 {
		start++
	}
	r.moveTo(start)
	return token{value: t, raw: r.data[start:end], line: r.line, col: r.column}
}

func (r *jsonReader) value(n *Node, t token, depth int) {
	n.line, n.column = t.line, t.col
	if depth == MaxDepth+1 {
		r.Report(n.Problem(Limit, "", "more than %d objects and arrays within each other", MaxDepth))
		n.bad = true
	}
	switch v := t.value.(type) {
	case json.Delim:
		if v == '{' {
			n.Kind = Mapping
			r.object(n, depth)
			return
		}
		n.Kind = Sequence
		for i := 0; r.tokens.More(); i++ {
			r.keep(depth, (&Node{doc: r.doc}).adopt(n, nil, i), func(item *Node) { n.Items = append(n.Items, item) })
		}
		r.next()
	case string:
		n.Text, n.style = v, quoted
		r.surrogates(n, t.raw)
	case nil:
		n.Kind, n.Text = Null, "null"
	default:
		n.Text = string(t.raw)
	}
}

// keep reads a child and, unless it lies too deep, hands it to its parent.
func (r *jsonReader) keep(depth int, child *Node, add func(*Node)) {
	r.value(child, r.next(), depth+1)
	if depth <= MaxDepth {
		add(child)
	}
}

func (r *jsonReader) object(n *Node, depth int) {
	seen := map[string]*Node{}
	for r.tokens.More() {
		t := r.next()
		name, _ := t.value.(string)
		key := &Node{doc: r.doc, Parent: n, Text: name, style: quoted, line: t.line, column: t.col}
		r.surrogates(key, t.raw)
		r.keep(depth, (&Node{doc: r.doc}).adopt(n, key, 0), func(value *Node) {
			if first := seen[name]; first != nil {
				r.Report(value.KeyProblem(Duplicate, "keep one", "duplicate key %q, first in line %d", name, first.line))
				return
			}
			seen[name] = key
			n.Entries = append(n.Entries, Entry{Key: key, Value: value})
		})
	}
	r.next()
}

// surrogates refuses half a surrogate pair, which the decoder replaces silently.
func (r *jsonReader) surrogates(n *Node, raw []byte) {
	if !strings.ContainsRune(n.Text, utf8.RuneError) || bytes.ContainsRune(raw, utf8.RuneError) {
		return
	}
	if !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
		r.Report(n.Problem(Syntax, "", "not JSON: half of a surrogate pair in a text"))
	}
}
