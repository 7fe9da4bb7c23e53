package grant

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// claimSource is what the claims of an artifact are made of.
type claimSource struct {
	grant           *record.Grant
	issuer          string
	at              dialect.Request
	clientID        string
	scopes          []string
	audience        []string // resources that an access token is for
	issued, expires int64
	nonce           string // that the artifact answers
	accessTokenHash string
	codeHash        string
}

// claimRow is a claim: its name, the artifacts that have it, the clause that
// defines it there and its value. Without a value it is left out.
type claimRow struct {
	name   string
	in     []protocol.Artifact
	clause string
	value  func(e *Engine, s *claimSource) any
}

const (
	inID         = protocol.IDToken
	inAccess     = protocol.AccessToken
	inIntrospect = protocol.IntrospectionResponse
	inUserinfo   = protocol.Userinfo
	inSigned     = protocol.SignedUserinfo
	inLogout     = protocol.LogoutToken
)

// claimTable has every claim that a provider makes of a grant. What is known of
// the user comes from UserClaims, and what a persona says otherwise from its
// dialect.
func claimTable() []claimRow {
	type in = []protocol.Artifact
	return []claimRow{
		{"active", in{inIntrospect}, "RFC 7662 section 2.2", func(*Engine, *claimSource) any { return true }},
		{"iss", in{inID, inAccess, inIntrospect, inSigned, inLogout}, "OIDC Core section 2, RFC 9068 section 2.2", func(_ *Engine, s *claimSource) any { return s.issuer }},
		{"sub", in{inID, inAccess, inIntrospect, inUserinfo, inLogout}, "OIDC Core section 2, RFC 9068 section 2.2", func(_ *Engine, s *claimSource) any { return s.grant.Subject }},
		{"aud", in{inID, inSigned, inLogout}, "OIDC Core section 2", func(_ *Engine, s *claimSource) any { return s.clientID }},
		{"aud", in{inAccess}, "RFC 9068 section 3", (*Engine).audience},
		{"aud", in{inIntrospect}, "RFC 7662 section 2.2", func(e *Engine, s *claimSource) any { return oneOrAll(e.widened(s)) }},
		{"client_id", in{inAccess, inIntrospect}, "RFC 9068 section 2.2", func(_ *Engine, s *claimSource) any { return s.clientID }},
		{"iat", in{inID, inAccess, inIntrospect, inLogout}, "RFC 7519 section 4.1.6", func(_ *Engine, s *claimSource) any { return s.issued }},
		{"exp", in{inID, inAccess, inIntrospect, inLogout}, "RFC 7519 section 4.1.4", func(_ *Engine, s *claimSource) any { return s.expires }},
		{"jti", in{inAccess, inLogout}, "RFC 7519 section 4.1.7", func(e *Engine, _ *claimSource) any { return e.Random.Token(16) }},
		{"scope", in{inAccess, inIntrospect}, "RFC 9068 section 2.2.3, RFC 7662 section 2.2", func(_ *Engine, s *claimSource) any { return text(joined(s.scopes)) }},
		{"username", in{inIntrospect}, "RFC 7662 section 2.2", func(_ *Engine, s *claimSource) any { return text(s.grant.UserLogin) }},
		{"nonce", in{inID}, "OIDC Core section 2", func(_ *Engine, s *claimSource) any { return text(s.nonce) }},
		{"at_hash", in{inID}, "OIDC Core section 3.1.3.6", func(_ *Engine, s *claimSource) any { return text(s.accessTokenHash) }},
		{"c_hash", in{inID}, "OIDC Core section 3.3.2.11", func(_ *Engine, s *claimSource) any { return text(s.codeHash) }},
		{"auth_time", in{inID, inAccess}, "OIDC Core section 2, RFC 9068 section 2.2.1", authTime},
		{"acr", in{inID, inAccess}, "OIDC Core section 2, RFC 9068 section 2.2.1", func(_ *Engine, s *claimSource) any { return text(s.grant.ACR) }},
		{"amr", in{inID}, "OIDC Core section 2", func(_ *Engine, s *claimSource) any { return list(s.grant.AMR) }},
		{"sid", in{inID}, "OpenID Connect Back-Channel Logout 1.0 section 2.1", func(_ *Engine, s *claimSource) any { return text(s.grant.SessionID) }},
		{"events", in{inLogout}, "OpenID Connect Back-Channel Logout 1.0 section 2.4", logoutEvent},
	}
}

// claimRows are the rows of each artifact. They are never written.
var claimRows = func() map[protocol.Artifact][]claimRow {
	out := map[protocol.Artifact][]claimRow{}
	for _, row := range claimTable() {
		for _, artifact := range row.in {
			out[artifact] = append(out[artifact], row)
		}
	}
	return out
}()

