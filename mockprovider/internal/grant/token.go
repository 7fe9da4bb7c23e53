package grant

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	fositejwt "github.com/ory/fosite/token/jwt"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/token"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// tokens makes codes and tokens. A code, a refresh token and an opaque access
// token are nothing but random, and the storage knows the rest; so validating
// one is finding it, which the storage does by the issuer's clock.
type tokens struct{ engine *Engine }

var (
	_ oauth2.CoreStrategy               = (*tokens)(nil)
	_ openid.OpenIDConnectTokenStrategy = (*tokens)(nil)
)

func (t *tokens) AccessTokenSignature(_ context.Context, token string) string { return token }

// GenerateAccessToken makes an access token: random, or a JWT as in RFC 9068. What
// is kept of it later goes into the session.
func (t *tokens) GenerateAccessToken(ctx context.Context, r fosite.Requester) (text, signature string, err error) {
	e, session := t.engine, r.GetSession().(*Session)
	l := e.levelsFor(r)
	if len(r.GetRequestedAudience()) > 0 {
		l.Format = e.Rules().Audience.Format
	}
	p, configured := l.AccessToken(), l.Configured(protocol.AccessToken)
	session.idTokenAlg = l.IDToken().SigningAlg
	now := e.now()
	session.access = record.Access{Issued: record.At(now), Expires: record.At(now.Add(p.Lifetime.D())), JWT: p.Format == "jwt"}
	session.limit = p.Limit
	if !session.access.JWT && !configured {
		text = e.RandomText(e.AccessPattern(r.GetGrantedScopes()))
		return text, text, nil
	}
	c := e.contentFor(ctx, r, l, p.Lifetime.D())
	claims := e.ClaimsOf(ctx, protocol.AccessToken, c)
	own := configured && session.takeExpiry(claims, &c.Source)
	if !session.access.JWT {
		session.access.Claims = token.EncodeClaims(claims)
		text = e.RandomText(e.AccessPattern(r.GetGrantedScopes()))
		return text, text, nil
	}
	if own || claims["iss"] != c.Issuer {
		session.access.Claims = token.EncodeClaims(claims)
	}
	text, err = e.SignTruth(ctx, protocol.AccessToken, p.SigningAlg, headerTyp(p.Typ, "at+jwt"), claims, &session.access.Claims)
	return text, text, err
}

// headerTyp is typ of a JOSE header: as it is configured, else the usual one.
// Empty is none.
func headerTyp(configured, usual string) string {
	switch configured {
	case "":
		return usual
	case match.Absent:
		return ""
	}
	return configured
}

func (t *tokens) ValidateAccessToken(context.Context, fosite.Requester, string) error { return nil }

// joinScopes writes scopes as the wire has them (RFC 6749 section 3.3).
func joinScopes(scopes []string) string { return strings.Join(scopes, " ") }

// GenerateIDToken makes an ID token (OIDC Core section 2) in the issuer's time.
// fosite has put at_hash and c_hash into the session.
func (t *tokens) GenerateIDToken(ctx context.Context, _ time.Duration, r fosite.Requester) (string, error) {
	return t.engine.idToken(ctx, r)
}

func (e *Engine) idToken(ctx context.Context, r fosite.Requester) (string, error) {
	session, l := r.GetSession().(*Session), e.levelsFor(r)
	p := l.IDToken()
	c := e.contentFor(ctx, r, l, p.Lifetime.D())
	if session.target != "" {
		c.ClientID = session.target
	}
	c.Nonce = nonceOf(session.grant, r)
	c.AccessTokenHash, c.CodeHash = session.IDTokenClaims().AccessTokenHash, session.IDTokenClaims().CodeHash
	return e.Sign(ctx, protocol.IDToken, p.SigningAlg, headerTyp(p.Typ, "JWT"), e.ClaimsOf(ctx, protocol.IDToken, c))
}

// nonceOf returns the nonce an ID token must carry: that of the authorization
// request. A refreshed ID token carries none, since it answers no such request
// (OIDC Core section 12.2).
func nonceOf(g *record.Grant, r fosite.Requester) string {
	ar, atTokenEndpoint := r.(fosite.AccessRequester)
	switch {
	case atTokenEndpoint && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant)):
		return ""
	case g.Nonce == "" && !atTokenEndpoint:
		return r.GetRequestForm().Get("nonce") // front channel, before the grant knows it
	}
	return g.Nonce
}

