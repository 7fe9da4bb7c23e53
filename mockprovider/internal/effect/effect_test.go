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

// TestEffectsInterrupt: each effect interrupts an exchange, but for tamper, which
// falsifies an artifact.
func TestEffectsInterrupt(t *testing.T) {
	for _, f := range []fault.Fault{
		{Respond: &fault.Respond{}}, {Error: &fault.OAuthError{}}, {Refuse: "refresh.token_revoked"}, {Delay: &fault.Delay{}}, {Connection: "reset"}, {Wire: &fault.Wire{}},
	} {
		if effectOf(&f) == nil {
			t.Errorf("%s does nothing", &f)
		}
	}
	if effectOf(&fault.Fault{Tamper: &fault.Tamper{}}) != nil {
		t.Error("tamper interrupts an exchange")
	}
}
