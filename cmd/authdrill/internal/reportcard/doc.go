// Package reportcard attacks the apps of testdata/clients, and compares their report
// cards with those that were reviewed by hand. It has only tests.
package reportcard
