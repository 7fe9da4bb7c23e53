// Package deepcopy copies values, so that a change of one is never seen in the other.
package deepcopy

import "github.com/authdrill/authdrill/mockprovider/strict"

// Of returns a deep copy of v: what pointers, slices, maps and interfaces in it lead
// to is copied as well. Unexported members, nodes and places are shared, for they
// never change.
func Of[T any](v T) T {
	c, _ := strict.Expand(v, nil) // without a lookup nothing is refused
	return c
}
