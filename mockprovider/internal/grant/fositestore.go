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

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/token"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// fositeStore is fosite's storage on top of record.Store. It owes fosite three
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

// storeGrant writes what the request says into the grant of its session, and stores
// it, once.
func (s *fositeStore) storeGrant(ctx context.Context, r fosite.Requester) *record.Grant {
	g := r.GetSession().(*Session).grant
	if g.Key == 0 {
		s.describeGrant(g, r, s.engine.Realm(ctx))
		if ar, ok := r.(fosite.AuthorizeRequester); ok && s.engine.Several && !ar.GetResponseTypes().ExactOne("code") {
			g.Address = s.engine.At(ctx).Address
		}
		s.engine.PutGrant(g)
	}
	return g
}

// describeGrant writes what the request says into its grant.
func (s *fositeStore) describeGrant(g *record.Grant, r fosite.Requester, realm string) {
	form := r.GetRequestForm()
	g.ClientID = r.GetClient().GetID()
	if len(g.Scopes) == 0 {
		g.Scopes = token.CloneWords(r.GetGrantedScopes())
	}
	g.Issued = record.At(s.engine.now())
	if g.GrantType == protocol.ClientCredentialsGrant {
		if realm != "" {
			g.Authorization = &record.Authorization{Realm: realm, Audience: g.Audience}
		}
		return
	}
	g.Realm = realm
	if g.Request == nil {
		g.Request = s.engine.keptRequest(r)
	}
	g.Requested = token.CloneWords(r.GetRequestedScopes())
	g.RedirectURI = strings.Clone(form.Get("redirect_uri"))
	if form.Has(dialect.RedirectMark) {
		g.RedirectURI = form.Get(dialect.RedirectMark)
	}
	g.Challenge, g.ChallengeMethod = strings.Clone(form.Get("code_challenge")), strings.Clone(form.Get("code_challenge_method"))
	if g.GrantType == "" {
		g.GrantType = protocol.AuthorizationCodeGrant
	}
	if g.Nonce == "" {
		g.Nonce = strings.Clone(form.Get("nonce"))
	}
}

// requestOf rebuilds the request that a grant came from, hydrating session.
func (s *fositeStore) requestOf(g *record.Grant, scopes []string, session fosite.Session) *fosite.Request {
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
	if calledByAnother(ctx, r.Client) && s.engine.isLax(rule) {
		exchange.From(ctx).Lax(rule)
		r.Client = ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester).GetClient()
	}
	return r
}

// endGrant revokes a grant and says why in the journal, once.
func (s *fositeStore) endGrant(ctx context.Context, g *record.Grant, event protocol.Event) {
	if s.engine.Store.EndGrant(g.Key) {
		exchange.From(ctx).Event(event, "sub", g.Subject, "client_id", g.ClientID)
	}
}

// CreateAccessTokenSession keeps an access token.
func (s *fositeStore) CreateAccessTokenSession(ctx context.Context, token string, r fosite.Requester) error {
	g, session := s.storeGrant(ctx, r), r.GetSession().(*Session)
	a := session.access
	a.GrantKey, a.Scopes, a.Audience = g.Key, []string(r.GetGrantedScopes()), []string(r.GetRequestedAudience())
	if slices.Equal(a.Scopes, g.Scopes) {
		a.Scopes = g.Scopes
	}
	a.Address = s.engine.At(ctx).Address
	s.engine.KeepAccess(token, a, s.engine.giveWay(r, session.limit))
	return nil
}

// GetAccessTokenSession returns the request of a live access token.
func (s *fositeStore) GetAccessTokenSession(ctx context.Context, token string, session fosite.Session) (fosite.Requester, error) {
	a, ok := s.engine.Access(ctx, token)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	r := s.requestOf(a.Grant, a.Scopes, session)
	r.RequestedAudience, r.GrantedAudience = a.Audience, a.Audience
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
