// Package client is a strict OpenID Connect relying party, small enough to copy.
//
// New makes a Client. Authorize begins a sign-in: keep the Authorization that it
// returns on the server, and send the browser to its URL. Callback ends the
// sign-in with what the browser brings back, and returns a Session. Its error is a
// *Rejection, which names the check that failed and its clause. The first example
// is a whole sign-in. What is checked is written in tables, next to the checks:
// begin with verify.go, the table of the ID token. Nothing here shares code with
// the mock provider, so that an agreement of the two proves something.
package client
