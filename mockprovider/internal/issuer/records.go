package issuer

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// IsOfAnotherRealm reports whether something that was made in a realm is not known to
// the issuer that the request is about. Without a request all realms are known.
func (n *Names) IsOfAnotherRealm(ctx context.Context, realm string) bool {
	if realm == "" {
		return false
	}
	at, ok := dialect.From(ctx)
	if !ok {
		return false
	}
	own := n.Dialect().Realm(at)
	return own != "" && own != realm
}

// Code returns a code that the issuer of the request knows.
func (n *Names) Code(ctx context.Context, code string) (c record.HeldCode, ok bool) {
	if c, ok = n.state.Store.Code(code, n.state.Clock.Now()); ok && n.IsOfAnotherRealm(ctx, c.Grant.Realm) {
		return record.HeldCode{}, false
	}
	return c, ok
}

// Access returns an access token that the issuer of the request knows.
func (n *Names) Access(ctx context.Context, token string) (a record.HeldAccess, ok bool) {
	if a, ok = n.state.Store.Access(token, n.state.Clock.Now()); ok && n.IsOfAnotherRealm(ctx, a.Grant.Realm) {
		return record.HeldAccess{}, false
	}
	return a, ok
}

// Refresh returns a refresh token that the issuer of the request knows.
func (n *Names) Refresh(ctx context.Context, token string) (r record.HeldRefresh, ok bool) {
	if r, ok = n.state.Store.Refresh(token, n.state.Clock.Now()); ok && n.IsOfAnotherRealm(ctx, r.Grant.Realm) {
		return record.HeldRefresh{}, false
	}
	return r, ok
}
