// Package token decides what tokens and the answers about them contain, signs them, and
// judges them as a resource server does. It knows no protocol of getting a token: that
// is package grant. Begin with Maker.
package token

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/parameter"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Maker makes and reads the tokens of an issuer.
type Maker struct {
	*issuer.Names
	state     *record.State
	keys      *keys.Ring
	random    *keys.Random
	functions []claim.Func
}

// New returns the maker of an issuer. functions are those of a Go program, whose claims
// go over what is configured.
func New(state *record.State, names *issuer.Names, ring *keys.Ring, random *keys.Random, functions []claim.Func) *Maker {
	return &Maker{names, state, ring, random, functions}
}

// Content is what an artifact is made of: where its claims are configured, and what
// they are made of.
type Content struct {
	claim.Levels
	claim.Source
	Form      url.Values     // of the request that is answered
	GrantType protocol.Grant // of the request that is answered
}

// Levels returns where what is made of a grant is configured.
func (m *Maker) Levels(g *record.Grant, c *store.Client, scopes []string) claim.Levels {
	out := claim.Levels{Provider: m.state.Persona(), Scopes: scopes, Client: c, Functions: m.functions}
	if g.UserLogin != "" {
		if u, ok := m.state.Store.User(g.UserLogin); ok {
			out.User = u
		}
	}
	return out
}

// ContentOf returns what is made of a grant for some resources, now.
func (m *Maker) ContentOf(ctx context.Context, g *record.Grant, l claim.Levels, audience []string) *Content {
	out := &Content{
		Levels: l, GrantType: g.GrantType,
		Source: claim.Source{Grant: g, Issuer: m.Issuer(ctx, g), ClientID: l.Client.ID, Scopes: l.Scopes, Audience: audience, Issued: m.state.Clock.Now().Unix(), Random: m.random},
	}
	if m.Rules().Audience.Userinfo && slices.Contains(l.Scopes, "openid") {
		out.Also = m.Dialect().URLs(m.At(ctx), protocol.UserinfoEndpoint)[:1]
	}
	return out
}

// ClientOfGrant returns the client of a grant that is stored.
func (m *Maker) ClientOfGrant(g *record.Grant) *store.Client {
	if c, ok := m.state.Store.Client(g.ClientID); ok {
		return c
	}
	return &store.Client{ID: g.ClientID} // removed since
}

// ClaimsOf makes the claims of an artifact: those about the user, those of the
// specifications, which win, and what is configured. A fault edits them later.
func (m *Maker) ClaimsOf(ctx context.Context, artifact protocol.Artifact, c *Content) map[string]any {
	out := make(map[string]any, claim.Size(artifact))
	if c.User != nil && (artifact == protocol.IDToken || artifact == protocol.Userinfo) {
		claim.AddUser(out, artifact, c.User, &c.Source, c.Provider.ClaimsIn)
	}
	claim.AddStandard(out, artifact, &c.Source)
	if c.Configured(artifact) {
		m.configure(ctx, artifact, out, c)
	}
	return out
}

// configure sets the claims that are configured.
func (m *Maker) configure(ctx context.Context, artifact protocol.Artifact, members map[string]any, c *Content) {
	values := func() template.Values {
		v := m.ValuesOf(ctx, c.Grant, c.Source.Scopes, c.Audience)
		v["client"], v["request"], v["grant_type"], v["base"] = ClientMembers(c.Client), texts(c.parameters()), string(c.GrantType), m.At(ctx).Address
		v["form"] = texts(parameter.WithoutSecrets(c.Form))
		return v
	}
	facts := func() claim.Facts {
		f := claim.Facts{GrantType: c.GrantType, Client: c.Client.Clone(), Scopes: CloneWords(c.Source.Scopes), Audience: CloneWords(c.Audience), Request: c.parameters()}
		if c.User != nil {
			f.User = c.User.Clone()
		}
		return f
	}
	c.Apply(artifact, members, values, facts, m.random)
}

