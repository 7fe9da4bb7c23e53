package grant

import (
	"context"
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Issuer returns the issuer identifier in the answer to the request that ctx is
// about, to which a grant leads. Without a request it is the one that clients
// are told. g may be nil.
func (e *Engine) Issuer(ctx context.Context, g *record.Grant) string {
	var user map[string]any
	if g != nil && e.rules().IssuerByUser {
		user = e.userMembers(g.UserLogin)
	}
	return e.Dialect().Issuer(e.At(ctx), user)
}

// At returns what names depend on in the request that ctx is about.
func (e *Engine) At(ctx context.Context) dialect.Request {
	if at, ok := dialect.From(ctx); ok {
		return at
	}
	return e.Dialect().Default(e.own())
}

// own returns the addresses of the provider.
func (e *Engine) own() dialect.Request { return dialect.Request{URL: e.URL, Address: e.Address} }

// Receive returns the context of a request that came by the n-th URL of an
// endpoint.
func (e *Engine) Receive(ctx context.Context, r *http.Request, n int) context.Context {
	return e.Dialect().Receive(ctx, e.own(), r, n)
}

// isOwnIssuer reports whether a token's iss is an identifier of this provider.
func (e *Engine) isOwnIssuer(ctx context.Context, iss any) bool {
	text, _ := iss.(string)
	d, address := e.Dialect(), e.At(ctx).Address
	return d.Names(address, text) || e.Address != address && d.Names(e.Address, text)
}
