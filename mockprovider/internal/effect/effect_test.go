package effect

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// TestConnectionsHaveRows: each connection that a fault may have has a row here, and
// each row a name there.
func TestConnectionsHaveRows(t *testing.T) {
	var rows []string
	for _, k := range connections() {
		rows = append(rows, k.name)
	}
	member, _ := reflect.TypeFor[fault.Fault]().FieldByName("Connection")
	if want := strings.Split(member.Tag.Get("enum"), ","); !slices.Equal(rows, want) {
		t.Errorf("the connections %v have the rows %v", want, rows)
	}
}

// TestEffectsInterrupt: each effect of a fault interrupts an exchange, but for tamper,
// which falsifies an artifact.
func TestEffectsInterrupt(t *testing.T) {
	for field := range reflect.TypeFor[fault.Fault]().Fields() {
		if field.Tag.Get("oneof") != "effect" {
			continue
		}
		var f fault.Fault
		switch v := reflect.ValueOf(&f).Elem().FieldByIndex(field.Index); v.Kind() {
		case reflect.Pointer:
			v.Set(reflect.New(field.Type.Elem()))
		case reflect.String:
			v.SetString("reset")
		default:
			t.Fatalf("%s: how is it set?", field.Name)
		}
		if interrupts := effectOf(&f) != nil; interrupts == (field.Name == "Tamper") {
			t.Errorf("%s: interrupts an exchange: %t", field.Name, interrupts)
		}
	}
}
