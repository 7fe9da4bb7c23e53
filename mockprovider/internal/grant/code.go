package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/pkce"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// codeHandler issues and redeems authorization codes (RFC 6749 section 4.1).
func codeHandler(p parts) *oauth2.AuthorizeExplicitGrantHandler {
	return &oauth2.AuthorizeExplicitGrantHandler{
		AccessTokenStrategy: p.tokens, RefreshTokenStrategy: p.tokens, AuthorizeCodeStrategy: p.tokens,
		CoreStorage: p.storage, TokenRevocationStorage: p.storage, Config: p.config,
	}
}

// codeIDHandler issues the ID token for a code (OIDC Core section 3.1).
func codeIDHandler(p parts) codeIDToken {
	return codeIDToken{&openid.OpenIDConnectExplicitHandler{
		OpenIDConnectRequestStorage: p.storage, OpenIDConnectRequestValidator: p.requests, Config: p.config, IDTokenHandleHelper: p.idToken,
	}}
}

// proofKeyHandler checks the code verifier (RFC 7636 section 4.6).
func proofKeyHandler(p parts) *pkceHandler {
	return &pkceHandler{Handler: &pkce.Handler{AuthorizeCodeStrategy: p.tokens, Storage: p.storage, Config: p.config}, engine: p.engine}
}

// codeIDToken adds the ID token to the answer to a code.
type codeIDToken struct {
	*openid.OpenIDConnectExplicitHandler
}

// HandleTokenEndpointRequest has nothing to judge: the handler of codes did.
// fosite's says the same with a stack trace.
func (codeIDToken) HandleTokenEndpointRequest(context.Context, fosite.AccessRequester) error {
	return fosite.ErrUnknownRequest
}

func (t *tokens) AuthorizeCodeSignature(_ context.Context, code string) string { return code }

func (t *tokens) GenerateAuthorizeCode(context.Context, fosite.Requester) (code, signature string, err error) {
	code = t.engine.RandomText(t.engine.Patterns().Code)
	return code, code, nil
}

func (t *tokens) ValidateAuthorizeCode(context.Context, fosite.Requester, string) error { return nil }

// CreateAuthorizeCodeSession keeps a code. It is remembered as long as tokens
// made from it may live, so that a replay can still revoke them.
func (s *fositeStore) CreateAuthorizeCodeSession(ctx context.Context, code string, r fosite.Requester) error {
	p := s.engine.Persona()
	g := s.storeGrant(ctx, r)
	expires := g.Issued.Time().Add(p.AuthorizationCode.Lifetime.D())
	s.engine.Store.KeepCode(code, record.Code{GrantKey: g.Key, Expires: record.At(expires)}, expires.Add(p.AccessToken.Lifetime.D()))
	return nil
}

// GetAuthorizeCodeSession returns the request of a code (RFC 6749 section
// 4.1.3). A used code comes back with ErrInvalidatedAuthorizeCode, on which
// fosite revokes what was made from it (section 4.1.2).
func (s *fositeStore) GetAuthorizeCodeSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	x := exchange.From(ctx)
	now := s.engine.now()
	c, ok := s.engine.Code(ctx, code)
	switch {
	case !ok:
		x.Decide("code", false, "unknown", "RFC 6749 section 4.1.3")
		x.Because(protocol.CauseTokenCodeUnknown)
		return nil, fosite.ErrNotFound
	case !c.Expires.After(now) && !c.Used:
		x.Bind(c.Grant.Login, "", c.Grant.Subject)
		x.Decide("code", false, "expired "+now.Sub(c.Expires.Time()).String()+" ago", "RFC 6749 section 4.1.2")
		x.Because(protocol.CauseTokenCodeExpired)
		return nil, fosite.ErrNotFound
	}
	g := c.Grant
	x.Bind(g.Login, "", g.Subject)
	r := s.asCaller(ctx, s.requestOf(g, s.codeScopes(ctx, session, g), session), "code-of-any-client")
	if s.engine.Rules().RedirectOptional && !namesRedirect(ctx) {
		r.Form.Del("redirect_uri")
	}
	if c.Used || c.Ended {
		if s.engine.isLax("code-reusable") && !c.Ended && c.Expires.After(now) {
			x.Lax("code-reusable")
			return r, nil
		}
		x.Decide("code", false, "used before", "RFC 6749 section 4.1.2")
		x.Because(protocol.CauseTokenCodeUsed)
		// fosite looks twice, and revokes after the first look only.
		s.endGrant(ctx, g, protocol.EventAuthorizationCodeReplayed)
		return r, fosite.ErrInvalidatedAuthorizeCode
	}
	return r, nil
}

// codeScopes returns the scopes that a code gives: without those of the resources that
// the token request leaves out. fosite looks at the code again when it answers, once the
// resources are judged, and grants what it finds there.
func (s *fositeStore) codeScopes(ctx context.Context, session fosite.Session, g *record.Grant) []string {
	ar, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if mine, isOurs := session.(*Session); !ok || !isOurs || mine.grant == nil {
		return g.Scopes // the first look
	}
	return resource.Scopes(g.Scopes, ar.GetRequestedAudience(), s.engine.Persona().ProtectedResources)
}

// namesRedirect reports whether the token request has a redirect_uri.
func namesRedirect(ctx context.Context) bool {
	ar, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	return ok && ar.GetRequestForm().Has("redirect_uri")
}

// InvalidateAuthorizeCodeSession claims a code. Whoever loses the race for it
// has replayed it.
func (s *fositeStore) InvalidateAuthorizeCodeSession(ctx context.Context, code string) error {
	x := exchange.From(ctx)
	c, claim := s.engine.Store.RedeemCode(code, s.engine.now())
	switch {
	case claim == record.Gone:
		x.Because(protocol.CauseTokenCodeExpired)
		return fosite.ErrNotFound
	case claim == record.Won || s.engine.isLax("code-reusable"):
		x.Decide("code", true, "redeemed", "RFC 6749 section 4.1.3")
		return nil
	}
	x.Because(protocol.CauseTokenCodeUsed)
	s.endGrant(ctx, c.Grant, protocol.EventAuthorizationCodeReplayed)
	return fosite.ErrInvalidatedAuthorizeCode
}

// pkceHandler writes the check of the code verifier into the decision trace,
// and skips it where the persona is lax.
type pkceHandler struct {
	*pkce.Handler
	engine *Engine
}

func (h *pkceHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	x := exchange.From(ctx)
	err := h.Handler.HandleTokenEndpointRequest(ctx, r)
	switch {
	case err != nil && h.engine.isLax("pkce-unchecked"):
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

// CreatePKCERequestSession keeps nothing: the challenge is in the grant.
func (s *fositeStore) CreatePKCERequestSession(context.Context, string, fosite.Requester) error {
	return nil
}

// GetPKCERequestSession returns the challenge a code is bound to (RFC 7636
// section 4.6): that of the grant which the code was found to belong to. A second
// look at the code could find it gone, and then no verifier would be asked for.
func (s *fositeStore) GetPKCERequestSession(_ context.Context, _ string, session fosite.Session) (fosite.Requester, error) {
	mine, ok := session.(*Session)
	if !ok || mine.grant == nil || mine.grant.Challenge == "" {
		return nil, fosite.ErrNotFound
	}
	return s.requestOf(mine.grant, mine.grant.Scopes, nil), nil
}

// DeletePKCERequestSession keeps the challenge. fosite asks to delete it before
// it compares the verifier: a failed try would leave the code redeemable
// without any verifier. Here the challenge lives as long as the code.
func (s *fositeStore) DeletePKCERequestSession(context.Context, string) error { return nil }
