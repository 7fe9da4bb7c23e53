package grant

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// client shows a registered client to fosite. It is made for one request:
// redirect holds the request's redirect URI if ours are the rules it passes,
// since fosite's own matching cannot be configured.
type client struct {
	*store.Client
	redirect []string
	grants   fosite.Arguments // of GetGrantTypes, which fosite asks for several times
}

var _ fosite.ResponseModeClient = (*client)(nil)

func (c *client) GetID() string                      { return c.ID }
func (c *client) GetHashedSecret() []byte            { return nil }
func (c *client) GetRedirectURIs() []string          { return c.redirect }
func (c *client) GetResponseTypes() fosite.Arguments { return protocol.Strings(c.Responses()) }
func (c *client) GetScopes() fosite.Arguments        { return strings.Fields(c.Scope) }
func (c *client) IsPublic() bool                     { return c.Public() }
func (c *client) GetAudience() fosite.Arguments      { return nil }
func (c *client) GetResponseModes() []fosite.ResponseModeType {
	return []fosite.ResponseModeType{fosite.ResponseModeQuery, fosite.ResponseModeFragment, fosite.ResponseModeFormPost}
}

func (c *client) GetGrantTypes() fosite.Arguments {
	if c.grants == nil {
		c.grants = protocol.Strings(c.Grants())
	}
	return c.grants
}

// GetClient finds a client for fosite, with the redirect URI of the request at
// hand if it is acceptable.
func (s *fositeStore) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	registered, ok := s.engine.FindClient(ctx, id)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	if types := s.engine.Rules().Responses; len(types) > 0 {
		wider := *registered
		wider.ResponseTypes = append(registered.Responses(), types...)
		registered = &wider
	}
	c := &client{Client: registered}
	r, ok := ctx.Value(fosite.RequestContextKey).(*http.Request)
	if !ok {
		return c, nil
	}
	if uri := r.Form.Get("redirect_uri"); uri != "" {
		if s.engine.RedirectAllowed(ctx, registered, uri) {
			c.redirect = []string{uri}
		}
	} else if len(registered.RedirectURIs) == 1 {
		c.redirect = registered.RedirectURIs
	}
	return c, nil
}

// ClientAssertionJWTValid and SetClientAssertionJWT belong to fosite's own
// client authentication, which ours replaces; they keep its contract.
func (s *fositeStore) ClientAssertionJWTValid(context.Context, string) error {
	return nil // SetClientAssertionJWT tells, in one step
}

// SetClientAssertionJWT remembers a jti until it expires.
func (s *fositeStore) SetClientAssertionJWT(_ context.Context, jti string, expires time.Time) error {
	if !s.engine.Store.FirstUse("jti:"+jti, expires, s.engine.now()) {
		return fosite.ErrJTIKnown
	}
	return nil
}

// Authenticate finds out which client sent a request and whether it really did. The
// error is a *fosite.RFC6749Error.
func (e *Engine) Authenticate(ctx context.Context, r *http.Request, form url.Values) (*store.Client, error) {
	c, refused := e.Registry.Authenticate(ctx, r, form)
	switch {
	case refused == nil:
		return c, nil
	case refused.Code == "invalid_request":
		return nil, fosite.ErrInvalidRequest.WithHint(refused.Why)
	}
	return nil, fosite.ErrInvalidClient.WithHint(refused.Why)
}