// giveWay says which access tokens end when one is issued: the oldest, where there
// is a limit, and those of the grant, where the persona ends them at a refresh.
func (e *Engine) giveWay(r fosite.Requester, limit int) record.GiveWay {
	give := record.GiveWay{Most: limit}
	if e.Rules().RefreshEndsAccess {
		ar, ok := r.(fosite.AccessRequester)
		give.OfFamily = ok && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant))
	}
	return give
}

// hintDecoder lets fosite read an id_token_hint with the issuer's own keys. The
// other methods of a fositejwt.Signer are not used by what is composed here.
type hintDecoder struct {
	fositejwt.Signer
	engine *Engine
}

func (d *hintDecoder) Decode(ctx context.Context, token string) (*fositejwt.Token, error) {
	claims, err := d.engine.Hint(ctx, token)
	if err != nil {
		return nil, err
	}
	return &fositejwt.Token{Claims: claims}, nil
}

// AccessToken judges a token as a resource server would (RFC 6750 section 3.1, RFC 9068
// section 4). The error is invalid_token; its hint is the truthful reason.
func (e *Engine) AccessToken(ctx context.Context, text string) (record.HeldAccess, error) {
	a, why := e.JudgeAccess(ctx, text)
	if why != "" {
		return record.HeldAccess{}, invalidToken(why)
	}
	return a, nil
}

// ExchangeAccess gives a new access token for one that lives, for the same grant.
func (e *Engine) ExchangeAccess(ctx context.Context, token, clientID string) (string, *record.HeldAccess, error) {
	a, err := e.AccessToken(ctx, token)
	if err != nil {
		return "", nil, err
	}
	if a.Grant.ClientID != clientID {
		exchange.From(ctx).Because(protocol.CauseTokenCodeOfAnotherClient)
		return "", nil, fosite.ErrInvalidGrant.WithHint("The access token was issued to another client.")
	}
	fresh, access := e.IssueOpaque(ctx, e.Patterns().Access, a.Grant, a.Scopes)
	return fresh, &record.HeldAccess{Access: access, Grant: a.Grant}, nil
}

// levelsFor returns where what is made of the grant of a request is configured.
func (e *Engine) levelsFor(r fosite.Requester) claim.Levels {
	session := r.GetSession().(*Session)
	out := e.Levels(session.grant, ClientOf(r), r.GetGrantedScopes())
	out.Request = session.asked
	return out
}

// contentFor returns what is made of the grant of a request, for a lifetime.
func (e *Engine) contentFor(ctx context.Context, r fosite.Requester, l claim.Levels, lifetime time.Duration) *token.Content {
	out := e.ContentOf(ctx, r.GetSession().(*Session).grant, l, r.GetRequestedAudience())
	out.Form, out.GrantType = r.GetRequestForm(), grantTypeOf(r)
	out.Expires = e.now().Add(lifetime).Unix()
	return out
}

// ClientOf returns the registered client of a request.
func ClientOf(r fosite.Requester) *store.Client {
	if c, ok := r.GetClient().(*client); ok {
		return c.Client
	}
	return &store.Client{ID: r.GetClient().GetID()}
}

// grantTypeOf returns the grant type of a request: at the authorization endpoint
// implicit without a code.
func grantTypeOf(r fosite.Requester) protocol.Grant {
	switch r := r.(type) {
	case fosite.AccessRequester:
		if types := r.GetGrantTypes(); len(types) == 1 {
			return protocol.Grant(types[0])
		}
	case fosite.AuthorizeRequester:
		if !r.GetResponseTypes().Has("code") {
			return protocol.ImplicitGrant
		}
	}
	return protocol.AuthorizationCodeGrant
}

// keptRequest returns what a grant remembers of the request that it came from: its
// parameters, where later tokens or answers may speak of them.
func (e *Engine) keptRequest(r fosite.Requester) url.Values {
	l := e.levelsFor(r)
	if !l.Configured(protocol.AccessToken) && !l.Configured(protocol.IDToken) && !l.Configured(protocol.Userinfo) {
		return nil
	}
	out := url.Values{}
	for name, values := range r.GetRequestForm() {
		if !mask.IsSecret(name) {
			out[strings.Clone(name)] = token.CloneWords(values)
		}
	}
	return out
}
