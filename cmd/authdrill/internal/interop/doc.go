// Package interop tests the provider with real client libraries, each in its own
// language and unmodified: the programs and apps of testdata/clients. It has only
// tests.
//
// Begin with TestClients. A library is a row of type client. The table in
// testdata/clients/README.md lists what was proven for each; the test compares it,
// and writes it with -update.
package interop
