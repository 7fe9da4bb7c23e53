package fault

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// connection is what happens to a connection.
type connection string

func (c connection) describe() string { return "connection " + string(c) }

func (c connection) check(*Fault) error {
	member, _ := reflect.TypeFor[Fault]().FieldByName("Connection")
	if known := strict.ValuesOf(member); !slices.Contains(known, string(c)) {
		return fmt.Errorf("unknown connection %q: want %s", string(c), strings.Join(known, ", "))
	}
	return nil
}
