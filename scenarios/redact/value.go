package redact

import "reflect"

// Value returns v with the secrets hidden in every text of it: members of
// structs, elements of lists, keys and values of mappings, behind pointers and
// interfaces too. v itself, which others may share, is not changed. Types that
// are made of string, such as an outcome, are the program's own words and stay.
func Value[T any](s *Secrets, v T) T {
	in := reflect.ValueOf(&v).Elem()
	if out, changed := s.hideInValue(in); changed {
		in.Set(out)
	}
	return v
}

// text is the type of texts that come from outside.
var text = reflect.TypeFor[string]()

// hideInValue returns a value with its secrets hidden, and whether it differs.
func (s *Secrets) hideInValue(v reflect.Value) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != text {
			return v, false
		}
		hidden := s.Hide(v.String())
		return reflect.ValueOf(hidden), hidden != v.String()
	case reflect.Pointer, reflect.Interface:
		return s.hideInPointer(v)
	case reflect.Struct:
		return s.hideInStruct(v)
	case reflect.Slice, reflect.Array:
		return s.hideInList(v)
	case reflect.Map:
		return s.hideInMap(v)
	}
	return v, false
}

func (s *Secrets) hideInPointer(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return v, false
	}
	inner, changed := s.hideInValue(v.Elem())
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

func (s *Secrets) hideInStruct(v reflect.Value) (reflect.Value, bool) {
	out := v
	changed := s.hideInMembers(v, func() reflect.Value {
		out = reflect.New(v.Type()).Elem()
		out.Set(v)
		return out
	})
	return out, changed
}

// hideInMembers hides secrets in the members of a struct, also of embedded structs,
// which encoders show as well. It makes the copy at the first change.
func (s *Secrets) hideInMembers(v reflect.Value, copied func() reflect.Value) bool {
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
			s.hideInMembers(v.Field(i), func() reflect.Value { return own().Field(i) })
			continue
		}
		if !f.IsExported() {
			continue
		}
		if member, differs := s.hideInValue(v.Field(i)); differs {
			own().Field(i).Set(member)
		}
	}
	return out.IsValid()
}

func (s *Secrets) hideInList(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		hidden := s.Hide(string(v.Bytes()))
		return reflect.ValueOf([]byte(hidden)).Convert(v.Type()), hidden != string(v.Bytes())
	}
	out, changed := v, false
	for i := range v.Len() {
		item, differs := s.hideInValue(v.Index(i))
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

func (s *Secrets) hideInMap(v reflect.Value) (reflect.Value, bool) {
	if !s.hasSecretInMap(v) {
		return v, false
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for entry := v.MapRange(); entry.Next(); {
		key, _ := s.hideInValue(entry.Key())
		value, _ := s.hideInValue(entry.Value())
		out.SetMapIndex(key, value)
	}
	return out, true
}

// hasSecretInMap reports whether a map has a secret: most have none, and need no copy.
func (s *Secrets) hasSecretInMap(v reflect.Value) bool {
	for entry := v.MapRange(); entry.Next(); {
		if _, differs := s.hideInValue(entry.Key()); differs {
			return true
		}
		if _, differs := s.hideInValue(entry.Value()); differs {
			return true
		}
	}
	return false
}
