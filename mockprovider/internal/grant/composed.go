package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
)

// composed is fosite without what costs time and serves nobody here.
//
// Whenever fosite hands a request to the storage it hands a copy, without the
// parameters that a database should not keep. This storage keeps grants and no
// requests, so the requests answer with themselves.
type composed struct{ *fosite.Fosite }

func (c composed) NewAuthorizeResponse(ctx context.Context, r fosite.AuthorizeRequester, s fosite.Session) (fosite.AuthorizeResponder, error) {
	return c.Fosite.NewAuthorizeResponse(ctx, authorizeRequest{r}, s)
}

func (c composed) NewAccessResponse(ctx context.Context, r fosite.AccessRequester) (fosite.AccessResponder, error) {
	return c.Fosite.NewAccessResponse(ctx, accessRequest{r})
}

type authorizeRequest struct{ fosite.AuthorizeRequester }

// Sanitize returns the request itself.
func (r authorizeRequest) Sanitize([]string) fosite.Requester { return r }

type accessRequest struct{ fosite.AccessRequester }

// Sanitize returns the request itself.
func (r accessRequest) Sanitize([]string) fosite.Requester { return r }

// codeIDToken adds the ID token to the answer to a code.
type codeIDToken struct {
	*openid.OpenIDConnectExplicitHandler
}

// HandleTokenEndpointRequest has nothing to judge: the handler of codes did.
// fosite's says the same with a stack trace.
func (codeIDToken) HandleTokenEndpointRequest(context.Context, fosite.AccessRequester) error {
	return fosite.ErrUnknownRequest
}
