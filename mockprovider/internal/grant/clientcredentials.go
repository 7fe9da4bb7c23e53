package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// clientCredentialsHandlers grant a client its own tokens (RFC 6749 section 4.4).
func clientCredentialsHandlers(p parts) fosite.TokenEndpointHandlers {
	return fosite.TokenEndpointHandlers{
		&clientCredentialsHandler{&oauth2.ClientCredentialsGrantHandler{HandleHelper: p.access, Config: p.config}, p.engine},
		p.audience,
	}
}

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
	g.ClientID = r.GetClient().GetID()
	r.GetSession().(*Session).grant = g
	return nil
}
