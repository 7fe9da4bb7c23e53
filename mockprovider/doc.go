// Package mockprovider is an OAuth 2.0 and OpenID Connect provider for tests:
// one that does what the specifications say, in virtual time, and fails on
// purpose when told to.
//
// Start one, point the code under test at it, drive it, look at what happened:
//
//	op := mockprovider.Start(t)                  // 127.0.0.1, a port of its own, closed by t.Cleanup
//	app := myapp.New(op.Issuer(), op.Client().ID, op.Client().Secret)
//	op.AutoSignIn("alice")                       // no page, no button
//	op.Fault(fault.Fault{At: protocol.TokenEndpoint, Error: &fault.OAuthError{Code: "temporarily_unavailable"}})
//	op.Clock().Advance(time.Hour)                // every token is an hour older
//	op.Journal().Find(journal.Query{Endpoint: protocol.TokenEndpoint})
//
// A Provider is one issuer, with a clock, keys, clients, users, faults, store
// and journal of its own: two never see each other, so tests run in parallel.
// It is an http.Handler; Start lets it listen, and HTTPClient reaches it
// without any port. A Host keeps many issuers behind one handler, `/` and
// `/t/<name>`.
//
// It listens on loopback, and is never to be used in production.
package mockprovider