// claims makes the claims of an artifact: those about the user, those of the table,
// which win, and what the dialect changes. A fault edits them later.
func (e *Engine) claims(ctx context.Context, artifact protocol.Artifact, s *claimSource) map[string]any {
	rows := claimRows[artifact]
	out := make(map[string]any, len(rows))
	if artifact == inID || artifact == inUserinfo {
		e.addUserClaims(out, s.grant, s.scopes, string(artifact))
	}
	for n := range rows {
		if value := rows[n].value(e, s); value != nil {
			out[rows[n].name] = value
		}
	}
	if changes := e.Dialect().Changes(artifact); len(changes) > 0 {
		v := e.Values(ctx, s.grant, s.scopes)
		if len(s.audience) > 0 {
			v["audience"] = s.audience
		}
		changes.Apply(out, v, e.Random)
	}
	return out
}

// source returns what the claims about a grant are made of, now and for a
// lifetime.
func (e *Engine) source(ctx context.Context, g *record.Grant, clientID string, scopes []string, lifetime time.Duration) *claimSource {
	now := e.now()
	return &claimSource{grant: g, issuer: e.Issuer(ctx, g), at: e.At(ctx), clientID: clientID, scopes: scopes, issued: now.Unix(), expires: now.Add(lifetime).Unix()}
}

// text is a claim that is left out where it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(words []string) any {
	if len(words) == 0 {
		return nil
	}
	return words
}

// audience is what was asked for, else the provider itself.
func (e *Engine) audience(s *claimSource) any {
	if len(s.audience) == 0 {
		return s.issuer
	}
	return oneOrAll(e.widened(s))
}

// widened is the audience of a token: the resources that it is for, and the
// userinfo endpoint where the persona adds that.
func (e *Engine) widened(s *claimSource) []string {
	if len(s.audience) == 0 || !e.rules().Audience.Userinfo || !slices.Contains(s.scopes, "openid") {
		return s.audience
	}
	return append(slices.Clone(s.audience), e.Dialect().URLs(s.at, protocol.UserinfoEndpoint)[0])
}

// oneOrAll is an audience as JWTs have it (RFC 7519 section 4.1.3).
func oneOrAll(audience []string) any {
	switch len(audience) {
	case 0:
		return nil
	case 1:
		return audience[0]
	}
	return audience
}

func authTime(_ *Engine, s *claimSource) any {
	if s.grant.AuthTime.IsZero() {
		return nil
	}
	return s.grant.AuthTime.Unix()
}

func logoutEvent(*Engine, *claimSource) any {
	return map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
}

// addUserClaims adds the claims about the user: those of the granted scopes (OIDC
// Core section 5.4), and those asked one by one with the claims parameter (section
// 5.5), where an artifact has them.
func (e *Engine) addUserClaims(to map[string]any, g *record.Grant, scopes []string, artifact string) {
	u, ok := e.Store.User(g.UserLogin)
	if !ok {
		return
	}
	if artifact == string(inUserinfo) || e.Persona().ClaimsIn != "userinfo" {
		for _, scope := range scopes {
			u.AddScopeClaims(to, scope)
		}
	}
	if len(g.ClaimsParameter) == 0 {
		return
	}
	var asked map[string]map[string]json.RawMessage
	if json.Unmarshal(g.ClaimsParameter, &asked) != nil || len(asked[artifact]) == 0 {
		return
	}
	all := u.AllClaims()
	for _, name := range slices.Sorted(maps.Keys(asked[artifact])) {
		if v, ok := all[name]; ok {
			to[name] = v
		}
	}
}

// Userinfo returns what userinfo says about a grant (OIDC Core section 5.3.2).
func (e *Engine) Userinfo(ctx context.Context, g *record.Grant, scopes []string) map[string]any {
	return e.claims(ctx, inUserinfo, e.source(ctx, g, g.ClientID, scopes, 0))
}

// SignUserinfo makes a token of what userinfo says. It names who says it to whom
// (OIDC Core section 5.3.2).
func (e *Engine) SignUserinfo(ctx context.Context, c *store.Client, g *record.Grant, said map[string]any) (string, error) {
	for name, value := range e.claims(ctx, inSigned, e.source(ctx, g, c.ID, nil, 0)) {
		if _, there := said[name]; !there {
			said[name] = value
		}
	}
	return e.Sign(ctx, inSigned, c.UserinfoAlg, "JWT", said)
}

// logoutLifetime is that of a logout token: two minutes at most are recommended
// (OpenID Connect Back-Channel Logout 1.0 section 4).
const logoutLifetime = 2 * time.Minute

// LogoutToken makes a logout token about a user for a client, with changes to its
// claims.
func (e *Engine) LogoutToken(ctx context.Context, u *store.User, clientID string, changes map[string]any) (string, error) {
	g := &record.Grant{ClientID: clientID, Subject: u.Sub(), Authorization: &record.Authorization{UserLogin: u.Login}}
	claims := e.claims(ctx, inLogout, e.source(ctx, g, clientID, nil, logoutLifetime))
	fault.Apply(claims, changes, e.now())
	return e.Sign(ctx, inLogout, e.Persona().IDToken.SigningAlg, "logout+jwt", claims)
}
