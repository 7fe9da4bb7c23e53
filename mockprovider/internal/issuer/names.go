// Package issuer knows by which names a provider is known: the issuer identifier and
// the addresses in the answer to a request, and the records that the issuer which the
// request is about knows. Begin with Names.
package issuer

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Site is where a provider is.
type Site struct {
	URL     string // the provider's own address
	Address string // the address in its issuer identifier: its own, or the real provider's

	// Several tells that the provider has addresses of several names. Aliases returns
	// those under the name that a text begins with, such as an iss.
	Several bool
	Aliases func(text string) []string
}

// Names are the names of a provider, some of which depend on the request.
type Names struct {
	site     Site
	state    *record.State
	dialects dialect.Cache
}

// New returns the names of a provider.
func New(s Site, state *record.State) *Names { return &Names{site: s, state: state} }

// Dialect returns how the provider speaks now.
func (n *Names) Dialect() dialect.Dialect { return n.dialects.Of(n.state.Persona().Dialect) }

// Rules returns the choices of the dialect.
func (n *Names) Rules() *dialect.Rules { return n.Dialect().Rules() }

// At returns what names depend on in the request that ctx is about.
func (n *Names) At(ctx context.Context) dialect.Request {
	if at, ok := dialect.From(ctx); ok {
		return at
	}
	return n.Dialect().Default(n.Own())
}

// Own returns the addresses of the provider.
func (n *Names) Own() dialect.Request {
	return dialect.Request{URL: n.site.URL, Address: n.site.Address}
}

// Receive returns the context of a request that came by the index-th URL of an
// endpoint. What answers a code or a refresh token goes by the address that its
// client was told before (OIDC Core sections 3.3.3.6 and 12.2).
func (n *Names) Receive(ctx context.Context, r *http.Request, index int) context.Context {
	own := n.Own()
	if kept := n.addressOf(r.PostForm); kept != "" && kept != own.Address {
		own = own.Under(kept)
		ctx = dialect.With(ctx, own)
	}
	return n.Dialect().Receive(ctx, own, r, index)
}

// addressOf returns the address that tokens were issued under before for the code or
// the refresh token of a token request, "" where there were none.
func (n *Names) addressOf(form url.Values) string {
	if !n.site.Several {
		return ""
	}
	switch protocol.Grant(form.Get("grant_type")) {
	case protocol.RefreshTokenGrant:
		r, _ := n.state.Store.Refresh(form.Get("refresh_token"), n.state.Clock.Now())
		return r.Address
	case protocol.AuthorizationCodeGrant:
		if c, ok := n.state.Store.Code(form.Get("code"), n.state.Clock.Now()); ok {
			return c.Grant.Address
		}
	}
	return ""
}

// Under returns ctx for what is said about something that was issued under an address.
func (n *Names) Under(ctx context.Context, address string) context.Context {
	at, ok := dialect.From(ctx)
	if !ok {
		at = n.Own() // no realm is meant
	}
	if address == "" || address == at.Address {
		return ctx
	}
	return dialect.With(ctx, at.Under(address))
}

// IsOwnIssuer reports whether a token's iss is an identifier that this provider may
// have at the URL of the request; without a request, at any.
func (n *Names) IsOwnIssuer(ctx context.Context, iss any) bool {
	text, _ := iss.(string)
	d, at := n.Dialect(), n.Own()
	if asked, ok := dialect.From(ctx); ok {
		at = asked
	}
	if d.Names(at, text) {
		return true
	}
	at.Address = n.site.Address
	if d.Names(at, text) {
		return true
	}
	return slices.ContainsFunc(n.AliasesOf(text), func(address string) bool { return d.Names(at.Under(address), text) })
}

// AliasesOf returns the addresses of the provider under the name that a text begins with.
func (n *Names) AliasesOf(text string) []string {
	if !n.site.Several {
		return nil
	}
	return n.site.Aliases(text)
}

// Realm returns which of the provider's issuers the request is about, empty where it
// has only one.
func (n *Names) Realm(ctx context.Context) string { return n.Dialect().Realm(n.At(ctx)) }

// AtIssuer returns the context of a request to one of the provider's issuers, named by
// its identifier, under any name that the provider has, or by the path of that. An empty
// name is that of the request.
func (n *Names) AtIssuer(ctx context.Context, issuer string) (context.Context, error) {
	if issuer == "" {
		return ctx, nil
	}
	own := n.Own()
	at, ok := n.Dialect().ByIssuer(own, issuer)
	for _, address := range n.AliasesOf(issuer) {
		if !ok {
			at, ok = n.Dialect().ByIssuer(own.Under(address), issuer)
		}
	}
	if !ok {
		return nil, fmt.Errorf("issuer: the provider has no issuer %q", issuer)
	}
	return dialect.With(ctx, at), nil
}
