package strict

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// tags is what the tags of a struct member ask of its value. They hold for the
// items of a list and the values of a mapping as well.
type tags struct {
	enum     []string
	empty    bool
	single   bool
	vocab    string
	match    string // "", "true", "absent", "param", "edit"
	of       string
	min, max *float64
}

// member is a struct member that has a key, or that is filled by a short form.
type member struct {
	tags
	name     string // "" for a member that only the short form fills
	doc      string
	example  string
	index    []int
	typ      reflect.Type
	required bool
	with     string // key without which it is refused, or not required
	unless   string // key with which it is not required
	short    bool
	group    string
}

// isDue reports whether a member that is required is so in a mapping with those
// keys.
func (m *member) isDue(n *Node) bool {
	return (m.with == "" || n.Get(m.with) != nil) && (m.unless == "" || n.Get(m.unless) == nil)
}

// shape is a struct type as a mapping.
type shape struct {
	members []member
	names   []string // keys, in the struct's order
	byName  map[string]*member
	short   *member
	groups  []group
	nodes   [][]int // members that take the node
	places  [][]int // members that take its place
	json    bool    // its values write their own JSON
}

type group struct {
	name     string
	optional bool
	keys     []string
}

// grammar keeps what was learnt of Go types.
type grammar struct{ shapes, forms sync.Map }

// grammarOfTypes is the grammar that all readings share: there are only so many
// types.
var grammarOfTypes = sync.OnceValue(func() *grammar { return &grammar{} })

func (g *grammar) shape(t reflect.Type) *shape {
	if s, ok := g.shapes.Load(t); ok {
		return s.(*shape)
	}
	s, _ := g.shapes.LoadOrStore(t, shapeOf(t))
	return s.(*shape)
}

// form is formOf, looked up once for a type.
func (g *grammar) form(t reflect.Type) form {
	if f, ok := g.forms.Load(t); ok {
		return f.(form)
	}
	f := formOf(t)
	g.forms.Store(t, f)
	return f
}

func shapeOf(t reflect.Type) *shape {
	s := &shape{byName: map[string]*member{}, json: t.Implements(reflect.TypeFor[json.Marshaler]())}
	s.add(t, nil)
	for i := range s.members {
		m := &s.members[i]
		if m.short {
			s.short = m
		}
		if m.name == "" {
			continue
		}
		s.names = append(s.names, m.name)
		s.byName[m.name] = m
		s.addMember(m)
	}
	return s
}

func (s *shape) addMember(m *member) {
	if m.group == "" {
		return
	}
	names, optional := strings.CutSuffix(m.group, ",optional")
	for name := range strings.SplitSeq(names, "+") {
		i := slices.IndexFunc(s.groups, func(g group) bool { return g.name == name })
		if i < 0 {
			s.groups = append(s.groups, group{name: name})
			i = len(s.groups) - 1
		}
		s.groups[i].keys = append(s.groups[i].keys, m.name)
		s.groups[i].optional = s.groups[i].optional || optional
	}
}

func (s *shape) add(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(at), i)
		m := parseTags(string(f.Tag))
		m.enum = enumOf(f.Type, m.enum)
		m.index, m.typ = index, f.Type
		switch {
		case f.Anonymous && m.name == "" && f.Type.Kind() == reflect.Struct:
			s.add(f.Type, index)
			continue
		case !f.IsExported():
			continue
		case m.name == "-" || m.name == "":
			switch f.Type {
			case reflect.TypeFor[*Node]():
				s.nodes = append(s.nodes, index)
			case reflect.TypeFor[Place]():
				s.places = append(s.places, index)
			}
			if !m.short {
				continue
			}
			m.name = ""
		}
		s.members = append(s.members, m)
	}
}

// parseTags reads `key:"value" ..` once, where reflect.StructTag.Get would read
// the long ones again for each key.
func parseTags(tag string) member {
	var m member
	for tag != "" {
		key, rest, ok := strings.Cut(strings.TrimLeft(tag, " "), `:"`)
		end := closingQuote(rest)
		if !ok || end < 0 {
			break
		}
		value := rest[:end]
		if strings.Contains(value, `\`) {
			value, _ = strconv.Unquote(`"` + value + `"`)
		}
		tag = rest[end+1:]
		switch key {
		case "json":
			m.name, _, _ = strings.Cut(value, ",")
		case "doc":
			m.doc = value
		case "example":
			m.example = value
		case "enum":
			m.enum = strings.Split(value, ",")
		case "required":
			m.required = value == "true"
		case "with":
			m.with = value
		case "unless":
			m.unless = value
		case "short":
			m.short = value == "true"
		case "empty":
			m.empty = value == "true"
		case "single":
			m.single = value == "true"
		case "oneof":
			m.group = value
		case "vocab":
			m.vocab = value
		case "match":
			m.match = value
		case "of":
			m.of = value
		case "min":
			m.min = bound(value)
		case "max":
			m.max = bound(value)
		}
	}
	return m
}

// enumerated is a string type that knows its values, as those of package protocol do.
// The group is what the tag enum:"@group" names, "" where the member has no such tag.
type enumerated interface{ Values(group string) []string }

// ValuesOf returns the values that a struct's field may have, or each item of it,
// nil if any may be.
func ValuesOf(f reflect.StructField) []string {
	return enumOf(f.Type, parseTags(string(f.Tag)).enum)
}

// enumOf returns what the tag lists, else what the type knows.
func enumOf(t reflect.Type, listed []string) []string {
	group := ""
	if len(listed) > 0 {
		var isGroup bool
		if group, isGroup = strings.CutPrefix(listed[0], "@"); !isGroup {
			return listed
		}
	}
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.String {
		return nil
	}
	if words := protocol.ValuesOf(t, group); words != nil {
		return words
	}
	known, ok := reflect.Zero(t).Interface().(enumerated)
	if !ok {
		return nil
	}
	return known.Values(group)
}

func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func bound(tag string) *float64 {
	v, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		return nil
	}
	return &v
}

// form is what kind of value a Go type is read from.
type form uint8

const (
	formAny form = iota
	formString
	formBool
	formInteger
	formNumber
	formText // encoding.TextUnmarshaler
	formStruct
	formMap
	formList
	formRaw    // json.RawMessage
	formCustom // unmarshaler
	formNone
)

func formOf(t reflect.Type) form {
	switch p := reflect.PointerTo(t); {
	case t == reflect.TypeFor[json.RawMessage]():
		return formRaw
	case p.Implements(reflect.TypeFor[unmarshaler]()):
		return formCustom
	case p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return formText
	}
	switch t.Kind() {
	case reflect.Interface:
		return formAny
	case reflect.String:
		return formString
	case reflect.Bool:
		return formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return formInteger
	case reflect.Float32, reflect.Float64:
		return formNumber
	case reflect.Struct:
		return formStruct
	case reflect.Map:
		return formMap
	case reflect.Slice:
		return formList
	}
	return formNone
}

// scalar reports whether the form is written as one value.
func (f form) scalar() bool { return f >= formString && f <= formText }
