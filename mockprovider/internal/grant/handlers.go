package grant

import (
	"context"
	"slices"
	"strings"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/pkce"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// unsupportedHandler refuses a grant type that is unknown or not offered, with
// the error RFC 6749 section 5.2 has for it; fosite says invalid_request.
type unsupportedHandler struct{}

func (unsupportedHandler) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	return true
}

func (unsupportedHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool {
	return true
}

func (unsupportedHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	journal.From(ctx).Decide("grant_type", false, "not offered: "+strings.Join(r.GetGrantTypes(), " "), "RFC 6749 section 5.2")
	journal.From(ctx).Because(protocol.CauseTokenGrantTypeUnsupported)
	return fosite.ErrUnsupportedGrantType.WithHintf("This provider does not offer the grant type %q.", strings.Join(r.GetGrantTypes(), " "))
}

func (unsupportedHandler) PopulateTokenEndpointResponse(context.Context, fosite.AccessRequester, fosite.AccessResponder) error {
	return fosite.ErrUnknownRequest
}

// noneHandler answers response_type=none: the user has agreed, and nothing is
// issued (OAuth 2.0 Multiple Response Type Encoding Practices section 4).
type noneHandler struct{}

func (noneHandler) HandleAuthorizeEndpointRequest(_ context.Context, ar fosite.AuthorizeRequester, resp fosite.AuthorizeResponder) error {
	if ar.GetResponseTypes().ExactOne("none") {
		ar.SetDefaultResponseMode(fosite.ResponseModeQuery)
		resp.AddParameter("state", ar.GetState())
		ar.SetResponseTypeHandled("none")
	}
	return nil
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
	r.GetSession().(*Session).grant = record.ByClient(r.GetClient().GetID())
	return nil
}

// passwordHandler grants what a client asks for with a user's password
// (RFC 6749 section 4.3; not for new designs, RFC 9700 section 2.4).
type passwordHandler struct {
	*oauth2.ResourceOwnerPasswordCredentialsGrantHandler
	engine *Engine
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

// pkceHandler writes the check of the code verifier into the decision trace,
// and skips it where the persona is lax.
type pkceHandler struct {
	*pkce.Handler
	engine *Engine
}

func (h *pkceHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	x := journal.From(ctx)
	err := h.Handler.HandleTokenEndpointRequest(ctx, r)
	switch {
	case err != nil && h.engine.lax("pkce-unchecked"):
		x.Lax("pkce-unchecked")
		return nil
	case err != nil:
		x.Decide("code_verifier", false, fosite.ErrorToRFC6749Error(err).HintField, "RFC 7636 section 4.6")
		x.Because(protocol.CauseTokenCodeVerifierWrong)
	case r.GetSession().(*Session).grant.Challenge != "":
		x.Decide("code_verifier", true, "fits the code challenge", "RFC 7636 section 4.6")
	}
	return err
}

// refreshHandler judges the scope parameter of a refresh, which fosite ignores:
// it may narrow what was granted and must not widen it (RFC 6749 section 6).
// The refresh token keeps the whole grant.
type refreshHandler struct {
	*oauth2.RefreshTokenGrantHandler
	engine *Engine
}

func (h *refreshHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	asked := strings.Fields(r.GetRequestForm().Get("scope"))
	if err := mayUse(ctx, r, "refresh_token"); err != nil {
		return err
	}
	if err := h.RefreshTokenGrantHandler.HandleTokenEndpointRequest(ctx, r); err != nil || len(asked) == 0 {
		return err
	}
	x := journal.From(ctx)
	granted := r.GetGrantedScopes()
	for _, scope := range asked {
		if slices.Contains(granted, scope) {
			continue
		}
		if h.engine.lax("refresh-widens-scope") {
			x.Lax("refresh-widens-scope")
			continue
		}
		x.Decide("scope", false, "the grant does not contain "+scope, "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshScopeWidened)
		return fosite.ErrInvalidScope.WithHintf("A refresh cannot add the scope %q: ask the user again with a new authorization request.", scope)
	}
	x.Decide("scope", true, "narrowed to "+strings.Join(asked, " "), "RFC 6749 section 6")
	r.(*fosite.AccessRequest).GrantedScope = asked
	return nil
}

func grantAll(r fosite.AccessRequester) {
	for _, scope := range r.GetRequestedScopes() {
		r.GrantScope(scope)
	}
}

// mayUse refuses a client that is not registered for a grant type (RFC 6749
// section 5.2, unauthorized_client) before anything is looked up.
func mayUse(ctx context.Context, r fosite.AccessRequester, grantType protocol.Grant) error {
	if r.GetClient().GetGrantTypes().Has(string(grantType)) {
		return nil
	}
	journal.From(ctx).Decide("grant_type", false, "the client is not registered for "+string(grantType), "RFC 6749 section 5.2")
	return fosite.ErrUnauthorizedClient.WithHintf("The client %q is not registered for the grant type %q: add it to its grant_types.", r.GetClient().GetID(), grantType)
}
