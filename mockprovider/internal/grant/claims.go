package grant

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// content is what an artifact is made of: where its claims are configured, and what
// they are made of.
type content struct {
	claim.Levels
	claim.Source
	form      url.Values     // of the request that is answered
	grantType protocol.Grant // of the request that is answered
}

// levels returns where what is made of a grant is configured.
func (e *Engine) levels(g *record.Grant, c *store.Client, scopes []string) claim.Levels {
	out := claim.Levels{Provider: e.Persona(), Scopes: scopes, Client: c, Functions: e.Claims}
	if g.UserLogin != "" {
		if u, ok := e.Store.User(g.UserLogin); ok {
			out.User = u
		}
	}
	return out
}

// levelsFor returns where what is made of the grant of a request is configured.
func (e *Engine) levelsFor(r fosite.Requester) claim.Levels {
	session := r.GetSession().(*Session)
	out := e.levels(session.grant, ClientOf(r), r.GetGrantedScopes())
	out.Request = session.asked
	return out
}

// contentOf returns what is made of a grant for some resources, now.
func (e *Engine) contentOf(ctx context.Context, g *record.Grant, l claim.Levels, audience []string) *content {
	out := &content{
		Levels: l, grantType: g.GrantType,
		Source: claim.Source{Grant: g, Issuer: e.Issuer(ctx, g), ClientID: l.Client.ID, Scopes: l.Scopes, Audience: audience, Issued: e.now().Unix(), Random: e.Random},
	}
	if e.Rules().Audience.Userinfo && slices.Contains(l.Scopes, "openid") {
		out.Also = e.Dialect().URLs(e.At(ctx), protocol.UserinfoEndpoint)[:1]
	}
	return out
}

// contentFor returns what is made of the grant of a request, for a lifetime.
func (e *Engine) contentFor(ctx context.Context, r fosite.Requester, l claim.Levels, lifetime time.Duration) *content {
	out := e.contentOf(ctx, r.GetSession().(*Session).grant, l, r.GetRequestedAudience())
	out.form, out.grantType = r.GetRequestForm(), grantTypeOf(r)
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

// clientOfGrant returns the client of a grant that is stored.
func (e *Engine) clientOfGrant(g *record.Grant) *store.Client {
	if c, ok := e.Store.Client(g.ClientID); ok {
		return c
	}
	return &store.Client{ID: g.ClientID} // removed since
}

// claims makes the claims of an artifact: those about the user, those of the
// specifications, which win, and what is configured. A fault edits them later.
func (e *Engine) claims(ctx context.Context, artifact protocol.Artifact, c *content) map[string]any {
	out := make(map[string]any, claim.Size(artifact))
	if c.User != nil && (artifact == protocol.IDToken || artifact == protocol.Userinfo) {
		claim.AddUser(out, artifact, c.User, &c.Source, c.Provider.ClaimsIn)
	}
	claim.AddStandard(out, artifact, &c.Source)
	if c.Configured(artifact) {
		e.configure(ctx, artifact, out, c)
	}
	return out
}

// configure sets the claims that are configured.
func (e *Engine) configure(ctx context.Context, artifact protocol.Artifact, members map[string]any, c *content) {
	values := func() template.Values {
		v := e.valuesOf(ctx, c.Grant, c.Source.Scopes, c.Audience)
		v["client"], v["request"], v["grant_type"], v["base"] = clientMembers(c.Client), texts(c.parameters()), string(c.grantType), e.At(ctx).Address
		v["form"] = texts(mask.WithoutSecrets(c.form))
		return v
	}
	facts := func() claim.Facts {
		f := claim.Facts{GrantType: c.grantType, Client: c.Client.Clone(), Scopes: clonedWords(c.Source.Scopes), Audience: clonedWords(c.Audience), Request: c.parameters()}
		if c.User != nil {
			f.User = c.User.Clone()
		}
		return f
	}
	c.Apply(artifact, members, values, facts, e.Random)
}

// parameters are those of the authorization request and, over them, of the request
// that is answered, without credentials.
func (c *content) parameters() url.Values {
	out := mask.WithoutSecrets(c.Grant.Request)
	maps.Copy(out, mask.WithoutSecrets(c.form))
	return out
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
			out[strings.Clone(name)] = clonedWords(values)
		}
	}
	return out
}

// Userinfo returns what userinfo says about a grant (OIDC Core section 5.3.2).
func (e *Engine) Userinfo(ctx context.Context, g *record.Grant, scopes []string) map[string]any {
	return e.claims(ctx, protocol.Userinfo, e.contentOf(ctx, g, e.levels(g, e.clientOfGrant(g), scopes), g.Audience))
}

// ConfigureUserinfo sets the claims that are configured in a persona's own answer.
func (e *Engine) ConfigureUserinfo(ctx context.Context, members map[string]any, g *record.Grant, scopes []string) {
	if l := e.levels(g, e.clientOfGrant(g), scopes); l.Configured(protocol.Userinfo) {
		e.configure(ctx, protocol.Userinfo, members, e.contentOf(ctx, g, l, g.Audience))
	}
}

// SubjectFor returns the sub that ID tokens of a client have for a user: it may be
// configured.
func (e *Engine) SubjectFor(ctx context.Context, u *store.User, clientID string) string {
	g := &record.Grant{ClientID: clientID, Subject: u.Sub(), Authorization: &record.Authorization{UserLogin: u.Login}}
	l := e.levels(g, e.clientOfGrant(g), []string{"openid"})
	if !l.Configured(protocol.IDToken) {
		return g.Subject
	}
	sub, _ := e.claims(ctx, protocol.IDToken, e.contentOf(ctx, g, l, nil))["sub"].(string)
	return sub
}

// SignUserinfo makes a token of what userinfo says. It names who says it to whom
// (OIDC Core section 5.3.2).
func (e *Engine) SignUserinfo(ctx context.Context, c *store.Client, g *record.Grant, said map[string]any) (string, error) {
	for name, value := range e.claims(ctx, protocol.SignedUserinfo, e.contentOf(ctx, g, e.levels(g, c, nil), nil)) {
		if _, there := said[name]; !there {
			said[name] = value
		}
	}
	return e.Sign(ctx, protocol.SignedUserinfo, c.UserinfoAlg, "JWT", said)
}

// logoutLifetime is that of a logout token: two minutes at most are recommended
// (OpenID Connect Back-Channel Logout 1.0 section 4).
const logoutLifetime = 2 * time.Minute

// LogoutToken makes a logout token about a user for a client, with changes to its
// claims.
func (e *Engine) LogoutToken(ctx context.Context, issuer string, u *store.User, clientID string, changes map[string]any) (string, error) {
	ctx, err := e.AtIssuer(ctx, issuer)
	if err != nil {
		return "", err
	}
	g := &record.Grant{ClientID: clientID, Subject: u.Sub(), Authorization: &record.Authorization{UserLogin: u.Login}}
	c := e.contentOf(ctx, g, e.levels(g, e.clientOfGrant(g), nil), nil)
	c.Expires = c.Issued + int64(logoutLifetime/time.Second)
	claims := e.claims(ctx, protocol.LogoutToken, c)
	effect.Apply(claims, changes, e.now())
	return e.Sign(ctx, protocol.LogoutToken, c.IDToken().SigningAlg, "logout+jwt", claims)
}

// encodeClaims writes claims as they are kept with a token.
func encodeClaims(claims map[string]any) string {
	raw, err := json.Marshal(claims)
	if err != nil {
		return "" // the token could not be signed either
	}
	return string(raw)
}
