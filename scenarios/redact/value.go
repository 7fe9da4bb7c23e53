package redact

import "reflect"

// Value returns v with the secrets hidden in every text of it: members of
// structs, elements of lists, keys and values of mappings, behind pointers and
// interfaces too. v itself, which others may share, is not changed. Types that
// are made of string, such as an outcome, are the program's own words and stay.
func Value[T any](s *Secrets, v T) T {
	in := reflect.ValueOf(&v).Elem()
	if out, changed := s.walk(in); changed {
		in.Set(out)
	}
	return v
}

// text is the type of texts that come from outside.
var text = reflect.TypeFor[string]()

// walk returns a value with its secrets hidden, and whether it differs.
func (s *Secrets) walk(v reflect.Value) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != text {
			return v, false
		}
		hidden := s.Hide(v.String())
		return reflect.ValueOf(hidden), hidden != v.String()
	case reflect.Pointer, reflect.Interface:
		return s.walkBehind(v)
	case reflect.Struct:
		return s.walkStruct(v)
	case reflect.Slice, reflect.Array:
		return s.walkList(v)
	case reflect.Map:
		return s.walkMap(v)
	}
	return v, false
}

func (s *Secrets) walkBehind(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return v, false
	}
	inner, changed := s.walk(v.Elem())
	if !changed {
		return v, false
	}
	if v.Kind() == reflect.Interface {
		return inner, true
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(inner)
	return out, true
}

func (s *Secrets) walkStruct(v reflect.Value) (reflect.Value, bool) {
	out := v
	changed := s.walkMembers(v, func() reflect.Value {
		out = reflect.New(v.Type()).Elem()
		out.Set(v)
		return out
	})
	return out, changed
}

// walkMembers hides secrets in the members of a struct, those of embedded structs
// among them, which encoders show as well. The copy that is changed is made at
// the first change.
func (s *Secrets) walkMembers(v reflect.Value, copied func() reflect.Value) bool {
	var out reflect.Value
	own := func() reflect.Value {
		if !out.IsValid() {
			out = copied()
		}
		return out
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct && !f.IsExported() {
			s.walkMembers(v.Field(i), func() reflect.Value { return own().Field(i) })
			continue
		}
		if !f.IsExported() {
			continue
		}
		if member, differs := s.walk(v.Field(i)); differs {
			own().Field(i).Set(member)
		}
	}
	return out.IsValid()
}

func (s *Secrets) walkList(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		hidden := s.Hide(string(v.Bytes()))
		return reflect.ValueOf([]byte(hidden)).Convert(v.Type()), hidden != string(v.Bytes())
	}
	out, changed := v, false
	for i := range v.Len() {
		item, differs := s.walk(v.Index(i))
		if !differs {
			continue
		}
		if !changed {
			out, changed = reflect.New(v.Type()).Elem(), true
			if v.Kind() == reflect.Slice {
				out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			}
			reflect.Copy(out, v)
		}
		out.Index(i).Set(item)
	}
	return out, changed
}

func (s *Secrets) walkMap(v reflect.Value) (reflect.Value, bool) {
	if !s.isInMap(v) {
		return v, false
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for entry := v.MapRange(); entry.Next(); {
		key, _ := s.walk(entry.Key())
		value, _ := s.walk(entry.Value())
		out.SetMapIndex(key, value)
	}
	return out, true
}

// isInMap reports whether a map has a secret: most have none, and need no copy.
func (s *Secrets) isInMap(v reflect.Value) bool {
	for entry := v.MapRange(); entry.Next(); {
		if _, differs := s.walk(entry.Key()); differs {
			return true
		}
		if _, differs := s.walk(entry.Value()); differs {
			return true
		}
	}
	return false
}
