package strict

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
)

// schemer is a type that knows its own JSON Schema: one read from a text, or
// an Unmarshaler.
type schemer interface{ JSONSchema() map[string]any }

// Schemas describes Go types as JSON Schemas (draft 2020-12): struct types by name,
// and the types below them by the names of those. at is the place of the schemas in
// their document, which references begin with. The options are those with which the
// documents are read: as YAML, 012 and true are texts where a text is wanted, and with
// Resolve a ${name} may replace any scalar. A schema says the same as Read, as far as a
// JSON Schema can: what it refuses Read refuses, and what breaks one of the rules up to
// OneOf it refuses too, duplicate keys apart.
func Schemas(at string, o Options, roots map[string]any) map[string]any {
	s := &schemas{
		at: at, yaml: !o.JSON, interpolated: o.Resolve != nil,
		defs: map[string]any{}, names: map[reflect.Type]string{}, shapes: map[reflect.Type]*shape{},
	}
	names := slices.Sorted(maps.Keys(roots))
	for _, name := range names {
		s.names[base(reflect.TypeOf(roots[name]))] = name
	}
	for _, name := range names {
		s.describe(name, base(reflect.TypeOf(roots[name])))
	}
	return s.defs
}

type schemas struct {
	at                 string
	yaml, interpolated bool

	defs   map[string]any
	names  map[reflect.Type]string
	shapes map[reflect.Type]*shape
}

type object = map[string]any

// reference is the pattern of a text with a ${name} in it.
const referencePattern = `(^|[^$])\$\{`

func (s *schemas) schemaOf(t reflect.Type, g tags) object {
	out := s.value(base(t), g)
	if g.empty && formOf(base(t)) != formMap {
		out = anyOf(out, object{"type": "null"})
	}
	return out
}

func anyOf(branches ...object) object {
	var all []any
	for _, b := range branches {
		if inner, ok := b["anyOf"].([]any); ok && len(b) == 1 {
			all = append(all, inner...)
		} else {
			all = append(all, b)
		}
	}
	return object{"anyOf": all}
}

func (s *schemas) value(t reflect.Type, g tags) object {
	switch f := formOf(t); f {
	case formAny:
		if g.match != "" {
			return s.expectation(g)
		}
		return s.anyValue(g)
	case formRaw:
		return s.anyValue(g)
	case formString:
		if len(g.enum) > 0 {
			return s.orReference(object{"enum": anySlice(g.enum)})
		}
		return s.text()
	case formText, formCustom:
		if own, ok := reflect.New(t).Interface().(schemer); ok {
			if f == formCustom {
				return own.JSONSchema()
			}
			return s.orReference(own.JSONSchema())
		}
		if f == formCustom {
			return object{}
		}
		return s.text()
	case formBool:
		return s.orReference(object{"type": "boolean"})
	case formInteger, formNumber:
		return s.orReference(s.number(t, f, g))
	case formStruct:
		return s.orWhole(s.ref(s.define(t)))
	case formMap:
		return s.orWhole(s.open(t, g))
	case formList:
		item := g
		item.empty, item.single = false, false
		items := s.schemaOf(t.Elem(), item)
		list := object{"type": "array", "items": items}
		if g.single {
			return s.orWhole(anyOf(list, items))
		}
		return s.orWhole(list)
	}
	return object{}
}

// anyValue describes any JSON value, or one of some types.
func (s *schemas) anyValue(g tags) object {
	if g.of == "" {
		return object{}
	}
	return s.orReference(object{"type": anySlice(strings.Split(g.of, "|"))})
}

func (s *schemas) text() object {
	if s.yaml {
		return object{"type": []any{"string", "number", "boolean"}}
	}
	return object{"type": "string"}
}

func (s *schemas) number(t reflect.Type, f form, g tags) object {
	out := object{"type": "number"}
	if f == formInteger {
		out["type"] = "integer"
		if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64 {
			out["minimum"] = 0
		}
	}
	if g.min != nil {
		out["minimum"] = *g.min
	}
	if g.max != nil {
		out["maximum"] = *g.max
	}
	return out
}

