package grant

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/authdrill/authdrill/mockprovider/internal/clientauth"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// jwtBearerHandlers grant tokens for a signed assertion (RFC 7523 section 2.1).
func jwtBearerHandlers(p parts) fosite.TokenEndpointHandlers {
	return fosite.TokenEndpointHandlers{&jwtBearerHandler{engine: p.engine, issue: p.access}}
}

// jwtBearerHandler grants what a JWT asks for that its issuer has signed (RFC 7523
// section 2.1). The issuer is a client, such as a service account: its tokens are
// for itself, or for the user that sub names. The request needs no other proof of
// who sends it.
type jwtBearerHandler struct {
	engine *Engine
	issue  *oauth2.HandleHelper
}

// isAnonymousBearer reports whether a request is one of the JWT bearer grant by whom
// only the assertion names.
func isAnonymousBearer(r *http.Request, form url.Values) bool {
	return form.Get("grant_type") == string(protocol.JWTBearerGrant) && r.Header.Get("Authorization") == "" && !form.Has("client_id") && !form.Has("client_assertion")
}

func (h *jwtBearerHandler) CanHandleTokenEndpointRequest(_ context.Context, r fosite.AccessRequester) bool {
	return r.GetGrantTypes().ExactOne(string(protocol.JWTBearerGrant))
}

