package grant

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/pkce"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// fositeStore is fosite's storage on top of store.Store. It owes fosite three
// things that fosite's own example storage leaves out: it fills in the session
// it is handed, it redeems and rotates in one step, and it judges expiry by the
// issuer's clock.
type fositeStore struct{ engine *Engine }

var (
	_ oauth2.CoreStorage                                  = (*fositeStore)(nil)
	_ oauth2.TokenRevocationStorage                       = (*fositeStore)(nil)
	_ oauth2.ResourceOwnerPasswordCredentialsGrantStorage = (*fositeStore)(nil)
	_ openid.OpenIDConnectRequestStorage                  = (*fositeStore)(nil)
	_ pkce.PKCERequestStorage                             = (*fositeStore)(nil)
)

// complete writes what the request says into the grant of its session, and stores
// it, once.
func (s *fositeStore) complete(r fosite.Requester) *record.Grant {
	g := r.GetSession().(*Session).grant
	if g.Key == 0 {
		s.describe(g, r)
		s.engine.put(g)
	}
	return g
}

// describe writes what the request says into its grant.
func (s *fositeStore) describe(g *record.Grant, r fosite.Requester) {
	form := r.GetRequestForm()
	g.ClientID = r.GetClient().GetID()
	g.Scopes = kept(r.GetGrantedScopes())
	g.Issued = record.At(s.engine.now())
	if g.GrantType == "client_credentials" {
		return
	}
	g.Requested = kept(r.GetRequestedScopes())
	g.RedirectURI = strings.Clone(form.Get("redirect_uri"))
	g.Challenge, g.ChallengeMethod = strings.Clone(form.Get("code_challenge")), strings.Clone(form.Get("code_challenge_method"))
	if g.GrantType == "" {
		g.GrantType = protocol.AuthorizationCodeGrant
	}
	if g.Nonce == "" {
		g.Nonce = strings.Clone(form.Get("nonce"))
	}
}

// put stores a grant that begins now. It must not be changed any more.
func (e *Engine) put(g *record.Grant) {
	g.Key = e.Store.PutGrant(*g, e.forgotten(e.now().Add(e.Persona().AccessToken.Lifetime.D())))
}

// kept copies words of a request that outlive it: each may be a part of its
// text, and would keep all of that in memory.
func kept(words []string) []string {
	out := make([]string, len(words))
	for n, word := range words {
		out[n] = strings.Clone(word)
	}
	return out
}

// request rebuilds the request that a grant came from, hydrating session.
func (s *fositeStore) request(g *record.Grant, scopes []string, session fosite.Session) *fosite.Request {
	mine, ok := session.(*Session)
	if !ok || mine == nil {
		mine = s.engine.Session()
	}
	mine.grant = g
	form := url.Values{}
	set := func(name, value string) {
		if value != "" {
			form.Set(name, value)
		}
	}
	set("redirect_uri", g.RedirectURI)
	set("code_challenge", g.Challenge)
	set("code_challenge_method", g.ChallengeMethod)
	registered, ok := s.engine.Store.Client(g.ClientID)
	if !ok {
		registered = &store.Client{ID: g.ClientID} // removed since: matches no caller
	}
	return &fosite.Request{
		ID: family(g), RequestedAt: time.Unix(1, 0), Client: &client{Client: registered},
		RequestedScope: slices.Clone(g.Requested), GrantedScope: slices.Clone(scopes),
		RequestedAudience: g.Audience, GrantedAudience: g.Audience, Form: form, Session: mine,
	}
}

// family is what fosite knows a grant by: its request id.
func family(g *record.Grant) string { return strconv.FormatUint(uint64(g.Key), 36) }

// asCaller lets another client's code or refresh token pass where the persona
// is lax about it: it makes the calling client the owner of the request.
func (s *fositeStore) asCaller(ctx context.Context, r *fosite.Request, rule string) *fosite.Request {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if ok && caller.GetClient() != nil && caller.GetClient().GetID() != r.Client.GetID() && s.engine.lax(rule) {
		journal.From(ctx).Lax(rule)
		r.Client = caller.GetClient()
	}
	return r
}

// CreateAuthorizeCodeSession keeps a code. It is remembered as long as tokens
// made from it may live, so that a replay can still revoke them.
func (s *fositeStore) CreateAuthorizeCodeSession(_ context.Context, code string, r fosite.Requester) error {
	p := s.engine.Persona()
	g := s.complete(r)
	expires := g.Issued.Time().Add(p.AuthorizationCode.Lifetime.D())
	s.engine.Store.KeepCode(code, record.Code{GrantKey: g.Key, Expires: record.At(expires)}, expires.Add(p.AccessToken.Lifetime.D()))
	return nil
}

