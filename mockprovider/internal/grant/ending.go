package grant

import "github.com/authdrill/authdrill/mockprovider/store"

// endAccess ends the access tokens of a grant that is refreshed, where the
// persona does so.
func (e *Engine) endAccess(g *store.Grant) {
	if e.dialect().Ends.Refresh != "access_tokens" {
		return
	}
	for _, a := range e.Store.Access.All(e.now()) {
		if a.Grant == g {
			a.Revoke()
		}
	}
}

// revokesGrants reports whether the grant ends with an access token that is
// revoked.
func (e *Engine) revokesGrants() bool { return e.dialect().Ends.Revocation == "grant" }
