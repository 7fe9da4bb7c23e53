package fault

import (
	"reflect"
	"regexp"
	"testing"
)

// Each effect of a fault cites the clause that it goes against.
func TestEffectsCiteClauses(t *testing.T) {
	clause := regexp.MustCompile(`\((RFC|OIDC|OAuth)[^)]* section`)
	for _, of := range []reflect.Type{reflect.TypeFor[Fault](), reflect.TypeFor[Wire](), reflect.TypeFor[Tamper]()} {
		for n := range of.NumField() {
			f := of.Field(n)
			if effect := of.Name() != "Fault" || f.Tag.Get("oneof") == "effect"; effect && !clause.MatchString(f.Tag.Get("doc")) {
				t.Errorf("%s.%s cites no clause: %s", of.Name(), f.Name, f.Tag.Get("doc"))
			}
		}
	}
}
