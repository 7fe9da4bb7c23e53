package grant

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Issuer returns the issuer identifier in the answer to the request that ctx is
// about, to which a grant leads. Without a request it is the one that clients
// are told. g may be nil.
func (e *Engine) Issuer(ctx context.Context, g *record.Grant) string {
	var user map[string]any
	if g != nil && e.rules().IssuerByUser {
		user = e.UserMembers(g.UserLogin)
	}
	return e.Dialect().Issuer(e.At(ctx), user)
}

// At returns what names depend on in the request that ctx is about.
func (e *Engine) At(ctx context.Context) dialect.Request {
	if at, ok := dialect.From(ctx); ok {
		return at
	}
	return e.Dialect().Default(e.ownAddresses())
}

// ownAddresses returns the addresses of the provider.
func (e *Engine) ownAddresses() dialect.Request {
	return dialect.Request{URL: e.URL, Address: e.Address}
}

// Receive returns the context of a request that came by the n-th URL of an
// endpoint. What answers a code or a refresh token goes by the address that its
// client was told before (OIDC Core sections 3.3.3.6 and 12.2).
func (e *Engine) Receive(ctx context.Context, r *http.Request, n int) context.Context {
	own := e.ownAddresses()
	if kept := e.addressOf(r.PostForm); kept != "" && kept != own.Address {
		own = own.Under(kept)
		ctx = dialect.With(ctx, own)
	}
	return e.Dialect().Receive(ctx, own, r, n)
}

// addressOf returns the address that tokens were issued under before for the code or
// the refresh token of a token request, "" where there were none.
func (e *Engine) addressOf(form url.Values) string {
	if !e.Several {
		return ""
	}
	switch protocol.Grant(form.Get("grant_type")) {
	case protocol.RefreshTokenGrant:
		r, _ := e.Store.Refresh(form.Get("refresh_token"), e.now())
		return r.Address
	case protocol.AuthorizationCodeGrant:
		if c, ok := e.Store.Code(form.Get("code"), e.now()); ok {
			return c.Grant.Address
		}
	}
	return ""
}

// underAddress returns ctx for what is said about something that was issued under an address.
func (e *Engine) underAddress(ctx context.Context, address string) context.Context {
	at, ok := dialect.From(ctx)
	if !ok {
		at = e.ownAddresses() // no realm is meant
	}
	if address == "" || address == at.Address {
		return ctx
	}
	return dialect.With(ctx, at.Under(address))
}

// isOwnIssuer reports whether a token's iss is an identifier that this provider may
// have at the URL of the request; without a request, at any.
func (e *Engine) isOwnIssuer(ctx context.Context, iss any) bool {
	text, _ := iss.(string)
	d, at := e.Dialect(), e.ownAddresses()
	if asked, ok := dialect.From(ctx); ok {
		at = asked
	}
	if d.Names(at, text) {
		return true
	}
	at.Address = e.Address
	if d.Names(at, text) {
		return true
	}
	return slices.ContainsFunc(e.aliases(text), func(address string) bool { return d.Names(at.Under(address), text) })
}

// aliases returns the addresses of the provider under the name that a text begins with.
func (e *Engine) aliases(text string) []string {
	if !e.Several {
		return nil
	}
	return e.Aliases(text)
}

// Realm returns which of the provider's issuers the request is about, empty where it
// has only one.
func (e *Engine) Realm(ctx context.Context) string { return e.Dialect().Realm(e.At(ctx)) }

// ofAnotherRealm reports whether something that was made in a realm is not known to
// the issuer that the request is about. Without a request all realms are known.
func (e *Engine) ofAnotherRealm(ctx context.Context, realm string) bool {
	if realm == "" {
		return false
	}
	at, ok := dialect.From(ctx)
	if !ok {
		return false
	}
	own := e.Dialect().Realm(at)
	return own != "" && own != realm
}

// code returns a code that the issuer of the request knows.
func (e *Engine) code(ctx context.Context, code string) (c record.HeldCode, ok bool) {
	if c, ok = e.Store.Code(code, e.now()); ok && e.ofAnotherRealm(ctx, c.Grant.Realm) {
		return record.HeldCode{}, false
	}
	return c, ok
}

// access returns an access token that the issuer of the request knows.
func (e *Engine) access(ctx context.Context, token string) (a record.HeldAccess, ok bool) {
	if a, ok = e.Store.Access(token, e.now()); ok && e.ofAnotherRealm(ctx, a.Grant.Realm) {
		return record.HeldAccess{}, false
	}
	return a, ok
}

// refresh returns a refresh token that the issuer of the request knows.
func (e *Engine) refresh(ctx context.Context, token string) (r record.HeldRefresh, ok bool) {
	if r, ok = e.Store.Refresh(token, e.now()); ok && e.ofAnotherRealm(ctx, r.Grant.Realm) {
		return record.HeldRefresh{}, false
	}
	return r, ok
}
