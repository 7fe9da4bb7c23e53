package strict

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Expand returns a deep copy of v, which Decode has filled under Interpolate, with
// every ${name} that is left in its texts replaced by its value from lookup, and
// $${ by ${. In a place that takes any type, a text that is nothing but a name
// becomes the value itself, so a number stays a number. Expand ends at the first
// error of lookup. Without lookup names stay.
//
// Keys of mappings, nodes and places are left as they are.
func Expand[T any](v T, lookup func(name string) (any, error)) (T, error) {
	e := expander{lookup: lookup}
	if text, ok := any(v).(string); ok { // without reflection, for claims in every token
		return any(plainText(e.text(text))).(T), e.err
	}
	in := reflect.ValueOf(&v).Elem()
	out := reflect.New(in.Type()).Elem()
	out.Set(in)
	e.copy(out, in)
	return out.Interface().(T), e.err
}

// fillText returns a text with its names replaced by what lookup knows.
func fillText(s string, lookup func(name string) (any, error)) (string, error) {
	var out strings.Builder
	at := 0
	for _, r := range references(s) {
		out.WriteString(unescape(s[at:r.from]))
		at = r.to
		value, err := lookup(r.name)
		if err != nil {
			return "", err
		}
		out.WriteString(plainText(value))
		if out.Len() > MaxText {
			return "", fmt.Errorf("the text has more than %s bytes with ${%s} filled in", Thousands(MaxText), r.name)
		}
	}
	out.WriteString(unescape(s[at:]))
	return out.String(), nil
}

func unescape(s string) string { return strings.ReplaceAll(s, "$${", "${") }

type expander struct {
	lookup func(string) (any, error)
	err    error
}

func (e *expander) text(s string) any {
	if e.lookup == nil || !strings.Contains(s, "${") {
		return s
	}
	refs := references(s)
	if len(refs) == 1 && refs[0].from == 0 && refs[0].to == len(s) {
		value, err := e.lookup(refs[0].name)
		if err != nil && e.err == nil {
			e.err = err
		}
		return value
	}
	out, err := fillText(s, e.lookup)
	if err != nil && e.err == nil {
		e.err = err
	}
	return out
}

// copy makes a deep copy of to, which is a shallow one of from so far.
func (e *expander) copy(to, from reflect.Value) {
	if e.err != nil {
		return
	}
	switch from.Kind() {
	case reflect.String:
		if s := from.String(); e.lookup != nil && strings.Contains(s, "${") {
			to.SetString(plainText(e.text(s)))
		}
	case reflect.Interface:
		e.copyInterface(to, from)
	case reflect.Pointer:
		if from.IsNil() || from.Type() == reflect.TypeFor[*Node]() {
			return
		}
		to.Set(reflect.New(from.Type().Elem()))
		to.Elem().Set(from.Elem())
		e.copy(to.Elem(), from.Elem())
	case reflect.Struct:
		if from.Type() == reflect.TypeFor[Place]() {
			return
		}
		for i := range from.NumField() {
			if f := from.Type().Field(i); f.IsExported() || f.Anonymous {
				e.copy(to.Field(i), from.Field(i))
			}
		}
	case reflect.Slice:
		e.copySlice(to, from)
	case reflect.Map:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		for _, k := range from.MapKeys() {
			item := reflect.New(from.Type().Elem()).Elem()
			item.Set(from.MapIndex(k))
			e.copy(item, from.MapIndex(k))
			to.SetMapIndex(k, item)
		}
	}
}

func (e *expander) copyInterface(to, from reflect.Value) {
	if from.IsNil() {
		return
	}
	inner := from.Elem()
	if inner.Kind() == reflect.String && inner.Type() == reflect.TypeFor[string]() {
		if value := e.text(inner.String()); value != nil {
			to.Set(reflect.ValueOf(value))
		}
		return
	}
	item := reflect.New(inner.Type()).Elem()
	item.Set(inner)
	e.copy(item, inner)
	to.Set(item)
}

func (e *expander) copySlice(to, from reflect.Value) {
	if from.IsNil() {
		return
	}
	if from.Type().Elem().Kind() == reflect.Uint8 {
		raw, ok := e.text(string(from.Bytes())).(string)
		if ok {
			to.SetBytes([]byte(raw))
		}
		return
	}
	to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
	reflect.Copy(to, from)
	for i := range from.Len() {
		e.copy(to.Index(i), from.Index(i))
	}
}

// plainText returns a value as it is written in the middle of a text.
func plainText(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	}
	if text, err := json.Marshal(v); err == nil {
		return string(text)
	}
	return fmt.Sprint(v)
}
