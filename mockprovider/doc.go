// Package mockprovider is an OAuth 2.0 and OpenID Connect provider for tests. It
// follows the specifications, in virtual time, and fails on purpose when told to.
//
// Begin with Start, which starts a Provider on a port of 127.0.0.1 until the test
// ends: see the examples. A Provider is one issuer with its own clock, keys, clients,
// users, faults and journal, so tests run in parallel. It is an http.Handler too, and
// HTTPClient reaches it without a port. A Host keeps many issuers behind one handler,
// at / and at /t/NAME.
//
// It is never to be used in production.
package mockprovider
