package grant

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/token"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// levelsFor returns where what is made of the grant of a request is configured.
func (e *Engine) levelsFor(r fosite.Requester) claim.Levels {
	session := r.GetSession().(*Session)
	out := e.Levels(session.grant, ClientOf(r), r.GetGrantedScopes())
	out.Request = session.asked
	return out
}

// contentFor returns what is made of the grant of a request, for a lifetime.
func (e *Engine) contentFor(ctx context.Context, r fosite.Requester, l claim.Levels, lifetime time.Duration) *token.Content {
	out := e.ContentOf(ctx, r.GetSession().(*Session).grant, l, r.GetRequestedAudience())
	out.Form, out.GrantType = r.GetRequestForm(), grantTypeOf(r)
	out.Expires = e.now().Add(lifetime).Unix()
	return out
}

// ClientOf returns the registered client of a request.
func ClientOf(r fosite.Requester) *store.Client {
	if c, ok := r.GetClient().(*client); ok {
		return c.Client
	}
	return &store.Client{ID: r.GetClient().GetID()}
}

// grantTypeOf returns the grant type of a request: at the authorization endpoint
// implicit without a code.
func grantTypeOf(r fosite.Requester) protocol.Grant {
	switch r := r.(type) {
	case fosite.AccessRequester:
		if types := r.GetGrantTypes(); len(types) == 1 {
			return protocol.Grant(types[0])
		}
	case fosite.AuthorizeRequester:
		if !r.GetResponseTypes().Has("code") {
			return protocol.ImplicitGrant
		}
	}
	return protocol.AuthorizationCodeGrant
}

// keptRequest returns what a grant remembers of the request that it came from: its
// parameters, where later tokens or answers may speak of them.
func (e *Engine) keptRequest(r fosite.Requester) url.Values {
	l := e.levelsFor(r)
	if !l.Configured(protocol.AccessToken) && !l.Configured(protocol.IDToken) && !l.Configured(protocol.Userinfo) {
		return nil
	}
	out := url.Values{}
	for name, values := range r.GetRequestForm() {
		if !mask.IsSecret(name) {
			out[strings.Clone(name)] = token.CloneWords(values)
		}
	}
	return out
}
