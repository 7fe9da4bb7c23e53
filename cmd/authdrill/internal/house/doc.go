// Package house tests the source of the whole module: which package may import which
// (rooms_test.go), how many names a package exports (names_test.go), and the rules
// for every file (house_test.go). A room is a folder with a package. It has only
// tests.
package house