func (h *jwtBearerHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool {
	return true
}

// bearerClaims are the claims of an assertion that is a grant. scope and
// target_audience are Google's.
type bearerClaims struct {
	clientauth.Assertion
	Scope, Target string
}

// HandleTokenEndpointRequest judges the assertion.
func (h *jwtBearerHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	form := r.GetRequestForm()
	if form.Get("assertion") == "" {
		return fosite.ErrInvalidRequest.WithHint("The parameter assertion is missing.")
	}
	c, claims, cause, why := h.engine.verifyBearer(ctx, form.Get("assertion"))
	if why != "" {
		exchange.From(ctx).Because(cause)
		exchange.From(ctx).Decide("assertion", false, why, "RFC 7523 section 3")
		return fosite.ErrInvalidGrant.WithHint(why)
	}
	r.(*fosite.AccessRequest).Client = &client{Client: c}
	if err := mayUse(ctx, r, protocol.JWTBearerGrant); err != nil {
		return err
	}
	scope := form.Get("scope")
	if scope == "" {
		scope = claims.Scope
	}
	r.SetRequestedScopes(strings.Fields(scope))
	if why := h.engine.WhyNotScopes(c, r.GetRequestedScopes()); why != "" {
		return fosite.ErrInvalidScope.WithHint(why)
	}
	grantAll(r)
	session := h.engine.Session()
	session.grant, session.target = h.engine.bearerGrant(c, claims), claims.Target
	if session.grant == nil {
		exchange.From(ctx).Because(protocol.CauseTokenUserGone)
		return fosite.ErrInvalidGrant.WithHintf("sub of the assertion names no user: %q.", claims.Subject)
	}
	exchange.From(ctx).Bind("", c.ID, session.grant.Subject)
	exchange.From(ctx).Decide("assertion", true, "verified", "RFC 7523 section 3")
	r.SetSession(session)
	return nil
}

// PopulateTokenEndpointResponse issues an access token, or the ID token that was
// asked for in its place.
func (h *jwtBearerHandler) PopulateTokenEndpointResponse(ctx context.Context, r fosite.AccessRequester, resp fosite.AccessResponder) error {
	if !h.CanHandleTokenEndpointRequest(ctx, r) {
		return fosite.ErrUnknownRequest
	}
	session := r.GetSession().(*Session)
	if session.target == "" {
		_, err := h.issue.IssueAccessToken(ctx, h.engine.Persona().AccessToken.Lifetime.D(), r, resp)
		return err
	}
	session.grant.ClientID = r.GetClient().GetID()
	token, err := h.engine.idToken(ctx, r)
	if err != nil {
		return err
	}
	resp.SetExtra("id_token", token)
	resp.SetAccessToken("none") // fosite wants one; the endpoint leaves it out
	resp.SetTokenType("none")
	return nil
}

// OnlyIDToken reports whether a token response has nothing but an ID token.
func (s *Session) OnlyIDToken() bool { return s.target != "" }

// verifyBearer judges an assertion that is a grant (RFC 7523 section 3). It returns
// the client that signed it, or why it is refused.
func (e *Engine) verifyBearer(ctx context.Context, assertion string) (c *store.Client, claims bearerClaims, cause protocol.Cause, why string) {
	read, err := jwt.ReadForeign(assertion, clientauth.Algorithms()...)
	if err == nil {
		claims, err = readBearer(read.Claims)
	}
	if err != nil {
		return nil, claims, protocol.CauseTokenAssertionInvalid, "The assertion cannot be used: " + clientauth.OneLine(err) + "."
	}
	c, ok := e.Store.Client(claims.Issuer)
	if !ok {
		return nil, claims, protocol.CauseTokenAssertionIssuerUnknown, "iss of the assertion is not a client: " + exchange.Quoted(claims.Issuer) + "."
	}
	if len(c.JWKS) == 0 && c.JWKSURI == "" {
		exchange.From(ctx).Note("the signature of the assertion was not verified: register the key it is made with as the client's jwks")
	} else if _, why := e.VerifySignature(ctx, c, read); why != "" {
		return nil, claims, protocol.CauseTokenAssertionSignatureWrong, why
	}
	cause, why = e.judgeBearer(ctx, c, claims)
	return c, claims, cause, why
}

func readBearer(c jwt.Claims) (b bearerClaims, err error) {
	if b.Assertion, err = clientauth.ReadAssertion(c); err != nil {
		return b, err
	}
	if b.Scope, err = c.Text("scope"); err != nil {
		return b, err
	}
	b.Target, err = c.Text("target_audience")
	return b, err
}

func (e *Engine) judgeBearer(ctx context.Context, c *store.Client, claims bearerClaims) (cause protocol.Cause, why string) {
	meant := e.Audiences(ctx)
	most := e.Rules().AssertionLifetime
	if most == 0 {
		most = clientauth.LongestAssertion
	}
	switch {
	case !slices.ContainsFunc(claims.Audience, func(aud string) bool { return slices.Contains(meant, aud) }):
		return protocol.CauseTokenAssertionAudienceWrong, "aud of the assertion must be " + strings.Join(meant, " or ") + ", not " + exchange.Quoted(strings.Join(claims.Audience, " ")) + "."
	case claims.Expires == nil:
		return protocol.CauseTokenAssertionExpired, "The assertion has no exp."
	case !e.OnSomeClock(func(now time.Time) bool { return claims.IsTimely(now) && claims.ExpiresWithin(now, most) }):
		return protocol.CauseTokenAssertionExpired, "The assertion has expired, is not valid yet, or is valid for longer than " + most.String() + "."
	case claims.ID != "" && !e.FirstUse("jti:"+c.ID+":"+claims.ID, claims.Assertion):
		return protocol.CauseTokenAssertionInvalid, "The assertion was used before: each needs its own jti."
	}
	return "", ""
}

// bearerGrant is what an assertion grants: the client's own, or that of the user it
// names, by login, address or subject. It is nil if no such user exists.
func (e *Engine) bearerGrant(c *store.Client, claims bearerClaims) *record.Grant {
	if claims.Subject == "" || claims.Subject == c.ID {
		g := record.ByClient(c.ID)
		g.ClientID = c.ID
		if p := e.Patterns().Subject; p != nil {
			g.Subject = p.Always(c.ID)
		}
		return g
	}
	for _, u := range e.Store.Users() {
		if !u.Disabled && slices.Contains([]string{u.Login, u.Email, u.Sub()}, claims.Subject) {
			return &record.Grant{
				Subject: u.Sub(), GrantType: protocol.JWTBearerGrant,
				Authorization: &record.Authorization{UserLogin: u.Login, AuthTime: e.now()},
			}
		}
	}
	return nil
}
