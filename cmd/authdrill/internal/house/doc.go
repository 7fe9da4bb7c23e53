// Package house holds the source of the whole module to its rules: which room may
// import which (rooms_test.go), and what holds for every file (house_test.go). It is
// tests only.
package house
