package strict

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
)

// checker and memberChecker are types with rules on their members: see Read.
type checker interface{ Check() error }

type memberChecker interface{ CheckMembers() error }

// unmarshaler reads a form of its own from a node. Its type should be a schemer
// too.
type unmarshaler interface{ UnmarshalStrict(n *Node, r *Reader) }

// Member is err with the name of the struct's member it is about, which may be
// a path.
func Member(name string, err error) error { return &memberError{name, err} }

// MemberOf returns the first member that an error is about, and what is wrong
// with it; "" for an error that is about none.
func MemberOf(err error) (name string, wrong error) {
	var m *memberError
	if !errors.As(err, &m) {
		return "", err
	}
	return m.name, m.err
}

type memberError struct {
	name string
	err  error
}

func (e *memberError) Error() string { return e.name + ": " + e.err.Error() }

func (e *memberError) Unwrap() error { return e.err }

// Decode reads the node into the value that into points to and returns every
// problem there is. After a problem the value is incomplete.
func (n *Node) Decode(into any, o Options) Problems {
	o = o.complete()
	d := &decoder{resolve: o.Resolve, budget: o.Budget, grammar: grammarOfTypes(), shared: o.Shared}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return Problems{n.Problem(Value, "", "cannot be read into a %T", into)}
	}
	d.value(n, v.Elem(), tags{})
	return d.Problems
}

// complete returns the options with a budget.
func (o Options) complete() Options {
	if o.Budget == nil {
		o.Budget = NewBudget(context.Background())
	}
	return o
}

type decoder struct {
	Problems
	silent  int // values left out because of problems reported elsewhere
	grammar *grammar
	resolve func(name string, at *Node) Resolution
	budget  *Budget
	shared  *Shared
}

func (d *decoder) fail(n *Node, rule Rule, hint, format string, args ...any) {
	d.reportLazily(func() Problem { return n.Problem(rule, hint, format, args...) })
}

// failed counts what could not be read so far.
func (d *decoder) failed() int { return d.count() + d.silent }

func (d *decoder) value(n *Node, v reflect.Value, t tags) {
	if n.bad {
		d.silent++
		return
	}
	if d.shared.isFixed(n) {
		d.readShared(n, v, t)
		return
	}
	d.read(n, v, t)
}

