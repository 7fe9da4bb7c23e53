// Package reportcard attacks the apps of testdata/clients, and holds their report cards
// against those that were reviewed by hand. It is tests only.
package reportcard