// GetAuthorizeCodeSession returns the request of a code (RFC 6749 section
// 4.1.3). A used code comes back with ErrInvalidatedAuthorizeCode, on which
// fosite revokes what was made from it (section 4.1.2).
func (s *fositeStore) GetAuthorizeCodeSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	x := journal.From(ctx)
	now := s.engine.now()
	c, ok := s.engine.Store.Code(code, now)
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
	r := s.asCaller(ctx, s.request(g, g.Scopes, session), "code-of-any-client")
	if c.Used || c.Ended {
		if s.engine.lax("code-reusable") && !c.Ended && c.Expires.After(now) {
			x.Lax("code-reusable")
			return r, nil
		}
		x.Decide("code", false, "used before", "RFC 6749 section 4.1.2")
		x.Because(protocol.CauseTokenCodeUsed)
		// fosite looks twice, and revokes after the first look only.
		s.end(ctx, g, protocol.EventAuthorizationCodeReplayed)
		return r, fosite.ErrInvalidatedAuthorizeCode
	}
	return r, nil
}

// InvalidateAuthorizeCodeSession claims a code. Whoever loses the race for it
// has replayed it.
func (s *fositeStore) InvalidateAuthorizeCodeSession(ctx context.Context, code string) error {
	x := journal.From(ctx)
	c, claim := s.engine.Store.RedeemCode(code, s.engine.now())
	switch {
	case claim == record.Gone:
		x.Because(protocol.CauseTokenCodeExpired)
		return fosite.ErrNotFound
	case claim == record.Won || s.engine.lax("code-reusable"):
		x.Decide("code", true, "redeemed", "RFC 6749 section 4.1.3")
		return nil
	}
	x.Because(protocol.CauseTokenCodeUsed)
	s.end(ctx, c.Grant, protocol.EventAuthorizationCodeReplayed)
	return fosite.ErrInvalidatedAuthorizeCode
}

// end revokes a grant and says why in the journal, once.
func (s *fositeStore) end(ctx context.Context, g *record.Grant, event protocol.Event) {
	if s.engine.Store.EndGrant(g.Key) {
		journal.From(ctx).Event(event, "sub", g.Subject, "client_id", g.ClientID)
	}
}

// CreateAccessTokenSession keeps an access token.
func (s *fositeStore) CreateAccessTokenSession(_ context.Context, token string, r fosite.Requester) error {
	p := s.engine.Persona()
	g := s.complete(r)
	scopes := []string(r.GetGrantedScopes())
	if slices.Equal(scopes, g.Scopes) {
		scopes = g.Scopes
	}
	s.engine.keep(token, record.Access{GrantKey: g.Key, Scopes: scopes, JWT: p.AccessToken.Format == "jwt"}, s.engine.giveWay(r))
	return nil
}

// GetAccessTokenSession returns the request of a live access token.
func (s *fositeStore) GetAccessTokenSession(_ context.Context, token string, session fosite.Session) (fosite.Requester, error) {
	a, ok := s.engine.Store.Access(token, s.engine.now())
	if !ok {
		return nil, fosite.ErrNotFound
	}
	r := s.request(a.Grant, a.Scopes, session)
	if !a.Live(s.engine.now()) {
		return r, fosite.ErrInactiveToken
	}
	return r, nil
}

// DeleteAccessTokenSession forgets an access token.
func (s *fositeStore) DeleteAccessTokenSession(_ context.Context, token string) error {
	s.engine.Store.ForgetAccess(token)
	return nil
}

// CreateRefreshTokenSession keeps a refresh token, until it has been idle for
// too long or the grant has reached its age.
func (s *fositeStore) CreateRefreshTokenSession(_ context.Context, token, _ string, r fosite.Requester) error {
	p := s.engine.Persona().RefreshToken
	g := s.complete(r)
	now := s.engine.now()
	ends := g.Issued.Time().Add(p.Lifetime.D())
	rt := record.Refresh{GrantKey: g.Key, Issued: record.At(now), Expires: record.At(ends), Ends: record.At(ends)}
	if p.IdleLifetime > 0 {
		rt.Expires = min(rt.Expires, record.At(now.Add(p.IdleLifetime.D())))
	}
	// A used token is remembered to the end of its family, to notice its reuse.
	s.engine.Store.KeepRefresh(token, rt, s.engine.forgotten(ends), p.Limit)
	return nil
}

