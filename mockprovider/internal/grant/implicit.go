package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
)

// implicitHandlers issue tokens in the authorization response, without a code (RFC 6749
// section 4.2, OIDC Core section 3.2) or with one (hybrid, section 3.3). The list has
// the handler of codes too, since the hybrid flow issues its code through it. They are
// fosite's own.
func implicitHandlers(p parts, code *oauth2.AuthorizeExplicitGrantHandler) fosite.AuthorizeEndpointHandlers {
	implicit := &oauth2.AuthorizeImplicitGrantTypeHandler{AccessTokenStrategy: p.tokens, AccessTokenStorage: p.storage, Config: p.config}
	return fosite.AuthorizeEndpointHandlers{
		code,
		implicit,
		&openid.OpenIDConnectHybridHandler{
			AuthorizeImplicitGrantTypeHandler: implicit, AuthorizeExplicitGrantHandler: code,
			IDTokenHandleHelper: p.idToken, OpenIDConnectRequestValidator: p.requests, OpenIDConnectRequestStorage: p.storage, Config: p.config,
		},
		&openid.OpenIDConnectImplicitHandler{
			IDTokenHandleHelper: p.idToken, AuthorizeImplicitGrantTypeHandler: implicit, OpenIDConnectRequestValidator: p.requests, Config: p.config,
		},
	}
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
