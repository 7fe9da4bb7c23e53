package grant

import (
	"context"
	"fmt"
	"slices"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// MintRequest asks for tokens without a flow: what a test wants that is not
// about signing in.
type MintRequest struct {
	ClientID string         `json:"client_id,omitempty" doc:"client the tokens are for; default the first registered"`
	User     string         `json:"user,omitempty" doc:"login of the user; none: a token of the client itself"`
	Scopes   []string       `json:"scopes,omitempty" doc:"scopes granted; default openid profile email for a user"`
	Audience []string       `json:"audience,omitempty" doc:"audience of a JWT access token"`
	Nonce    string         `json:"nonce,omitempty" doc:"nonce of the ID token"`
	Issuer   string         `json:"issuer,omitempty" doc:"which of the provider's issuers makes them, by its identifier or path: /realms/staff; default the one that clients are told"`
	Claims   map[string]any `json:"claims,omitempty" vocab:"claim" doc:"ID token claims to set or, with $absent, remove"`
}

// Minted are the tokens made: a refresh token with offline_access, an ID token
// with openid.
type Minted struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

// Mint makes tokens as the code flow would have. The errors name the client or
// user that is not there.
func (e *Engine) Mint(ctx context.Context, m MintRequest) (Minted, error) {
	if m.ClientID == "" {
		all := e.Store.Clients()
		if len(all) == 0 {
			return Minted{}, fmt.Errorf("client_id: the issuer has no client")
		}
		m.ClientID = all[0].ID
	}
	registered, ok := e.Store.Client(m.ClientID)
	if !ok {
		return Minted{}, fmt.Errorf("client_id: no client %q is registered", m.ClientID)
	}
	if m.Issuer != "" {
		at, ok := e.Dialect().ByIssuer(e.own(), m.Issuer)
		if !ok {
			return Minted{}, fmt.Errorf("issuer: the provider has no issuer %q", m.Issuer)
		}
		ctx = dialect.With(ctx, at)
	}
	g := record.ByClient(m.ClientID)
	g.ClientID = m.ClientID
	if m.User != "" {
		u, ok := e.Store.User(m.User)
		if !ok {
			return Minted{}, fmt.Errorf("user: there is no user %q", m.User)
		}
		g.Subject, g.GrantType = u.Sub(), ""
		g.Authorization = &record.Authorization{UserLogin: u.Login, Audience: m.Audience, Nonce: m.Nonce, AuthTime: e.now(), ACR: u.ACR, AMR: u.AMR, RefreshDue: slices.Contains(m.Scopes, "offline_access")}
		if len(m.Scopes) == 0 {
			m.Scopes = []string{"openid", "profile", "email"}
		}
	}
	ar := fosite.NewAccessRequest(e.Authorized(g))
	ar.Client = &client{Client: registered}
	ar.GrantTypes = fosite.Arguments{string(protocol.AuthorizationCodeGrant)}
	ar.RequestedScope, ar.GrantedScope = slices.Clone(m.Scopes), slices.Clone(m.Scopes)
	ar.RequestedAudience = m.Audience
	return e.issueMinted(ctx, ar, m.Claims)
}

func (e *Engine) issueMinted(ctx context.Context, ar *fosite.AccessRequest, claims map[string]any) (Minted, error) {
	t, s := &tokens{engine: e}, &fositeStore{engine: e}
	access, signature, err := t.GenerateAccessToken(ctx, ar)
	if err != nil {
		return Minted{}, err
	}
	if err := s.CreateAccessTokenSession(ctx, signature, ar); err != nil {
		return Minted{}, err
	}
	out := Minted{AccessToken: access, TokenType: "Bearer", ExpiresIn: e.Persona().AccessToken.Lifetime.Seconds(), Scope: joined(ar.GrantedScope)}
	g := ar.GetSession().(*Session).grant
	if g.UserLogin != "" && e.refreshes(ar) {
		token, signature, err := t.GenerateRefreshToken(ctx, ar)
		if err != nil {
			return Minted{}, err
		}
		if err := s.CreateRefreshTokenSession(ctx, signature, "", ar); err != nil {
			return Minted{}, err
		}
		out.RefreshToken = token
	}
	if g.UserLogin != "" && ar.GrantedScope.Has("openid") {
		out.IDToken, err = e.idToken(ctx, ar, claims)
	}
	return out, err
}
