package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// clientCredentialsHandler grants what a client asks for itself (RFC 6749
// section 4.4).
type clientCredentialsHandler struct {
	*oauth2.ClientCredentialsGrantHandler
	engine *Engine
}

func (h *clientCredentialsHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	if err := mayUse(ctx, r, protocol.ClientCredentialsGrant); err != nil {
		return err
	}
	if err := h.ClientCredentialsGrantHandler.HandleTokenEndpointRequest(ctx, r); err != nil {
		return err
	}
	grantAll(r)
	g := record.ByClient(r.GetClient().GetID())
	g.ClientID = g.Subject
	r.GetSession().(*Session).grant = g
	return nil
}

func grantAll(r fosite.AccessRequester) {
	for _, scope := range r.GetRequestedScopes() {
		r.GrantScope(scope)
	}
}
