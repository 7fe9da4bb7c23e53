// Package interop lets client libraries, in the languages they are written in,
// sign in at the provider: programs and apps of testdata/clients, each with its
// library unmodified. It is tests only.
//
// Begin with TestClients. A library is a row of type client; what was proven of
// each is the table in testdata/clients/README.md, which the test holds and, with
// -update, writes.
package interop
