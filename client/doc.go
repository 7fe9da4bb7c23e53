// Package client is a strict OpenID Connect relying party, small enough to copy.
//
// A sign-in is three calls. What Authorize returns is the pending login; keep it
// in the user's session, on the server, until the browser comes back:
//
//	c, err := client.New(client.Config{Issuer: "https://login.example", ClientID: "app", ClientSecret: secret, RedirectURL: "https://app.example/callback"})
//	login, err := c.Authorize(ctx, client.AuthorizeOptions{})   // send the browser to login.URL
//	session, err := c.Callback(ctx, login, r.Form)              // the browser is back
//
// The error of Callback is a *Rejection, which names the check that failed, the
// clause of the specification it is of, what was wanted and what was there:
//
//	client: nonce: want 8f2c…, got "wrong" (OIDC Core 3.1.3.7 (11))
//
// What is checked, and where to read it:
//
//   - discovery.go: the issuer of the metadata (OIDC Discovery 4.3)
//   - authorize.go: state, nonce, PKCE (RFC 7636), pushed requests (RFC 9126)
//   - callback.go, response.go: duplicates, state, iss (RFC 9207), errors
//   - token.go: the token response (RFC 6749 sections 5.1 and 5.2)
//   - verify.go, claim.go: the ID token, a function per clause of OIDC Core 3.1.3.7
//   - signature.go, jwks.go: its signature, and the keys it may be made with
//   - refresh.go: rotation, one refresh at a time, the refreshed ID token (OIDC Core 12.2)
//   - userinfo.go, call.go, logout.go, device.go: what comes after
//   - bug.go, mutant.go: the ways to be wrong
//
// Each check can be left out by name, see [Bugs]: a client that is known to be
// wrong shows whether a test would notice. Nothing here shares code with the
// provider, so that an agreement of the two proves something.
//
// Package app, below, is a web app on top of it that works against any issuer.
package client
