package endpoint

import (
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// token answers the token endpoint (RFC 6749 section 3.2). The grants
// themselves are in package grant.
func (i *Issuer) token(r *pipeline.Request) pipeline.Answer {
	d := i.Grants.Dialect()
	if special := i.personaGrant(d, r); special != nil {
		return special
	}
	if e := missingParameter(r.PostForm); e != nil && !d.Rules().MissingUnknown {
		return e
	}
	ctx := r.Context()
	ar, err := i.Grants.Provider().NewAccessRequest(ctx, r.Request, i.Grants.Session())
	if err != nil {
		i.Grants.RecordCause(ctx, r.PostForm)
		e := pipeline.ErrorOf(err)
		if e.Code == "invalid_scope" && r.PostForm.Get("grant_type") != string(protocol.RefreshTokenGrant) {
			return i.explainScope(grant.ClientOf(ar), ar.GetRequestedScopes(), e)
		}
		return e
	}
	resp, err := i.Grants.Provider().NewAccessResponse(ctx, ar)
	if err != nil {
		i.Grants.RecordCause(ctx, r.PostForm)
		return pipeline.ErrorOf(err)
	}
	if session, ok := ar.GetSession().(*grant.Session); ok && session.OnlyIDToken() {
		return pipeline.NewDocument(protocol.TokenResponse, map[string]any{"id_token": resp.ToMap()["id_token"]})
	}
	members := resp.ToMap()
	members["token_type"] = "Bearer" // RFC 6750 section 4 spells it so; fosite does not
	answer := pipeline.NewDocument(protocol.TokenResponse, members)
	answer.Words = d
	setScope(members, d.JoinScopes(ar.GetGrantedScopes()))
	answer.Changes = d.Changes(protocol.TokenResponse)
	if g := ar.GetSession().(*grant.Session).Grant(); len(answer.Changes) > 0 {
		answer.Grant, answer.Scopes = g, ar.GetGrantedScopes()
		answer.More = template.Values{"grant_type": r.PostForm.Get("grant_type"), "issued_at": i.Clock.Now().Unix(), "form": texts(r.PostForm), "request_path": r.URL.Path}
		if token := i.Grants.UserToken(ctx, g, ar.GetGrantedScopes(), answer.More); token != "" {
			answer.More["user_access_token"] = token
		}
	}
	return answer
}

// setScope says which scopes a token has. Where it has none the member is left out:
// an empty one is not a scope (RFC 6749 section 3.3).
func setScope(members map[string]any, scope string) {
	if scope == "" {
		delete(members, "scope")
		return
	}
	members["scope"] = scope
}

// missingParameter refuses a token request that lacks what its grant type needs (RFC 6749
// sections 4.1.3 and 6, RFC 8628 section 3.4).
func missingParameter(form url.Values) *pipeline.Error {
	needed := map[protocol.Grant]string{
		protocol.AuthorizationCodeGrant: "code", protocol.RefreshTokenGrant: "refresh_token", protocol.DeviceCodeGrant: "device_code",
	}[protocol.Grant(form.Get("grant_type"))]
	if needed != "" && form.Get(needed) == "" {
		return pipeline.Refuse("invalid_request", "The parameter "+needed+" is missing.")
	}
	return nil
}

// introspect describes a token to a client or resource server (RFC 7662). The
// caller authenticates as a client, or shows a live access token of its own.
func (i *Issuer) introspect(r *pipeline.Request) pipeline.Answer {
	if token, ok := bearerToken(r.Request); ok {
		if _, err := i.Grants.AccessToken(r.Context(), token); err != nil {
			return pipeline.ErrorOf(err).InForm(pipeline.InBearer)
		}
	} else if c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm); err != nil {
		return pipeline.ErrorOf(err)
	} else if c.Public() {
		return pipeline.Refuse("invalid_client", "A public client cannot introspect tokens: whoever knows its client_id could (RFC 7662 section 2.1).")
	}
	if !r.PostForm.Has("token") {
		return pipeline.Refuse("invalid_request", "The parameter token is missing.")
	}
	members := i.Grants.Introspect(r.Context(), r.PostForm.Get("token"))
	return pipeline.NewDocument(protocol.IntrospectionResponse, members)
}

// revoke ends a token (RFC 7009). An unknown one is revoked already.
func (i *Issuer) revoke(r *pipeline.Request) pipeline.Answer {
	if !r.PostForm.Has("token") {
		return pipeline.Refuse("invalid_request", "The parameter token is missing.")
	}
	if err := i.Grants.Provider().NewRevocationRequest(r.Context(), r.Request); err != nil {
		return pipeline.ErrorOf(err)
	}
	// Some clients fail on an empty answer without a JSON type.
	return pipeline.NewDocument("", map[string]any{})
}

// personaGrant answers the grants that only a dialect has. It is nil where the
// request asks for none of them.
func (i *Issuer) personaGrant(d dialect.Dialect, r *pipeline.Request) pipeline.Answer {
	rules, asked := d.Rules(), r.PostForm.Get("grant_type")
	ofClient := asked == string(protocol.ClientCredentialsGrant) && !rules.ClientToken.IsZero()
	if !ofClient && (rules.Exchange == nil || asked != rules.Exchange.GrantType) {
		return nil
	}
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	if ofClient && c.Public() {
		return pipeline.Refuse("unauthorized_client", "A public client has no client credentials (RFC 6749 section 4.4).")
	}
	if ofClient {
		text := rules.ClientToken.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
		i.Grants.KeepClientToken(text, clientGrant(c.ID))
		return &pipeline.Document{Status: http.StatusOK, Members: map[string]any{"access_token": text, "token_type": "bearer"}, Words: d}
	}
	token, a, err := i.Grants.ExchangeAccess(r.Context(), r.PostForm.Get(rules.Exchange.Parameter), c.ID)
	if err != nil {
		e := pipeline.ErrorOf(err)
		e.Status = http.StatusBadRequest
		return e
	}
	answer := pipeline.NewDocument(protocol.TokenResponse, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int64(a.Expires.Time().Sub(a.Issued.Time()).Seconds())})
	setScope(answer.Members, d.JoinScopes(a.Scopes))
	answer.Words, answer.Changes, answer.Grant, answer.Scopes = d, d.Changes(protocol.TokenResponse), a.Grant, a.Scopes
	return answer
}

func clientGrant(id string) *record.Grant {
	g := record.ByClient(id)
	g.ClientID = id
	return g
}

// explainScope tells a refused scope that the provider does not have from one that the
// client may not ask for.
func (i *Issuer) explainScope(c *store.Client, scopes []string, e *pipeline.Error) *pipeline.Error {
	if why := i.Grants.WhyNotScopes(c, scopes); why != "" {
		return pipeline.Refuse(e.Code, why)
	}
	return e
}
