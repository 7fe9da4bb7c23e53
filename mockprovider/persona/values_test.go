package persona

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// A tag that narrows what a member may have lists words of the member's type only.
func TestNarrowedValuesAreWordsOfTheirType(t *testing.T) {
	seen, narrowed := map[reflect.Type]bool{}, 0
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(of.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			f := of.Field(i)
			walk(f.Type)
			word := f.Type
			if word.Kind() == reflect.Slice {
				word = word.Elem()
			}
			known := protocol.ValuesOf(word, "")
			if enum := f.Tag.Get("enum"); known == nil || enum == "" || strings.HasPrefix(enum, "@") {
				continue
			}
			narrowed++
			all := slices.Concat(known, protocol.ValuesOf(word, "persona"))
			for _, value := range strict.ValuesOf(f) {
				if !slices.Contains(all, value) {
					t.Errorf("%s.%s: %q is not a word of %s", of, f.Name, value, word)
				}
			}
		}
	}
	walk(reflect.TypeFor[File]())
	if narrowed == 0 {
		t.Error("no member is narrowed")
	}
}