func (d *decoder) read(n *Node, v reflect.Value, t tags) {
	if v.Kind() == reflect.Pointer {
		if n.Kind == Null && !t.empty {
			d.reportMissing(n, formOf(v.Type().Elem()))
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	f := formOf(v.Type())
	if f != formCustom {
		var ok bool
		if n, ok = d.interpolate(n, f); !ok {
			return
		}
	}
	switch f {
	case formCustom:
		v.Addr().Interface().(unmarshaler).UnmarshalStrict(n, &Reader{Problems: &d.Problems, d: d})
	case formAny:
		if value, ok := d.readAny(n, t); ok && value != nil {
			v.Set(reflect.ValueOf(value))
		}
	case formRaw:
		d.raw(n, v, t)
	case formStruct:
		d.mapping(n, v, t)
	case formMap:
		d.open(n, v, t)
	case formList:
		d.list(n, v, t)
	case formNone:
		d.fail(n, Value, "", "cannot be read into a %s", v.Type())
	default:
		d.scalar(n, v, f, t)
	}
}

func (d *decoder) reportMissing(n *Node, f form) {
	d.Report(n.KeyProblem(Type, "give it a value, or leave the key out", "want %s, got nothing", wanted(f)))
}

func wanted(f form) string {
	switch f {
	case formString, formText:
		return "a text"
	case formBool:
		return "true or false"
	case formInteger:
		return "an integer"
	case formNumber:
		return "a number"
	case formStruct, formMap:
		return "a mapping"
	case formList:
		return "a list"
	}
	return "a value"
}

// reportKind reports a value that is not the mapping or list that is wanted. Of a
// ${name} that is the fault of the name.
func (d *decoder) reportKind(n *Node, hint, want string) {
	rule := Type
	if d.deferred(n) {
		rule, hint = Variable, "write it out, or name an axis of the matrix whose values are such"
	}
	d.fail(n, rule, hint, "want %s, got %s", want, n.Kind)
}

// mapping reads a struct.
func (d *decoder) mapping(n *Node, v reflect.Value, t tags) {
	s := d.grammar.shape(v.Type())
	for _, index := range s.nodes {
		v.FieldByIndex(index).Set(reflect.ValueOf(n))
	}
	for _, index := range s.places {
		v.FieldByIndex(index).Set(reflect.ValueOf(n.Place()))
	}
	before := d.failed()
	switch {
	case n.Kind == Mapping:
		d.members(n, v, s)
	case n.Kind == Null && t.empty:
	case n.Kind == Null:
		d.reportMissing(n, formStruct)
	case s.short != nil && (n.Kind == Scalar || formOf(base(s.short.typ)) == formList || formOf(base(s.short.typ)) == formAny):
		d.value(n, v.FieldByIndex(s.short.index), s.short.tags)
	default:
		d.reportKind(n, keys(s), "a mapping")
	}
	if d.failed() > before {
		d.checkMembers(n, v)
		return
	}
	if c, ok := v.Addr().Interface().(checker); ok {
		d.check(n, c.Check())
		return
	}
	d.checkMembers(n, v)
}

// checkMembers asks for what is wrong with members that were read, where others were
// not.
func (d *decoder) checkMembers(n *Node, v reflect.Value) {
	c, ok := v.Addr().Interface().(memberChecker)
	if !ok || d.isFull() {
		return
	}
	for _, p := range ProblemsAt(n, c.CheckMembers()) {
		if !slices.ContainsFunc(d.Problems, func(known Problem) bool { return known.Path == p.Path }) {
			d.Report(p)
		}
	}
}

func base(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func keys(s *shape) string {
	if len(s.names) > 12 {
		return "its keys are " + strings.Join(s.names[:12], ", ") + ", …"
	}
	return "its keys are " + strings.Join(s.names, ", ")
}

func (d *decoder) members(n *Node, v reflect.Value, s *shape) {
	unknown := 0
	if n.holes {
		unknown++
	}
	for _, e := range n.Entries {
		m := s.byName[e.Key.Text]
		if m == nil {
			unknown++
			d.unknown(e.Value, s.names)
			continue
		}
		d.value(e.Value, v.FieldByIndex(m.index), m.tags)
	}
	for _, g := range s.groups {
		d.group(n, g, unknown)
	}
	if unknown > 0 {
		return // the missing member is most likely the misspelt one
	}
	for _, m := range s.members {
		switch own := n.Get(m.name); {
		case own == nil && m.required && m.isDue(n):
			d.fail(n, Required, remedy(&m), "%q is missing", m.name)
		case own != nil && m.with != "" && n.Get(m.with) == nil:
			d.Report(own.KeyProblem(Required, "add "+m.with+", or leave "+m.name+" out", "%q goes together with %q, which is missing", m.name, m.with))
		}
	}
}

// remedy says what a member that is missing means, and which values it may have.
func remedy(m *member) string {
	if len(m.enum) == 0 {
		return m.doc
	}
	return m.doc + ": " + strings.Join(m.enum, ", ")
}

// unknown reports a key without the key in its path: the mapping is the path.
func (d *decoder) unknown(n *Node, names []string) {
	d.reportLazily(func() Problem {
		p := n.KeyProblem(Unknown, Suggest(n.Key.Text, names), "unknown key %q", n.Key.Text)
		p.Path = pathOf(n.Parent)
		return p
	})
}

func (d *decoder) group(n *Node, g group, unknown int) {
	var found []*Node
	for _, e := range n.Entries {
		if slices.Contains(g.keys, e.Key.Text) {
			found = append(found, e.Value)
		}
	}
	switch {
	case len(found) == 0 && !g.optional && unknown == 0:
		d.fail(n, OneOf, "", "missing %s: want one of %s", g.name, strings.Join(g.keys, ", "))
	case len(found) > 1:
		p := found[1].KeyProblem(OneOf, "keep one of them",
			"want only one %s here: %s is a second one, after %s", g.name, found[1].Key.Text, found[0].Key.Text)
		p.Path = pathOf(n)
		d.Report(p)
	}
}

func (d *decoder) check(n *Node, err error) {
	for _, p := range ProblemsAt(n, err) {
		d.Report(p)
	}
}

// open reads a mapping whose keys are not fixed.
func (d *decoder) open(n *Node, v reflect.Value, t tags) {
	if n.Kind == Null {
		d.reportMissing(n, formMap)
		return
	}
	if n.Kind != Mapping {
		d.reportKind(n, "write NAME: VALUE, each with a name of its own", "a mapping")
		return
	}
	typ := v.Type()
	v.Set(reflect.MakeMapWithSize(typ, len(n.Entries)))
	words, operator := vocabulary.Of(t.vocab), t.match == "true" && isOperator(n)
	for _, e := range n.Entries {
		if !d.interpolatedKey(e.Value) || !operator && !d.known(e.Value, words) {
			continue
		}
		item := reflect.New(typ.Elem()).Elem()
		inner := t
		inner.vocab = ""
		if of := typeOf(words, e.Key.Text, t); of != "" {
			inner.of = of
		}
		if typ.Elem().Kind() == reflect.Pointer && e.Value.Kind == Null && t.empty {
			if e.Value.Text == "" { // a key without a value; a written null leaves nil
				item.Set(reflect.New(typ.Elem().Elem()))
			}
			v.SetMapIndex(reflect.ValueOf(e.Key.Text).Convert(typ.Key()), item)
			continue
		}
		if operator {
			if value, ok := d.operator(e.Value, t); ok && value != nil {
				item.Set(reflect.ValueOf(value))
			}
		} else {
			d.value(e.Value, item, inner)
		}
		v.SetMapIndex(reflect.ValueOf(e.Key.Text).Convert(typ.Key()), item)
	}
}

func (d *decoder) list(n *Node, v reflect.Value, t tags) {
	items := n.Items
	switch {
	case n.Kind == Sequence:
	case t.single && n.Kind != Null:
		items = []*Node{n}
	case n.Kind == Null:
		d.reportMissing(n, formList)
		return
	default:
		d.reportKind(n, asList(n), "a list")
		return
	}
	t.single = false
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		d.value(item, v.Index(i), t)
	}
}

func shortenText(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	} else if s == "" {
		return ".."
	}
	return s
}

func (d *decoder) raw(n *Node, v reflect.Value, t tags) {
	value, ok := d.readAny(n, t)
	if !ok {
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		d.fail(n, Value, "", "cannot be JSON: %v", err)
		return
	}
	v.SetBytes(text)
}
