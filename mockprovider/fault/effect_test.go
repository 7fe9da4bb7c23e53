package fault

import (
	"reflect"
	"strings"
	"testing"
)

// TestEffectsHaveRows: a fault with an effect that no row of the table has would
// be armed and strike nothing.
func TestEffectsHaveRows(t *testing.T) {
	var fields, rows []string
	of := reflect.TypeFor[Fault]()
	for n := range of.NumField() {
		if f := of.Field(n); f.Tag.Get("oneof") == "effect" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, name)
		}
	}
	for _, k := range kinds() {
		rows = append(rows, k.name)
	}
	if !reflect.DeepEqual(fields, rows) {
		t.Errorf("the fields %v have the rows %v", fields, rows)
	}
}

func TestUnknownConnectionIsRefused(t *testing.T) {
	f := Fault{At: "token_endpoint", Connection: "rest"}
	if err := f.Check(); err == nil || !strings.Contains(err.Error(), `"rest"`) {
		t.Errorf("%v", err)
	}
}