func (s *schemas) orReference(o object) object {
	if !s.interpolated {
		return o
	}
	return anyOf(o, s.ref(s.defineOnce("reference", func() object {
		return object{"type": "string", "pattern": referencePattern, "description": "a text with a ${name} in it"}
	})))
}

// orWhole describes a mapping or a list, or a ${name} whose value is one.
func (s *schemas) orWhole(o object) object {
	if !s.interpolated {
		return o
	}
	return anyOf(o, s.ref(s.defineOnce("value-of-name", func() object {
		return object{"type": "string", "pattern": `^\$\{[^}]*\}$`, "description": "a ${name} whose value is a mapping or a list"}
	})))
}

func anySlice(in []string) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

// define puts a struct among the definitions and returns its name there.
func (s *schemas) define(t reflect.Type) string {
	if name, ok := s.names[t]; ok {
		return name
	}
	name := t.Name()
	if _, taken := s.defs[name]; taken || name == "" {
		pkg := t.PkgPath()
		name = pkg[strings.LastIndexByte(pkg, '/')+1:] + "." + name
	}
	s.names[t] = name
	s.describe(name, t)
	return name
}

func (s *schemas) ref(name string) object { return object{"$ref": s.at + name} }

// describe puts a struct among the definitions.
func (s *schemas) describe(name string, t reflect.Type) {
	s.defs[name] = nil
	sh := shapeOf(t)
	s.shapes[t] = sh
	own := s.mapping(sh)
	if sh.short != nil {
		short := s.schemaOf(sh.short.typ, sh.short.tags)
		if formOf(base(sh.short.typ)) == formAny { // a mapping, or nothing, is never short for a member
			short = object{"not": object{"type": []any{"object", "null"}}, "allOf": []any{short}}
		}
		own = anyOf(own, short)
	}
	s.defs[name] = own
}

func (s *schemas) mapping(sh *shape) object {
	properties := object{}
	var required, groups []any
	dependent := map[string][]any{}
	for _, m := range sh.members {
		if m.name == "" {
			continue
		}
		p := s.schemaOf(m.typ, m.tags)
		if m.doc != "" {
			p["description"] = m.doc
		}
		if m.example != "" {
			p["examples"] = []any{m.example}
		}
		properties[m.name] = p
		if m.with != "" {
			dependent[m.name] = append(dependent[m.name], m.with)
		}
		switch {
		case !m.required:
		case m.unless != "":
			groups = append(groups, object{"anyOf": []any{object{"required": []any{m.name}}, object{"required": []any{m.unless}}}})
		case m.with != "":
			dependent[m.with] = append(dependent[m.with], m.name)
		default:
			required = append(required, m.name)
		}
	}
	out := object{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		out["required"] = required
	}
	if len(dependent) > 0 {
		out["dependentRequired"] = dependent
	}
	for _, g := range sh.groups {
		groups = append(groups, oneOf(g))
	}
	if groups != nil {
		out["allOf"] = groups
	}
	return out
}

func oneOf(g group) object {
	var branches []any
	for _, k := range g.keys {
		branches = append(branches, object{"required": []any{k}})
	}
	if g.optional {
		branches = append(branches, object{"not": object{"anyOf": slices.Clone(branches)}})
	}
	return object{"oneOf": branches}
}

// open describes a mapping whose keys are not fixed.
func (s *schemas) open(t reflect.Type, g tags) object {
	inner := g
	inner.vocab = ""
	out := object{"type": "object", "additionalProperties": s.schemaOf(t.Elem(), inner)}
	w := vocabulary.Of(g.vocab)
	if w != nil && w.Closed {
		out["propertyNames"] = object{"enum": anySlice(w.Names)}
	}
	switch {
	case g.match == "true" && w != nil && formOf(t.Elem()) == formAny && g.of == "":
		return s.expectedMembers(g.vocab)
	case g.match == "true":
		return s.members(out, w)
	}
	return out
}
