package strict

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// CheckValue reports every problem of a Go value that a file with the same content
// would have: the same rules, words and near misses, with the path of the member
// in the place of a line. A member with its zero value counts as absent, and a key
// of an open mapping is taken as it is, like one in quotes. The path of the value
// itself comes first, empty for none. The error is a Problems.
func CheckValue(path string, value any) error {
	v := reflect.Indirect(reflect.ValueOf(value))
	if !v.IsValid() {
		return nil
	}
	d := &decoder{grammar: grammarOfTypes(), budget: NewBudget(context.Background())}
	w := &nodeWriter{decoder: d, doc: &document{json: true}}
	root := &Node{doc: w.doc}
	w.value(root, v, 0)
	d.value(root, reflect.New(v.Type()).Elem(), tags{})
	problems := d.Problems
	for n := range problems {
		p := &problems[n]
		p.File, p.Line, p.Column, p.Source = "", 0, 0, ""
		p.Path = joinPath(path, p.Path)
	}
	return problems.Err()
}

func joinPath(path, rest string) string {
	switch {
	case path == "" || rest == "":
		return path + rest
	case rest[0] == '[':
		return path + rest
	}
	return path + "." + rest
}

// nodeWriter writes a Go value as the document that it would be read from.
type nodeWriter struct {
	*decoder
	doc *document
}

func (w *nodeWriter) value(n *Node, v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			n.Kind, n.Text = Null, "null"
			return
		}
		v = v.Elem()
	}
	if depth > MaxDepth {
		w.fail(n, Limit, "", "more than %d values within each other", MaxDepth)
		n.bad = true
		return
	}
	switch f := w.grammar.form(v.Type()); {
	case v.Type() == reflect.TypeFor[json.Number]():
		n.Text = v.String()
	case f == formText:
		w.text(n, v)
	case f == formRaw, f == formCustom, f == formStruct && w.grammar.shape(v.Type()).json:
		w.json(n, v)
	case f == formStruct:
		w.mapping(n, v, depth)
	case f == formMap:
		w.open(n, v, depth)
	case f == formList:
		n.Kind = Sequence
		for i := range v.Len() {
			item := (&Node{doc: w.doc}).adopt(n, nil, i)
			w.value(item, v.Index(i), depth+1)
			n.Items = append(n.Items, item)
		}
	default:
		w.scalar(n, v)
	}
}

func (w *nodeWriter) scalar(n *Node, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		n.Text, n.style = v.String(), quoted
	case v.Kind() == reflect.Bool:
		n.Text = strconv.FormatBool(v.Bool())
	case v.CanInt():
		n.Text = strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		n.Text = strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		n.Text = strconv.FormatFloat(v.Float(), 'g', -1, 64)
	default:
		w.unwritable(n, fmt.Errorf("a %s has no form in a file", v.Type()))
	}
}

func (w *nodeWriter) unwritable(n *Node, err error) {
	w.fail(n, Value, "", "cannot be written: %v", err)
	n.bad = true
}

// text writes a value that is read from a text.
func (w *nodeWriter) text(n *Node, v reflect.Value) {
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok {
		w.json(n, v)
		return
	}
	text, err := m.MarshalText()
	if err != nil {
		w.unwritable(n, err)
		return
	}
	n.Text, n.style = string(text), quoted
}

// json writes a value that knows its own JSON.
func (w *nodeWriter) json(n *Node, v reflect.Value) {
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		w.unwritable(n, err)
		return
	}
	from, problems := NewBudget(context.Background()).parseJSON("", raw)
	if from == nil || len(problems) > 0 {
		w.unwritable(n, problems)
		return
	}
	n.Kind, n.Text, n.Entries, n.Items, n.style = from.Kind, from.Text, from.Entries, from.Items, from.style
	for _, e := range n.Entries {
		e.Key.Parent, e.Value.Parent, e.Key.style = n, n, free
	}
	for _, item := range n.Items {
		item.Parent = n
	}
}

// mapping writes a struct: its members that are not zero.
func (w *nodeWriter) mapping(n *Node, v reflect.Value, depth int) {
	s := w.grammar.shape(v.Type())
	if m := s.short; m != nil && m.name == "" && !isAbsent(v.FieldByIndex(m.index)) {
		w.value(n, v.FieldByIndex(m.index), depth)
		return
	}
	n.Kind = Mapping
	for _, m := range s.members {
		if f := v.FieldByIndex(m.index); m.name != "" && !isAbsent(f) {
			w.entry(n, m.name, f, depth)
		}
	}
}

// isAbsent reports whether a member has nothing that a file would say.
func isAbsent(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func (w *nodeWriter) open(n *Node, v reflect.Value, depth int) {
	n.Kind = Mapping
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		w.entry(n, key.String(), v.MapIndex(key), depth)
	}
}

func (w *nodeWriter) entry(n *Node, name string, v reflect.Value, depth int) {
	e := new(struct{ key, value Node })
	e.key = Node{doc: w.doc, Parent: n, Text: name, style: free}
	e.value = Node{doc: w.doc, Parent: n, Key: &e.key}
	w.value(&e.value, v, depth+1)
	n.Entries = append(n.Entries, Entry{Key: &e.key, Value: &e.value})
}
