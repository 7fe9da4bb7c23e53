package grant

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/internal/token"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// refreshHandlers exchange refresh tokens (RFC 6749 section 6, OIDC Core section 12).
func refreshHandlers(p parts) fosite.TokenEndpointHandlers {
	return fosite.TokenEndpointHandlers{
		&refreshHandler{RefreshTokenGrantHandler: &oauth2.RefreshTokenGrantHandler{
			AccessTokenStrategy: p.tokens, RefreshTokenStrategy: p.tokens, TokenRevocationStorage: p.storage, Config: refreshConfig{p.config},
		}, engine: p.engine},
		&openid.OpenIDConnectRefreshHandler{IDTokenHandleHelper: p.idToken, Config: p.config},
		p.audience,
	}
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
	if err := mayUse(ctx, r, protocol.RefreshTokenGrant); err != nil {
		return err
	}
	if err := h.RefreshTokenGrantHandler.HandleTokenEndpointRequest(ctx, r); err != nil || len(asked) == 0 {
		return err
	}
	x := exchange.From(ctx)
	granted := h.engine.refreshableScopes(r)
	for _, scope := range asked {
		if slices.Contains(granted, scope) {
			continue
		}
		if h.engine.isLax("refresh-widens-scope") {
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

// refreshableScopes are the scopes that a refresh may ask for: those of its grant, and where
// the persona has it so what the user has allowed the client otherwise.
func (e *Engine) refreshableScopes(r fosite.AccessRequester) []string {
	granted := []string(r.GetGrantedScopes())
	if g := r.GetSession().(*Session).grant; e.Rules().RefreshByConsents && g != nil {
		return slices.Concat(granted, e.Store.Consent(g.UserLogin, g.ClientID, e.now()))
	}
	return granted
}

// CreateRefreshTokenSession keeps a refresh token, until it has been idle for
// too long or the grant has reached its age.
func (s *fositeStore) CreateRefreshTokenSession(ctx context.Context, token, _ string, r fosite.Requester) error {
	p := s.engine.Persona().RefreshToken
	g := s.storeGrant(ctx, r)
	now := s.engine.now()
	ends := g.Issued.Time().Add(p.Lifetime.D())
	rt := record.Refresh{GrantKey: g.Key, Issued: record.At(now), Expires: record.At(ends), Ends: record.At(ends), Address: s.engine.At(ctx).Address}
	if p.IdleLifetime > 0 {
		rt.Expires = min(rt.Expires, record.At(now.Add(p.IdleLifetime.D())))
	}
	// A used token is remembered to the end of its family, to notice its reuse.
	s.engine.Store.KeepRefresh(token, rt, s.engine.ForgetAt(ends), p.Limit)
	return nil
}

// GetRefreshTokenSession returns the request of a refresh token (RFC 6749
// section 6). A token that was rotated away comes back with ErrInactiveToken,
// on which fosite revokes its family (RFC 9700 section 4.14.2).
func (s *fositeStore) GetRefreshTokenSession(ctx context.Context, token string, session fosite.Session) (fosite.Requester, error) {
	x := exchange.From(ctx)
	p := s.engine.Persona().RefreshToken
	now := s.engine.now()
	rt, ok := s.engine.Refresh(ctx, token)
	if !ok {
		x.Decide("refresh_token", false, "unknown, or its grant has reached its age", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenUnknown)
		return nil, fosite.ErrNotFound
	}
	g := rt.Grant
	x.Bind(g.Login, "", g.Subject)
	r := s.asCaller(ctx, s.requestOf(g, g.Scopes, session), "refresh-token-of-any-client")
	switch {
	case rt.Ended:
		x.Decide("refresh_token", false, "revoked", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenRevoked)
		return r, fosite.ErrNotFound
	case !rt.Current(now, s.engine.AcceptedFor()):
		x.Decide("refresh_token", false, "used before", "RFC 9700 section 4.14.2")
		x.Because(protocol.CauseRefreshTokenUsed)
		if p.OnReuse == "reject" || calledByAnother(ctx, r.Client) {
			return r, fosite.ErrNotFound // another client's attempt says nothing about the family
		}
		x.Event(protocol.EventRefreshTokenReuseDetected, "sub", g.Subject, "client_id", g.ClientID)
		return r, fosite.ErrInactiveToken
	case !rt.Expires.After(now):
		x.Decide("refresh_token", false, "too old, or idle for too long: expired "+now.Sub(rt.Expires.Time()).String()+" ago", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenExpired)
		return r, fosite.ErrNotFound
	case !s.engine.hasRedirectOf(ctx, g):
		x.Decide("redirect_uri", false, "not that of the authorization request", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshRedirectURIMismatch)
		return r, fosite.ErrNotFound
	case !s.engine.IsUserThere(g):
		x.Decide("refresh_token", false, "the user is disabled or gone", "RFC 6749 section 5.2")
		x.Because(protocol.CauseRefreshUserGone)
		return r, fosite.ErrNotFound
	}
	return r, nil
}

// calledByAnother reports whether a token request comes from another client than
// the one that a token was issued to.
func calledByAnother(ctx context.Context, c fosite.Client) bool {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	return ok && caller.GetClient() != nil && caller.GetClient().GetID() != c.GetID()
}

// RotateRefreshToken claims a refresh token. Whoever loses the race for it has
// used it a second time, and is treated so.
func (s *fositeStore) RotateRefreshToken(ctx context.Context, _ string, token string) error {
	p := s.engine.Persona().RefreshToken
	x := exchange.From(ctx)
	if !p.Rotates() {
		x.Decide("refresh_token", true, "kept: the provider does not rotate", "RFC 6749 section 6")
		return nil
	}
	rt, claim := s.engine.Store.RotateRefresh(token, s.engine.now(), s.engine.AcceptedFor())
	switch claim {
	case record.Gone:
		x.Because(protocol.CauseRefreshTokenRevoked)
		return fosite.ErrNotFound
	case record.Won:
		x.Decide("refresh_token", true, "rotated", "RFC 9700 section 4.14.2")
		return nil
	}
	x.Decide("refresh_token", false, "used at the same time by another request", "RFC 9700 section 4.14.2")
	x.Because(protocol.CauseRefreshTokenUsed)
	if p.OnReuse == "revoke_family" {
		s.endGrant(ctx, rt.Grant, protocol.EventRefreshTokenReuseDetected)
	}
	return fosite.ErrSerializationFailure
}

// DeleteRefreshTokenSession keeps the token: its memory is what notices reuse.
func (s *fositeStore) DeleteRefreshTokenSession(context.Context, string) error { return nil }

// RevokeRefreshToken ends the grant that ctx's request is about. fosite names
// it only by its request id, so the session that was hydrated last tells which.
func (s *fositeStore) RevokeRefreshToken(ctx context.Context, requestID string) error {
	return s.RevokeAccessToken(ctx, requestID)
}

func (t *tokens) RefreshTokenSignature(_ context.Context, token string) string { return token }

// GenerateRefreshToken makes a refresh token, or returns the one in use where
// the provider does not rotate.
func (t *tokens) GenerateRefreshToken(ctx context.Context, r fosite.Requester) (token, signature string, err error) {
	if ar, ok := r.(fosite.AccessRequester); ok && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant)) && !t.engine.Persona().RefreshToken.Rotates() {
		token = ar.GetRequestForm().Get("refresh_token")
		return token, token, nil
	}
	if changes := t.engine.Dialect().Changes(dialect.RefreshToken); len(changes) > 0 {
		token, err = t.engine.refreshJWT(ctx, r, changes)
		return token, token, err
	}
	token = t.engine.RandomText(t.engine.Patterns().Refresh)
	return token, token, nil
}

// refreshJWT makes a refresh token that is a JWT, as some clients read them. Its
// signature is random: only the provider, which knows the whole token, verifies
// it.
func (e *Engine) refreshJWT(ctx context.Context, r fosite.Requester, changes template.Changes) (string, error) {
	p, g := e.Persona().RefreshToken, r.GetSession().(*Session).grant
	lifetime := p.Lifetime.D()
	if p.IdleLifetime > 0 {
		lifetime = min(lifetime, p.IdleLifetime.D())
	}
	now, issuer := e.now(), e.Issuer(ctx, g)
	claims := map[string]any{"iss": issuer, "sub": g.Subject, "aud": issuer, "iat": now.Unix(), "exp": now.Add(lifetime).Unix(), "jti": e.Random.Token(16)}
	values := e.ValuesOf(ctx, g, r.GetGrantedScopes(), g.Audience)
	values["client"] = token.ClientMembers(ClientOf(r))
	changes.Apply(claims, values, e.Random)
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"HS512","typ":"JWT"}`)) + "." + enc.EncodeToString(body) + "." + e.Random.Token(64), nil
}

func (t *tokens) ValidateRefreshToken(context.Context, fosite.Requester, string) error { return nil }

// refreshConfig lets every refresh token that was issued be used, whatever
// scopes it was issued for.
type refreshConfig struct{ *config }

func (refreshConfig) GetRefreshTokenScopes(context.Context) []string { return []string{} }

// GetRefreshTokenScopes says which granted scopes bring a refresh token. No
// scope can contain a space, so nothing matches the last.
func (c *config) GetRefreshTokenScopes(ctx context.Context) []string {
	issue := c.engine.Persona().RefreshToken.Issue
	if c.engine.Rules().RefreshByRequest {
		issue = "never"
		if ar, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester); ok && refreshDue(ar) {
			issue = "always"
		}
	}
	switch issue {
	case "always":
		return []string{}
	case "never":
		return []string{" "}
	}
	return []string{"offline_access"}
}

// refreshDue reports whether the persona issues a refresh token for the grant of a
// request.
func refreshDue(r fosite.Requester) bool {
	s, ok := r.GetSession().(*Session)
	return ok && s.grant != nil && s.grant.RefreshDue
}

// issuesRefresh reports whether a grant brings a refresh token (OIDC Core section 11).
func (e *Engine) issuesRefresh(r fosite.Requester) bool {
	if !r.GetClient().GetGrantTypes().Has(string(protocol.RefreshTokenGrant)) {
		return false
	}
	if e.Rules().RefreshByRequest {
		return refreshDue(r)
	}
	switch e.Persona().RefreshToken.Issue {
	case "always":
		return true
	case "never":
		return false
	}
	return r.GetGrantedScopes().Has("offline_access")
}

// hasRedirectOf reports whether the redirect URI that a refresh names, if any, is
// that of its grant, where the persona looks at it.
func (e *Engine) hasRedirectOf(ctx context.Context, g *record.Grant) bool {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok || !e.Rules().RefreshRedirect {
		return true
	}
	named := caller.GetRequestForm().Get("redirect_uri")
	return named == "" || g.RedirectURI == "" || named == g.RedirectURI
}
