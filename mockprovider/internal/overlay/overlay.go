// Package overlay merges settings over others, such as those of a client over those
// of the provider. Begin with Of.
package overlay

import "reflect"

// Of returns base with every member that over sets in its place: members
// with names one by one, lists as a whole. A zero member of over leaves that of
// base. Neither is changed.
func Of[T any](base, over T) T {
	mergeValue(reflect.ValueOf(&base).Elem(), reflect.ValueOf(over))
	return base
}

func mergeValue(onto, over reflect.Value) {
	for i := range onto.NumField() {
		switch f := over.Field(i); {
		case f.IsZero():
		case f.Kind() == reflect.Struct && !isValue(f.Type()):
			mergeValue(onto.Field(i), f)
		case f.Kind() == reflect.Map:
			byMember := over.Type().Field(i).Tag.Get("overlay") == "members"
			onto.Field(i).Set(layMap(onto.Field(i), f, byMember))
		default:
			onto.Field(i).Set(f)
		}
	}
}

// isValue reports whether a struct is one value, such as a tree: only its own package
// sees members of it.
func isValue(t reflect.Type) bool { return t.NumField() > 0 && !t.Field(0).IsExported() }

// layMap returns a mapping with the members of both, those of over where both have
// one, which are laid over those of base where byMember says so.
func layMap(base, over reflect.Value, byMember bool) reflect.Value {
	both := reflect.MakeMap(over.Type())
	for names := base.MapRange(); names.Next(); {
		both.SetMapIndex(names.Key(), names.Value())
	}
	for names := over.MapRange(); names.Next(); {
		value := names.Value()
		if old := base.MapIndex(names.Key()); old.IsValid() && byMember {
			laid := reflect.New(value.Type()).Elem()
			laid.Set(old)
			mergeValue(laid, value)
			value = laid
		}
		both.SetMapIndex(names.Key(), value)
	}
	return both
}
