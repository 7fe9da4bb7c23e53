package grant

import (
	"context"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// dialect is that of the persona, an empty one without.
func (e *Engine) dialect() *persona.Dialect {
	if d := e.Persona().Dialect; d != nil {
		return d
	}
	return &persona.Dialect{}
}

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

// sameRedirect reports whether the redirect URI that a refresh names, if any, is
// that of its grant, where the persona looks at it.
func (e *Engine) sameRedirect(ctx context.Context, g *store.Grant) bool {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok || !e.dialect().TokenRequest.RefreshRedirect {
		return true
	}
	named := caller.GetRequestForm().Get("redirect_uri")
	return named == "" || g.RedirectURI == "" || named == g.RedirectURI
}

// accessPattern is what an opaque access token looks like: with openid it is the
// user's, where the persona tells them apart.
func (e *Engine) accessPattern(scopes []string) *persona.Pattern {
	if p := e.patterns(); p.UserAccess != nil && slices.Contains(scopes, "openid") {
		return p.UserAccess
	}
	return e.patterns().Access
}

// UserToken is the second access token of a token response: for the user, with
// the scopes of the parameter user_scope. It is empty where the persona gives
// none, or none was asked for.
func (e *Engine) UserToken(g *store.Grant) string {
	pattern := e.patterns().UserAccess
	scopes := strings.FieldsFunc(g.Request.Get("user_scope"), func(r rune) bool { return r == ',' || r == ' ' })
	if pattern == nil || len(scopes) == 0 {
		return ""
	}
	token, _ := e.issue(pattern, g, scopes)
	return token
}
