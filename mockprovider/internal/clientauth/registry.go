// Package clientauth finds the client of a request, and decides whether the request
// is really from that client (RFC 6749 section 2.3, OIDC Core section 9) and where its
// users may be redirected to. Begin with Registry.
package clientauth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/fetch"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Registry knows the clients of an issuer.
type Registry struct {
	state   *record.State
	names   *issuer.Names
	fetcher *fetch.Fetcher
	notice  func(kind, text string)
}

// New returns the registry of an issuer. It tells notice when a bound was reached.
func New(state *record.State, names *issuer.Names, fetcher *fetch.Fetcher, notice func(kind, text string)) *Registry {
	return &Registry{state, names, fetcher, notice}
}

// MostRegistered is how many clients without configuration an issuer keeps.
const MostRegistered = 500

// longestClientID is how many bytes the identifier of an unregistered client has at
// most: every request may bring another one.
const longestClientID = 200

// FindClient returns the client of a request. Where lax has any-client, one that
// is not registered comes into being: it may use every grant and response type.
func (g *Registry) FindClient(ctx context.Context, id string) (*store.Client, bool) {
	c, ok := g.state.Store.Client(id)
	if ok && !c.Unregistered {
		return c, true
	}
	if !g.isLax("any-client") || !isClientID(id) {
		return nil, false
	}
	if !ok {
		c = g.admitClient(ctx, id)
	}
	exchange.From(ctx).Lax("any-client")
	return c, true
}

// admitClient adds an unregistered client.
func (g *Registry) admitClient(ctx context.Context, id string) *store.Client {
	id = strings.Clone(id) // it outlives the request that it is a part of
	c, forgotten := g.state.Store.Admit(&store.Client{
		ID: id, Name: id, Unregistered: true, AuthMethod: protocol.ClientSecretBasic,
		GrantTypes: wordsOf[protocol.Grant](), ResponseTypes: wordsOf[protocol.ResponseType](),
	}, MostRegistered)
	exchange.From(ctx).Event(protocol.EventClientRegistered, "client_id", id, "lax", "any-client")
	if forgotten {
		g.notice("registrations", fmt.Sprintf("an issuer keeps %d clients that registered themselves or came with lax: [any-client]: the oldest are forgotten", MostRegistered))
	}
	return c
}

// isClientID reports whether a text may name a client, and is short enough to be
// kept.
func isClientID(id string) bool {
	return id != "" && len(id) <= longestClientID && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// wordsOf lists all words of a vocabulary.
func wordsOf[W ~string]() []W {
	var out []W
	for _, word := range protocol.Values[W]("") {
		out = append(out, W(word))
	}
	return out
}

// isLax reports whether the provider was told not to enforce a rule.
func (g *Registry) isLax(rule string) bool { return slices.Contains(g.state.Persona().Lax, rule) }
