package record_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// handles lists the members of a type that are no values: a copy of the record would
// share their state, and no other process could have it.
func handles(t reflect.Type, path string, seen map[reflect.Type]bool) (out []string) {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return []string{path + " is a " + t.Kind().String()}
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return handles(t.Elem(), path, seen)
	case reflect.Map:
		return append(handles(t.Key(), path, seen), handles(t.Elem(), path, seen)...)
	case reflect.Struct:
		if t.PkgPath() == "time" {
			return nil
		}
		if strings.HasPrefix(t.PkgPath(), "sync") {
			return []string{path + " is a " + t.String()}
		}
		for n := range t.NumField() {
			f := t.Field(n)
			if !f.IsExported() {
				out = append(out, path+"."+f.Name+" is hidden from other backends")
				continue
			}
			out = append(out, handles(f.Type, path+"."+f.Name, seen)...)
		}
	}
	return out
}

func TestRecordsAreValues(t *testing.T) {
	for _, r := range []any{
		record.Grant{}, record.Code{}, record.Access{}, record.Refresh{}, record.HeldCode{}, record.HeldAccess{}, record.HeldRefresh{},
		record.Device{}, record.Session{}, record.Pushed{}, record.Pending{}, record.Counter{}, record.GiveWay{},
	} {
		for _, what := range handles(reflect.TypeOf(r), fmt.Sprintf("%T", r), map[reflect.Type]bool{}) {
			t.Error(what)
		}
	}
}

// Each record that an operation takes or returns is one of the list above.
func TestEveryRecordIsLookedAt(t *testing.T) {
	listed := " Grant Code Access Refresh HeldCode HeldAccess HeldRefresh Device Session Pushed Pending Counter GiveWay "
	s := reflect.TypeFor[record.Store]()
	for n := range s.NumMethod() {
		m := s.Method(n).Type
		for _, p := range parameters(m) {
			for p.Kind() == reflect.Pointer || p.Kind() == reflect.Slice {
				p = p.Elem()
			}
			if p.Kind() == reflect.Struct && strings.HasSuffix(p.PkgPath(), "/record") && !strings.Contains(listed, " "+p.Name()+" ") {
				t.Errorf("%s of %s is not looked at", p, s.Method(n).Name)
			}
		}
	}
}

func parameters(m reflect.Type) (out []reflect.Type) {
	for n := range m.NumIn() {
		out = append(out, m.In(n))
	}
	for n := range m.NumOut() {
		out = append(out, m.Out(n))
	}
	return out
}

func TestHandlesCatches(t *testing.T) {
	type bad struct {
		Wait chan int
		Do   func()
		Deep []map[string]*struct{ Lock *strings.Builder }
	}
	if found := handles(reflect.TypeFor[bad](), "bad", map[reflect.Type]bool{}); len(found) != 4 {
		t.Errorf("found %v", found)
	}
}
