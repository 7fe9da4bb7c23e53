package grant

import (
	"context"
	"fmt"
	"slices"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// MintRequest asks for tokens without a flow: what a test wants that is not
// about signing in.
type MintRequest struct {
	ClientID string   `json:"client_id,omitempty" doc:"client the tokens are for; default the first registered"`
	User     string   `json:"user,omitempty" doc:"login of the user; none: a token of the client itself"`
	Scopes   []string `json:"scopes,omitempty" doc:"scopes granted; default openid profile email for a user"`
	Audience []string `json:"audience,omitempty" doc:"audience of the access token, which is then a JWT"`
	Nonce    string   `json:"nonce,omitempty" doc:"nonce of the ID token"`
	Issuer   string   `json:"issuer,omitempty" doc:"which of the provider's issuers makes them, by its identifier or path: /realms/staff; default the one that clients are told"`

	Claims      persona.Claims      `json:"claims,omitempty" doc:"claims of the access token and the ID token, over all that is configured; the access token is then a JWT"`
	AccessToken persona.AccessToken `json:"access_token,omitzero" doc:"what the access token is, laid over what is configured"`
	IDToken     persona.IDToken     `json:"id_token,omitzero" doc:"what the ID token is, laid over what is configured"`
}

// tokenSettings returns what the request says of its tokens. Whoever asks for an audience,
// for claims or for a header means a token that can be read.
func (m *MintRequest) tokenSettings() *claim.Request {
	out := &claim.Request{Claims: m.Claims, AccessToken: m.AccessToken, IDToken: m.IDToken}
	if a := &out.AccessToken; a.Format == "" && (len(m.Claims) > 0 || len(m.Audience) > 0 || len(a.Claims) > 0 || a.Typ != "" || a.SigningAlg != "") {
		a.Format = "jwt"
	}
	return out
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
	ctx, err := e.AtIssuer(ctx, m.Issuer)
	if err != nil {
		return Minted{}, err
	}
	if err := m.check(); err != nil {
		return Minted{}, err
	}
	g := record.ByClient(m.ClientID)
	if len(m.Audience) > 0 {
		g.Authorization = &record.Authorization{Audience: m.Audience}
	}
	if m.User != "" {
		u, ok := e.Store.User(m.User)
		if !ok {
			return Minted{}, fmt.Errorf("user: unknown user %q", m.User)
		}
		g.Subject, g.GrantType = u.Sub(), ""
		g.Authorization = &record.Authorization{UserLogin: u.Login, Audience: m.Audience, Nonce: m.Nonce, AuthTime: e.now(), ACR: u.ACR, AMR: u.AMR, RefreshDue: slices.Contains(m.Scopes, "offline_access")}
		if len(m.Scopes) == 0 {
			m.Scopes = []string{"openid", "profile", "email"}
		}
	}
	session := e.Authorized(g)
	session.asked = m.tokenSettings()
	ar := fosite.NewAccessRequest(session)
	ar.Client = &client{Client: registered}
	ar.GrantTypes = fosite.Arguments{string(protocol.AuthorizationCodeGrant)}
	if m.User == "" {
		ar.GrantTypes = fosite.Arguments{string(protocol.ClientCredentialsGrant)}
	}
	ar.RequestedScope, ar.GrantedScope = slices.Clone(m.Scopes), slices.Clone(m.Scopes)
	ar.RequestedAudience = m.Audience
	return e.issueMinted(ctx, ar, session)
}

// check finds scopes and audiences that no request can ask for.
func (m *MintRequest) check() error {
	for _, scope := range m.Scopes {
		if err := protocol.CheckScope(scope); err != nil {
			return fmt.Errorf("scope: %w", err)
		}
	}
	for _, name := range m.Audience {
		if why := resource.CheckName(name); why != "" {
			return fmt.Errorf("audience: %s", why)
		}
	}
	return nil
}

func (e *Engine) issueMinted(ctx context.Context, ar *fosite.AccessRequest, session *Session) (Minted, error) {
	t, s := &tokens{engine: e}, &fositeStore{engine: e}
	access, signature, err := t.GenerateAccessToken(ctx, ar)
	if err != nil {
		return Minted{}, err
	}
	if err := s.CreateAccessTokenSession(ctx, signature, ar); err != nil {
		return Minted{}, err
	}
	out := Minted{AccessToken: access, TokenType: "Bearer", ExpiresIn: int64(session.Lifetime().Seconds()), Scope: joinScopes(ar.GrantedScope)}
	g := session.grant
	if g.UserLogin != "" && e.issuesRefresh(ar) {
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
		out.IDToken, err = e.idToken(ctx, ar)
	}
	return out, err
}
