package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/clientauth"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// passwordHandlers grant tokens for a user's password (RFC 6749 section 4.3).
func passwordHandlers(p parts) fosite.TokenEndpointHandlers {
	return fosite.TokenEndpointHandlers{
		//lint:ignore SA1019 discouraged, and off unless a provider is told to have it: some still do
		&passwordHandler{&oauth2.ResourceOwnerPasswordCredentialsGrantHandler{
			HandleHelper: p.access, ResourceOwnerPasswordCredentialsGrantStorage: p.storage, RefreshTokenStrategy: p.tokens, Config: p.config,
		}, p.engine, p.idToken},
		p.audience,
	}
}

// passwordHandler grants what a client asks for with a user's password
// (RFC 6749 section 4.3; not for new designs, RFC 9700 section 2.4).
type passwordHandler struct {
	*oauth2.ResourceOwnerPasswordCredentialsGrantHandler
	engine *Engine
	helper *openid.IDTokenHandleHelper
}

func (h *passwordHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	if err := mayUse(ctx, r, "password"); err != nil {
		return err
	}
	if err := h.ResourceOwnerPasswordCredentialsGrantHandler.HandleTokenEndpointRequest(ctx, r); err != nil {
		return err
	}
	grantAll(r)
	return nil
}

// PopulateTokenEndpointResponse issues an ID token too where openid is granted, as
// providers with this grant do.
func (h *passwordHandler) PopulateTokenEndpointResponse(ctx context.Context, r fosite.AccessRequester, resp fosite.AccessResponder) error {
	if err := h.ResourceOwnerPasswordCredentialsGrantHandler.PopulateTokenEndpointResponse(ctx, r, resp); err != nil || !r.GetGrantedScopes().Has("openid") {
		return err
	}
	r.GetSession().(*Session).IDTokenClaims().AccessTokenHash = h.helper.GetAccessTokenHash(ctx, r, resp)
	return h.helper.IssueExplicitIDToken(ctx, h.engine.Persona().IDToken.Lifetime.D(), r, resp)
}

// Authenticate checks a user's password for the password grant. A user without
// a password cannot use it.
func (s *fositeStore) Authenticate(ctx context.Context, login, password string) (string, error) {
	x := exchange.From(ctx)
	u, ok := s.engine.Store.User(login)
	if !ok || u.Disabled || u.Password == "" || !clientauth.SameSecret(u.Password, password) {
		x.Because(protocol.CauseTokenPasswordWrong)
		x.Decide("password", false, "unknown user, wrong password, or a user without one", "RFC 6749 section 4.3.2")
		return "", fosite.ErrNotFound
	}
	x.Bind("", "", u.Sub())
	x.Decide("password", true, u.Login, "RFC 6749 section 4.3.2")
	return u.Login, nil
}