// GetRefreshTokenSession returns the request of a refresh token (RFC 6749
// section 6). A token that was rotated away comes back with ErrInactiveToken,
// on which fosite revokes its family (RFC 9700 section 4.14.2).
func (s *fositeStore) GetRefreshTokenSession(ctx context.Context, token string, session fosite.Session) (fosite.Requester, error) {
	x := journal.From(ctx)
	p := s.engine.Persona().RefreshToken
	now := s.engine.now()
	rt, ok := s.engine.Store.Refresh(token, now)
	if !ok {
		x.Decide("refresh_token", false, "unknown, or its grant has reached its age", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenUnknown)
		return nil, fosite.ErrNotFound
	}
	g := rt.Grant
	x.Bind(g.Login, "", g.Subject)
	r := s.asCaller(ctx, s.request(g, g.Scopes, session), "refresh-token-of-any-client")
	switch {
	case rt.Ended:
		x.Decide("refresh_token", false, "revoked", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenRevoked)
		return r, fosite.ErrNotFound
	case !rt.Current(now, p.GraceWindow.D()):
		x.Decide("refresh_token", false, "used before", "RFC 9700 section 4.14.2")
		x.Because(protocol.CauseRefreshTokenUsed)
		if caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester); ok && caller.GetClient() != nil && caller.GetClient().GetID() != r.Client.GetID() {
			return r, fosite.ErrNotFound // another client's attempt says nothing about the family
		}
		if p.OnReuse == "reject" {
			return r, fosite.ErrNotFound
		}
		x.Event(protocol.EventRefreshTokenReuseDetected, "sub", g.Subject, "client_id", g.ClientID)
		return r, fosite.ErrInactiveToken
	case !rt.Expires.After(now):
		x.Decide("refresh_token", false, "too old, or idle for too long: expired "+now.Sub(rt.Expires.Time()).String()+" ago", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshTokenExpired)
		return r, fosite.ErrNotFound
	case !s.engine.sameRedirect(ctx, g):
		x.Decide("redirect_uri", false, "not that of the authorization request", "RFC 6749 section 6")
		x.Because(protocol.CauseRefreshRedirectURIMismatch)
		return r, fosite.ErrNotFound
	case !s.engine.userThere(g):
		x.Decide("refresh_token", false, "the user is disabled or gone", "RFC 6749 section 5.2")
		x.Because(protocol.CauseRefreshUserGone)
		return r, fosite.ErrNotFound
	}
	return r, nil
}

// DeleteRefreshTokenSession keeps the token: its memory is what notices reuse.
func (s *fositeStore) DeleteRefreshTokenSession(context.Context, string) error { return nil }

// RotateRefreshToken claims a refresh token. Whoever loses the race for it has
// used it a second time, and is treated so.
func (s *fositeStore) RotateRefreshToken(ctx context.Context, _ string, token string) error {
	p := s.engine.Persona().RefreshToken
	x := journal.From(ctx)
	if !p.Rotates() {
		x.Decide("refresh_token", true, "kept: the provider does not rotate", "RFC 6749 section 6")
		return nil
	}
	rt, claim := s.engine.Store.RotateRefresh(token, s.engine.now(), p.GraceWindow.D())
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
	if p.OnReuse != "reject" {
		s.end(ctx, rt.Grant, protocol.EventRefreshTokenReuseDetected)
	}
	return fosite.ErrSerializationFailure
}

// RevokeRefreshToken ends the grant that ctx's request is about. fosite names
// it by its request id alone, so the session that was hydrated last tells which.
func (s *fositeStore) RevokeRefreshToken(ctx context.Context, requestID string) error {
	return s.RevokeAccessToken(ctx, requestID)
}

// RevokeAccessToken ends the grant with that id: codes and tokens point to it,
// so all of the family end with it.
func (s *fositeStore) RevokeAccessToken(ctx context.Context, requestID string) error {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok {
		return fosite.ErrNotFound
	}
	session, ok := caller.GetSession().(*Session)
	if !ok || session.grant == nil || family(session.grant) != requestID {
		return fosite.ErrNotFound
	}
	s.engine.Store.EndGrant(session.grant.Key)
	return nil
}

// Authenticate checks a user's password for the password grant. A user without
// a password cannot use it.
func (s *fositeStore) Authenticate(ctx context.Context, login, password string) (string, error) {
	x := journal.From(ctx)
	u, ok := s.engine.Store.User(login)
	if !ok || u.Disabled || u.Password == "" || !sameSecret(u.Password, password) {
		x.Because(protocol.CauseTokenPasswordWrong)
		x.Decide("password", false, "unknown user, wrong password, or a user without one", "RFC 6749 section 4.3.2")
		return "", fosite.ErrNotFound
	}
	x.Bind("", "", u.Sub())
	x.Decide("password", true, u.Login, "RFC 6749 section 4.3.2")
	return u.Login, nil
}

// CreateOpenIDConnectSession keeps nothing: the grant knows all.
func (s *fositeStore) CreateOpenIDConnectSession(context.Context, string, fosite.Requester) error {
	return nil
}

// GetOpenIDConnectSession returns the request itself if openid was granted.
func (s *fositeStore) GetOpenIDConnectSession(_ context.Context, _ string, r fosite.Requester) (fosite.Requester, error) {
	g := r.GetSession().(*Session).grant
	if g == nil || !slices.Contains(g.Scopes, "openid") {
		return nil, openid.ErrNoSessionFound
	}
	return r, nil
}

// DeleteOpenIDConnectSession has nothing to delete.
func (s *fositeStore) DeleteOpenIDConnectSession(context.Context, string) error { return nil }

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
	return s.request(mine.grant, mine.grant.Scopes, nil), nil
}

// DeletePKCERequestSession keeps the challenge. fosite asks to delete it before
// it compares the verifier: a failed try would leave the code redeemable
// without any verifier. Here the challenge lives as long as the code.
func (s *fositeStore) DeletePKCERequestSession(context.Context, string) error { return nil }

// userThere reports whether the user of a grant, if it has one, may still sign in.
func (e *Engine) userThere(g *record.Grant) bool {
	return g.UserLogin == "" || e.userActive(g.UserLogin)
}

func (e *Engine) userActive(login string) bool {
	u, ok := e.Store.User(login)
	return ok && !u.Disabled
}
