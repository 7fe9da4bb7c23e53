// Package catalog is the failure catalogue: every way in which a provider, a
// network or an attacker can test a client that authdrill knows of, as data.
// An entry says what goes wrong, what a correct client does then, how it is
// judged from outside, where that is written, and which known-bad client it
// catches.
//
// The entries of a group are in one file, <group>.yaml, a document each.
//
// It is not an API to build on.
package catalog