// parameters are those of the authorization request and, over them, of the request
// that is answered, without credentials.
func (c *Content) parameters() url.Values {
	out := parameter.WithoutSecrets(c.Grant.Request)
	maps.Copy(out, parameter.WithoutSecrets(c.Form))
	return out
}

// Userinfo returns what userinfo says about a grant (OIDC Core section 5.3.2).
func (m *Maker) Userinfo(ctx context.Context, g *record.Grant, scopes []string) map[string]any {
	return m.ClaimsOf(ctx, protocol.Userinfo, m.ContentOf(ctx, g, m.Levels(g, m.ClientOfGrant(g), scopes), g.Audience))
}

// ConfigureUserinfo sets the claims that are configured in a persona's own answer.
func (m *Maker) ConfigureUserinfo(ctx context.Context, members map[string]any, g *record.Grant, scopes []string) {
	if l := m.Levels(g, m.ClientOfGrant(g), scopes); l.Configured(protocol.Userinfo) {
		m.configure(ctx, protocol.Userinfo, members, m.ContentOf(ctx, g, l, g.Audience))
	}
}

// SubjectFor returns the sub that ID tokens of a client have for a user: it may be
// configured.
func (m *Maker) SubjectFor(ctx context.Context, u *store.User, clientID string) string {
	g := &record.Grant{ClientID: clientID, Subject: u.Sub(), Authorization: &record.Authorization{UserLogin: u.Login}}
	l := m.Levels(g, m.ClientOfGrant(g), []string{"openid"})
	if !l.Configured(protocol.IDToken) {
		return g.Subject
	}
	sub, _ := m.ClaimsOf(ctx, protocol.IDToken, m.ContentOf(ctx, g, l, nil))["sub"].(string)
	return sub
}

// SignUserinfo makes a token of what userinfo says. It names who says it to whom
// (OIDC Core section 5.3.2).
func (m *Maker) SignUserinfo(ctx context.Context, c *store.Client, g *record.Grant, said map[string]any) (string, error) {
	for name, value := range m.ClaimsOf(ctx, protocol.SignedUserinfo, m.ContentOf(ctx, g, m.Levels(g, c, nil), nil)) {
		if _, there := said[name]; !there {
			said[name] = value
		}
	}
	return m.Sign(ctx, protocol.SignedUserinfo, c.UserinfoAlg, "JWT", said)
}

// logoutLifetime is that of a logout token: two minutes at most are recommended
// (OpenID Connect Back-Channel Logout 1.0 section 4).
const logoutLifetime = 2 * time.Minute

// LogoutToken makes a logout token about a user for a client, with changes to its
// claims.
func (m *Maker) LogoutToken(ctx context.Context, issuer string, u *store.User, clientID string, changes map[string]any) (string, error) {
	ctx, err := m.AtIssuer(ctx, issuer)
	if err != nil {
		return "", err
	}
	g := &record.Grant{ClientID: clientID, Subject: u.Sub(), Authorization: &record.Authorization{UserLogin: u.Login}}
	c := m.ContentOf(ctx, g, m.Levels(g, m.ClientOfGrant(g), nil), nil)
	c.Expires = c.Issued + int64(logoutLifetime/time.Second)
	claims := m.ClaimsOf(ctx, protocol.LogoutToken, c)
	effect.Apply(claims, changes, m.state.Clock.Now())
	return m.Sign(ctx, protocol.LogoutToken, c.IDToken().SigningAlg, "logout+jwt", claims)
}

// EncodeClaims writes claims as they are kept with a token.
func EncodeClaims(claims map[string]any) string {
	raw, err := json.Marshal(claims)
	if err != nil {
		return "" // the token could not be signed either
	}
	return string(raw)
}

// Issuer returns the issuer identifier in the answer to the request that ctx is
// about, to which a grant leads. Without a request it is the one that clients
// are told. g may be nil.
func (m *Maker) Issuer(ctx context.Context, g *record.Grant) string {
	var user map[string]any
	if g != nil && m.Rules().IssuerByUser {
		user = m.UserMembers(g.UserLogin)
	}
	return m.Dialect().Issuer(m.At(ctx), user)
}
