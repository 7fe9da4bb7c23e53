// Package protocol has the words of the protocols: the endpoints, artifacts, events,
// causes, grants and algorithms that faults, the journal and scenarios name. Each word
// is a typed constant and a row of a table, with the clause that defines it. All lists
// of words, in the metadata, the JSON Schema and the help, are made from these tables.
//
// Begin with Endpoint and Routes. Values lists the words of a type.
package protocol

import (
	"reflect"
	"sync"
)

// Values lists the words of a type of this package, or those of a group of them: of
// Endpoint "fault", where a fault can happen; of Artifact "token", which is signed; of Algorithm "signing", with which a
// provider signs; of AuthMethod "confidential", of clients with credentials, and
// "persona", which a few providers add to. "" are the words that the specifications
// have.
func Values[W ~string](group string) []string { return ValuesOf(reflect.TypeFor[W](), group) }

// ValuesOf lists the words of a type as Values does; nil for a type of another package.
func ValuesOf(t reflect.Type, group string) []string {
	if list := lists()[t]; list != nil {
		return list(group)
	}
	return nil
}

// lists has a function for each type that lists its words.
var lists = sync.OnceValue(func() map[reflect.Type]func(group string) []string {
	return map[reflect.Type]func(group string) []string{
		reflect.TypeFor[Endpoint]():     endpointNames,
		reflect.TypeFor[Artifact]():     artifactNames,
		reflect.TypeFor[Event]():        eventNames,
		reflect.TypeFor[Cause]():        causeNames,
		reflect.TypeFor[Grant]():        grantNames,
		reflect.TypeFor[ResponseType](): responseTypeNames,
		reflect.TypeFor[ResponseMode](): responseModeNames,
		reflect.TypeFor[AuthMethod]():   authMethodNames,
		reflect.TypeFor[Algorithm]():    algorithmNames,
		reflect.TypeFor[KeyPlan]():      keyPlanNames,
	}
})

// Strings returns words as plain text, for what knows no types.
func Strings[W ~string](words []W) []string {
	out := make([]string, len(words))
	for n, word := range words {
		out[n] = string(word)
	}
	return out
}

// names returns the first column of a table.
func names[R any](table []R, name func(R) string) []string {
	out := make([]string, len(table))
	for n, row := range table {
		out[n] = name(row)
	}
	return out
}
